"""How tickets were solved, and whether it held."""

# ruff: noqa: RUF001 -- the sign of multiplication is meant, and Chinese has its own punctuation

from __future__ import annotations

from typing import Final

from models.measure import Measure, Text

SOLUTIONS: Final = (
    Measure(
        "first_contact_resolution",
        Text("一次解决率（首次解决率）", "First-contact resolution (FCR)"),
        "ratio",
        "more",
        "events",
        Text(
            "到解决为止至多一次联系（公开且非自动的客服回复）或标明一次解决、从未升级、7 天内未重新打开的解决次数"
            " ÷ 解决次数",
            "solutions with at most one contact (public, not automated agent reply) up to them, or said to be at first "
            "contact, on tickets never escalated and not reopened within 7 days ÷ solutions",
        ),
        look_ahead_days=7,
    ),
    Measure(
        "throughput",
        Text("工单处理量", "Tickets handled"),
        "count",
        "more",
        "events",
        Text("本期解决且本期内未重新打开的工单数", "tickets solved and not reopened within the period"),
        minimum=0,
    ),
    Measure(
        "weighted_throughput",
        Text("加权工单处理量", "Tickets handled, weighted by complexity"),
        "weight",
        "more",
        "events",
        Text(
            "本期解决且本期内未重新打开的工单的复杂度之和",
            "sum of the complexity of tickets solved and not reopened within the period",
        ),
        minimum=0,
    ),
    Measure(
        "reopen_rate",
        Text("重新打开率", "Reopen rate"),
        "ratio",
        "less",
        "events",
        Text("本期重新打开次数 ÷ 本期解决次数", "reopenings in the period ÷ solutions in the period"),
    ),
    Measure(
        "recurrence_rate",
        Text("问题复发率（重复问题率）", "Recurrence rate"),
        "ratio",
        "less",
        "events",
        Text(
            "本期新建、且同一客户同一问题（requester_id 与 issue_key 相同）的另一工单在此前 30 天内已解决的工单数"
            "（计入该解决人）÷ 解决次数;无 issue_key 者不计",
            "tickets created in the period whose requester_id and issue_key are those of another one solved in the "
            "30 days before, charged to who solved that one ÷ solutions; without an issue_key a ticket is not counted",
        ),
    ),
    Measure(
        "issue_key_share",
        Text("有问题标识的工单占比", "Tickets with an issue key"),
        "ratio",
        "more",
        "events",
        Text("有 issue_key 的新建工单数 ÷ 新建工单数", "tickets created that have an issue_key ÷ tickets created"),
        scored=False,
    ),
    Measure(
        "workaround_effectiveness",
        Text("临时解决方案有效性", "Workaround effectiveness"),
        "ratio",
        "more",
        "events",
        Text(
            "以临时方案解决且 7 天内未重新打开的次数 ÷ 以临时方案解决的次数",
            "solutions by workaround not reopened within 7 days ÷ solutions by workaround",
        ),
        look_ahead_days=7,
    ),
    Measure(
        "follow_up_coverage",
        Text("确认与回访", "Confirmation after solution"),
        "ratio",
        "more",
        "events",
        Text(
            "解决后 7 天内有回访或回访评分的解决次数 ÷ 解决次数",
            "solutions with a follow-up reply or rating within 7 days ÷ solutions",
        ),
        look_ahead_days=7,
    ),
    Measure(
        "record_completeness",
        Text("问题记录", "Case records"),
        "ratio",
        "more",
        "events",
        Text(
            "有分类、且有知识文章或解决记录的解决次数 ÷ 解决次数",
            "solutions of tickets with a category, with an article or a note ÷ solutions",
        ),
    ),
    Measure(
        "escalation_rate",
        Text("升级率", "Escalation rate"),
        "ratio",
        "less",
        "events",
        Text(
            "升级的工单数（非次数）÷ 处理的工单数（本期有公开客服回复、解决或升级）",
            "tickets escalated (not escalations) ÷ tickets handled (publicly replied to, solved or escalated)",
        ),
    ),
    Measure(
        "time_to_escalate",
        Text("升级前用时", "Time to escalate"),
        "s",
        "less",
        "events",
        Text(
            "首次升级时“解决”计时的有效时间之和 ÷ 首次升级的工单数",
            "counted time of the resolution clock at a ticket's first escalation ÷ tickets first escalated",
        ),
        scored=False,
    ),
    Measure(
        "cross_team_resolution",
        Text("跨部门协作有效性", "Solved with other teams"),
        "ratio",
        "more",
        "events",
        Text(
            "标记为跨部门的工单的“解决”计时：达标数 ÷ （达标数 + 超时数）",
            "resolution clocks of tickets flagged cross_team: met ÷ (met + breached)",
        ),
    ),
    Measure(
        "self_service_rate",
        Text("自助服务使用率", "Self-service use"),
        "ratio",
        "more",
        "events",
        Text("标记为自助服务的工单数 ÷ 新建工单数", "tickets flagged self_service ÷ tickets created"),
    ),
)
