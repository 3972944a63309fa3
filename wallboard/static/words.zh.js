// 看板上的中文词句。
export const WORDS = {
  // 指标范围
  all: "全部工单", team: "团队", priority: "优先级", channel: "渠道", tier: "客户等级", agent: "人员",
  figures_of: "指标：{scope}", lists_of: "列表：{lists}",
  // 视图
  overview: "总览", deadlines: "到期", heat: "热力", trend: "趋势", budget: "预算",
  // 指标
  open: "未解决", unassigned: "未分配", waiting: "等待中", at_risk: "即将超时", breached: "已超时", oldest_open: "最早未解决",
  created: "新建", first_responses: "首次响应数", solved: "解决", reopened: "重新打开", escalated: "升级",
  closed: "关闭", cancelled: "取消", count: "样本", met: "按时", attainment: "达标率",
  mean_s: "平均", p50_s: "中位数", p90_s: "P90", p95_s: "P95", max_s: "最长",
  sla: "SLA", sla_attainment: "达标率", assignment: "分配", first_response: "首次响应",
  next_response: "后续响应", update: "进展更新", resolution: "解决时长", csat: "满意度", mean_pct: "平均",
  satisfied_rate: "满意率", fcr_rate: "一次解决率", reopen_rate: "重开率",
  escalation_rate: "升级率", weighted_solved: "加权解决量", live: "当前", month: "本月", today: "今日",
  left: "剩余", burn: "消耗速度", "5m": "5 分钟", "30m": "30 分钟", "1h": "1 小时", "6h": "6 小时", "24h": "24 小时",
  day: "今日", quarter: "本季度", half: "本半年", year: "本年",
  // 指标块
  last_week: "上周 {value}", last_week_long: "上周同一时间", target: "目标 {value}",
  amber: "注意", red: "处理", age: "已 {age}", none_open: "没有未解决的工单",
  points: "{value} 分",
  // 到期
  next_deadlines: "即将到期", overdue: "已超时", ahead: "即将到期", ticket: "工单", assignee: "处理人",
  due: "到期", nobody: "无人", paused: "暂停", over: "超时", no_deadlines: "暂无到期时间。", no_overdue: "没有超时工单。",
  no_paused: "没有已预警而暂停的计时。", paused_clocks: "暂停中",
  // 热力
  teams: "团队 × 优先级", heat_hint: "未解决 · ▲ 即将超时 · ◆ 已超时", heat_hint_more: "% 今日达标率", all_teams: "合计", more_teams: "另有 {count} 个团队",
  no_teams: "还没有团队有工单。",
  // 趋势
  day_line: "今日新建与解决", created_sum: "新建", solved_sum: "解决", last_week_line: "上周",
  open_line: "今日未解决", windows: "各时间窗指标", no_trend: "{scope} 没有趋势数据：请选择团队或优先级。",
  no_day: "今日还没有工单。",
  // 预算
  objectives: "目标与剩余超时预算", no_objectives: "策略中没有针对“{scope}”的目标。",
  of_target: "按时完成，承诺 {target}", allowed_left: "允许 {allowed} 次超时，剩余 {left} 次",
  overspent: "比允许多超时 {over} 次", burn_rate: "消耗速度", too_few: "判定不足 {minimum} 次，暂不评价",
  days: "每日剩余预算",
  // P0
  burning: "P0 尚未响应", burning_more: "其他告急工单", answer_by: "应于 {time} 前响应", overdue_since: "{time} 起已超时",
  acknowledged: "{name} 已确认", not_acknowledged: "未确认", burning_of: "{count} 张 P0 工单告急",
  no_team: "无团队",
  // 新鲜度
  fresh: "实时", stale: "数据过期", as_of: "截至 {time}", waiting_for: "等待数据", no_worker: "尚无工作进程上报",
  no_beat: "有工作进程无心跳", lag: "数据流滞后", no_redis: "Redis 无法连接", silence: "与服务器断开",
  empty: "没有未解决的工单。", no_data: "暂无数据。",
  no_data_scope: "“{scope}”没有数据：名称是否与工单上一致？",
};
