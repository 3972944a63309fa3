"""The words of notices, English and Chinese side by side; both hold the same places for what is filled in."""

# ruff: noqa: RUF001 - Chinese has commas, colons and brackets of its own

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from alerts.notice import Kind


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language. Texts are templates for `str.format`."""

    metrics: Mapping[str, str]
    units: Mapping[str, str]  # d, h, m, s: after the number
    unit_gap: str  # between two amounts
    left: str
    over: str
    now: str
    paused: str
    paused_left: str
    stopped_in_time: str
    stopped_over: str
    stopped: str
    one: str  # a clock on a lock screen
    opening: Mapping[Kind, str]  # what stands before it
    many: str
    many_over: str
    many_withdrawn: str
    digest: str
    digest_over: str
    no_team: str
    team: str
    nobody: str
    assignee: str
    tier: str
    channel: str
    incident: str
    separator: str
    colon: str
    stop: str  # ends a sentence
    due: str
    was_due: str
    why: str
    why_days: str
    why_then: str  # what counted is known as of then
    by_policy: str
    edition: str
    ledger: Mapping[str, str]  # by kind of slice
    outside: str
    repeat_interval: str
    nobody_took: str
    nobody_took_after: str
    held_back: Mapping[str, str]  # by reason
    took: str
    mistake: str
    still_open: str
    none_open: str
    more: str
    to_ticket: str
    to_desk: str
    to_board: str
    to_acknowledge: str
    maybe_repeated: str
    repeated_note: str
    delayed: str
    burn: str
    burn_over: str
    burn_rates: str
    burn_window: str
    burn_budget: str
    unknown: str
    troubles: Mapping[str, str]
    trouble_over: str
    trouble_since: str
    heartbeat: str
    heartbeat_note: str


EN = Phrases(
    metrics={
        "assignment": "assignment",
        "first_response": "first response",
        "next_response": "next response",
        "update": "update",
        "resolution": "resolution",
    },
    units={"d": "d", "h": "h", "m": "m", "s": "s"},
    unit_gap=" ",
    left="{time} left",
    over="{time} over",
    now="due now",
    paused="paused",
    paused_left="paused with {time} left",
    stopped_in_time="stopped in time, with {time} to spare",
    stopped_over="stopped {time} over",
    stopped="stopped",
    one="{priority} {ticket}: {metric} {standing}",
    opening={
        Kind.ESCALATION: "Escalated: ",
        Kind.REPEAT: "Still: ",
        Kind.ALL_CLEAR: "All clear: ",
        Kind.WITHDRAWN: "Was a mistake: ",
        Kind.DIGEST: "Digest: ",
        Kind.MOVED: "Told elsewhere now: ",
        Kind.ACKNOWLEDGED: "Taken on: ",
    },
    many="{count} clocks slipping, first {first}",
    many_over="{count} clocks stopped, {open} still open",
    many_withdrawn="{count} alerts taken back",
    digest="{count} still open, first {first}",
    digest_over="{count} found late, all over",
    no_team="no team",
    team="team {name}",
    nobody="assigned to nobody",
    assignee="assigned to {name}",
    tier="customer {name}",
    channel="by {name}",
    incident="part of incident {name}",
    separator=", ",
    colon=": ",
    stop=".",
    due="due {at}",
    was_due="was due {at}",
    why="{counted} of {target} counted since {start}",
    why_days="a promise in business days, {counted} counted since {start}",
    why_then=" until {at}",
    by_policy=", by policy “{policy}”",
    edition=" of edition {edition}",
    ledger={
        "paused": "{time} paused do not count",
        "closed": "{time} outside the calendar do not count",
        "solved": "{time} solved do not count",
    },
    outside="the calendar is closed now",
    repeat_interval="It is still so.",
    nobody_took="Nobody has taken it on.",
    nobody_took_after="Nobody has taken it on after {time}.",
    held_back={
        "quiet_hours": "Held back in quiet hours, and still open.",
        "inhibited": "Held back during a major incident, and still open.",
        "silenced": "Held back by a silence, and still open.",
        "backlog": "Found late: over before anybody could be told.",
    },
    took="taken on by {name}",
    mistake="Facts that came late took it back: it was never so, and nothing is to be done.",
    still_open="{count} of this group still open.",
    none_open="Nothing of this group is open any more.",
    more="… and {count} more",
    to_ticket="Ticket and clocks",
    to_desk="At the desk",
    to_board="Board",
    to_acknowledge="I take it",
    maybe_repeated=" (possibly repeated)",
    repeated_note="Possibly repeated: this may have been sent before.",
    delayed="Delayed: decided at {at}, and not deliverable until now.",
    burn="Budget burning: {objective}, {rate} times too fast",
    burn_over="Budget no longer burning: {objective}",
    burn_rates="Burn rate: {rates}; it pages from {rate} on.",
    burn_window="{burn} in {window}",
    burn_budget="Of this period's budget {left} is left: {breached} breached of {decided} decided.",
    unknown="–",
    troubles={
        "beat": "slawatch: partition {where} gives no sign of life",
        "lag": "slawatch: partition {where} is behind",
        "redis": "slawatch: Redis {where} cannot be reached",
        "kafka": "slawatch: Kafka {where} cannot be reached",
        "dead_letters": "slawatch: dead letters grow",
        "target": "slawatch: {where} cannot be told",
    },
    trouble_over="Well again: {what}",
    trouble_since="Since {at}.",
    heartbeat="slawatch watches",
    heartbeat_note="Sign of life of {at}. When these stop, nobody is told of breaches: look after the alerter.",
)

ZH = Phrases(
    metrics={
        "assignment": "分配",
        "first_response": "首次响应",
        "next_response": "后续响应",
        "update": "进展更新",
        "resolution": "解决",
    },
    units={"d": "天", "h": "小时", "m": "分钟", "s": "秒"},
    unit_gap="",
    left="剩 {time}",
    over="超时 {time}",
    now="现在到期",
    paused="暂停中",
    paused_left="暂停中，剩 {time}",
    stopped_in_time="已按时停止，余 {time}",
    stopped_over="停止时已超时 {time}",
    stopped="已停止",
    one="{priority} {ticket}：{metric}{standing}",
    opening={
        Kind.ESCALATION: "【升级】",
        Kind.REPEAT: "【仍未解除】",
        Kind.ALL_CLEAR: "【解除】",
        Kind.WITHDRAWN: "【误报撤回】",
        Kind.DIGEST: "【汇总】",
        Kind.MOVED: "【转至他组】",
        Kind.ACKNOWLEDGED: "【已认领】",
    },
    many="{count} 个时钟告急，最先 {first}",
    many_over="{count} 个时钟已停止，仍有 {open} 个未停",
    many_withdrawn="撤回 {count} 条告警",
    digest="{count} 个仍未停止，最先 {first}",
    digest_over="{count} 个发现过晚，均已结束",
    no_team="无团队",
    team="团队 {name}",
    nobody="无人处理",
    assignee="处理人 {name}",
    tier="客户等级 {name}",
    channel="渠道 {name}",
    incident="属于重大故障 {name}",
    separator="，",
    colon="：",
    stop="。",
    due="{at} 到期",
    was_due="原定 {at} 到期",
    why="自 {start} 起已计 {counted}，目标 {target}",
    why_days="按工作日承诺，自 {start} 起已计 {counted}",
    why_then="（截至 {at}）",
    by_policy="，依策略“{policy}”",
    edition="（版本 {edition}）",
    ledger={
        "paused": "暂停的 {time} 不计",
        "closed": "工作时间外的 {time} 不计",
        "solved": "已解决期间的 {time} 不计",
    },
    outside="现在是非工作时间",
    repeat_interval="情况依旧。",
    nobody_took="尚无人认领。",
    nobody_took_after="{time} 后仍无人认领。",
    held_back={
        "quiet_hours": "静默时段内暂缓，现仍未停止。",
        "inhibited": "重大故障期间暂缓，现仍未停止。",
        "silenced": "因静默规则暂缓，现仍未停止。",
        "backlog": "发现过晚：通知之前已经结束。",
    },
    took="由 {name} 认领",
    mistake="迟到的事实将其撤回：并未发生，无需处理。",
    still_open="本组仍有 {count} 个未停止。",
    none_open="本组已全部停止。",
    more="…… 另有 {count} 个",
    to_ticket="工单与时钟",
    to_desk="服务台页面",
    to_board="看板",
    to_acknowledge="我来处理",
    maybe_repeated="（可能重复）",
    repeated_note="可能重复：此消息或已发送过。",
    delayed="延迟送达：决定于 {at}，此前无法送达。",
    burn="误差预算消耗过快：{objective}，{rate} 倍",
    burn_over="误差预算恢复正常：{objective}",
    burn_rates="消耗速率：{rates}；达到 {rate} 即告警。",
    burn_window="{window} 内 {burn}",
    burn_budget="本期预算还剩 {left}：已判定 {decided}，超时 {breached}。",
    unknown="–",
    troubles={
        "beat": "slawatch：分区 {where} 没有心跳",
        "lag": "slawatch：分区 {where} 滞后",
        "redis": "slawatch：无法连接 Redis {where}",
        "kafka": "slawatch：无法连接 Kafka {where}",
        "dead_letters": "slawatch：死信增多",
        "target": "slawatch：无法通知 {where}",
    },
    trouble_over="已恢复：{what}",
    trouble_since="自 {at} 起。",
    heartbeat="slawatch 正常值守",
    heartbeat_note="{at} 的心跳。若不再收到，则超时将无人告知：请检查告警进程。",
)

LANGUAGES: Mapping[str, Phrases] = {"en": EN, "zh": ZH}

NAMES = tuple(field.name for field in fields(Phrases))
