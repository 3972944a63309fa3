// The page's words in both languages; `word("open")` is the one for the page's language.
"use strict";

const WORDS = {
  en: {
    all: "all tickets", team: "team", priority: "priority", channel: "channel", tier: "tier", agent: "agent",
    open: "open", unassigned: "unassigned", waiting: "waiting", at_risk: "at risk", breached: "breached",
    next_deadlines: "Deadlines", figures: "Figures", trend: "Last 24 hours",
    left: "left", ticket: "ticket", clock: "clock", assignee: "assignee", nobody: "nobody",
    created: "created", solved: "solved", reopened: "reopened", attainment: "in time", p90_s: "90 % within",
    sla: "SLA", assignment: "assignment", first_response: "first response", next_response: "next response",
    update: "update", resolution: "resolution", csat: "satisfied", today: "today",
    fresh: "live, as of", stale: "STALE, as of", waiting_for: "waiting for data",
    no_worker: "no worker has reported yet", no_beat: "a worker is silent", lag: "a worker lags behind",
    silence: "no connection to the server", no_deadlines: "no deadlines ahead",
  },
  zh: {
    all: "全部工单", team: "团队", priority: "优先级", channel: "渠道", tier: "客户等级", agent: "工程师",
    open: "未结", unassigned: "未分配", waiting: "等待中", at_risk: "临近超时", breached: "已超时",
    next_deadlines: "到期时间", figures: "指标", trend: "最近 24 小时",
    left: "剩余", ticket: "工单", clock: "计时", assignee: "负责人", nobody: "无",
    created: "新建", solved: "已解决", reopened: "重开", attainment: "及时率", p90_s: "90 % 用时",
    sla: "SLA", assignment: "分配", first_response: "首次响应", next_response: "后续响应",
    update: "进展更新", resolution: "解决", csat: "满意率", today: "今天",
    fresh: "实时，截至", stale: "数据过期，截至", waiting_for: "等待数据",
    no_worker: "尚无工作进程", no_beat: "有工作进程无心跳", lag: "有工作进程滞后",
    silence: "与服务器断开", no_deadlines: "暂无到期工单",
  },
};

const LANG = new URLSearchParams(location.search).get("lang") === "zh" ? "zh" : "en";

function word(name) {
  return WORDS[LANG][name] ?? name;
}
