"""The words in which a ticket's clocks are told, in English and Chinese."""

# ruff: noqa: RUF001 -- Chinese is written with punctuation of its own
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("en", "zh")

METRICS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "assignment": "Assignment to a person",
        "first_response": "First response",
        "next_response": "Next response",
        "update": "Update to the customer",
        "resolution": "Resolution",
    },
    "zh": {
        "assignment": "分配到人",
        "first_response": "首次响应",
        "next_response": "后续响应",
        "update": "向客户更新进展",
        "resolution": "解决",
    },
}
KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "counted": "counted",
        "paused": "paused: the clock waited",
        "closed": "not counted: outside the calendar",
        "solved": "not counted: the ticket was solved",
    },
    "zh": {
        "counted": "计入",
        "paused": "暂停：计时等待",
        "closed": "不计：在工作时间之外",
        "solved": "不计：工单已解决",
    },
}
COUNTS: Final[Mapping[str, str]] = {
    "first_responses": "首次响应",
    "solved": "解决",
    "reopened": "重开",
    "escalated": "升级",
    "closed": "关闭",
    "cancelled": "取消",
    "priority_changes": "优先级变更",
}
WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
UNITS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"d": "d", "h": "h", "m": "m", "s": "s"},
    "zh": {"d": " 天", "h": " 小时", "m": " 分", "s": " 秒"},
}

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "ticket": "Ticket {id} ({priority}, {status}){team}{who}, as of {at} ({zone}).",
        "in_team": " in team {team}",
        "of": " of {who}",
        "of_nobody": ", assigned to nobody",
        "created": "Created {at}.",
        "created_and": "Created {at}; {counts}.",
        "comma": ", ",
        "handover": "Handed over by {by} to {to} on {at}, with {used} % of the target of “{metric}” used.",
        "nobody": "nobody",
        "no_clocks": "No policy promises anything for it, so no clock runs.",
        "cycle": ", cycle {cycle}",
        "policy": "Policy “{policy}”{edition} {promise}.",
        "edition": " (edition {edition})",
        "allows": "allows {target}",
        "allows_days": "allows a number of business days",
        "promises_nothing": "promises nothing here: it is only measured",
        "started": "Started {at}.",
        "started_due": "Started {at}. Due {due}.",
        "warned": "Warned at “{level}” on {at}.",
        "since": "(since event {event})",
        "together": "Together {counted} counted.",
        "together_paused": "Together {counted} counted, {paused} paused.",
        "stopped_at": "stopped {at}",
        "still_open": "still open",
        "met": "met; {stopped}, with {left} to spare.",
        "breached": "breached on {at}; {stopped}.",
        "breached_over": "breached on {at}; {stopped}, {over} over.",
        "paused": "paused.",
        "paused_left": "paused, with {left} left.",
        "running": "running.",
        "running_left": "running, with {left} left.",
        "cancelled": "cancelled; {stopped}, it counts for nothing.",
        "stopped": "{stopped}.",
    },
    "zh": {
        "ticket": "工单 {id}（{priority}，{status}）{team}{who}，截至 {at}（{zone}）。",
        "in_team": "，团队 {team}",
        "of": "，负责人 {who}",
        "of_nobody": "，尚未分配",
        "created": "创建于 {at}。",
        "created_and": "创建于 {at}；{counts}。",
        "comma": "，",
        "handover": "{at} 由 {by} 移交给 {to}，此时“{metric}”的时限已用 {used} %。",
        "nobody": "无人",
        "no_clocks": "没有政策对它作出承诺，因此没有计时。",
        "cycle": "，第 {cycle} 轮",
        "policy": "政策“{policy}”{edition}：{promise}。",
        "edition": "（版本 {edition}）",
        "allows": "时限 {target}",
        "allows_days": "时限为若干工作日",
        "promises_nothing": "此项只计量，不作承诺",
        "started": "开始于 {at}。",
        "started_due": "开始于 {at}，到期 {due}。",
        "warned": "{at} 达到预警“{level}”。",
        "since": "（起因事件 {event}）",
        "together": "合计计入 {counted}。",
        "together_paused": "合计计入 {counted}，暂停 {paused}。",
        "stopped_at": "停止于 {at}",
        "still_open": "仍未结束",
        "met": "按时完成；{stopped}，余 {left}。",
        "breached": "于 {at} 超时；{stopped}。",
        "breached_over": "于 {at} 超时；{stopped}，超出 {over}。",
        "paused": "暂停中。",
        "paused_left": "暂停中，余 {left}。",
        "running": "计时中。",
        "running_left": "计时中，余 {left}。",
        "cancelled": "已取消；{stopped}，不计入任何指标。",
        "stopped": "{stopped}。",
    },
}
