"""The measures that follow from ticket events (of satisfaction: pooled with what is observed)."""

# ruff: noqa: RUF001 -- the sign of multiplication is meant, and Chinese has its own punctuation

from __future__ import annotations

from typing import Final

from models.measure import Measure, Text

_METRICS: Final = {
    "assignment": Text("分派", "assignment"),
    "first_response": Text("首次响应", "first response"),
    "next_response": Text("后续响应", "next response"),
    "update": Text("主动更新", "update"),
    "resolution": Text("解决", "resolution"),
}


def _mean(metric: str, name: Text, *, scored: bool = True) -> Measure:
    zh, en = _METRICS[metric]
    formula = Text(
        f"本期内停止的“{zh}”计时的有效时间之和 ÷ 其个数;另列中位数、P90、P95",
        f"counted time of the {en} clocks that stopped in the period ÷ their number; also median, p90, p95",
    )
    return Measure(f"{metric}_mean", name, "s", "less", "events", formula, scored=scored)


def _attainment(ident: str, metric: str, name: Text, *, scored: bool = True) -> Measure:
    zh, en = _METRICS[metric]
    formula = Text(
        f"“{zh}”计时：达标数 ÷ （达标数 + 超时数）",
        f"{en} clocks: met ÷ (met + breached)",
    )
    return Measure(ident, name, "ratio", "more", "events", formula, scored=scored)


_TIMES: Final = (
    _mean("first_response", Text("首次响应时间（平均响应时间）", "First response time")),
    _attainment("first_response_attainment", "first_response", Text("首次响应达标率", "First-response attainment")),
    _mean("resolution", Text("平均解决时间（MTTR）", "Mean time to resolve (MTTR)")),
    Measure(
        "complex_handling_mean",
        Text("复杂问题处理效率", "Complex-problem handling"),
        "s",
        "less",
        "events",
        Text(
            "复杂度达到阈值（默认 3）的工单的“解决”计时：有效时间之和 ÷ 其个数",
            "resolution clocks of tickets with a complexity from the threshold on (3 unless the card says otherwise): "
            "counted time ÷ their number",
        ),
        of="resolution_mean",
        where={"complexity": ">= 3"},
    ),
    Measure(
        "sla_attainment",
        Text("服务水平协议达成率", "SLA attainment"),
        "ratio",
        "more",
        "events",
        Text(
            "制度所承诺的各项计时合并：达标数 ÷ （达标数 + 超时数）",
            "clocks of all promised metrics together: met ÷ (met + breached)",
        ),
    ),
    _attainment("resolution_rate", "resolution", Text("问题解决率", "Resolution rate")),
    Measure(
        "solved_to_received",
        Text("解决与受理之比", "Solved to received"),
        "ratio",
        "more",
        "events",
        Text("本期解决次数 ÷ 本期新建工单数", "solutions in the period ÷ tickets created in it"),
        scored=False,
    ),
    _mean("next_response", Text("后续响应时间", "Next response time"), scored=False),
    _attainment("next_response_attainment", "next_response", Text("后续响应达标率", "Next-response attainment")),
    _mean("assignment", Text("分派时间", "Time to assignment"), scored=False),
    _attainment("assignment_attainment", "assignment", Text("分派达标率", "Assignment attainment")),
    _mean("update", Text("更新间隔", "Time between updates"), scored=False),
    _attainment("update_timeliness", "update", Text("沟通主动性", "Proactive communication")),
)

_SOLUTIONS: Final = (
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


def _csat(ident: str, name: Text, zh: str, en: str) -> Measure:
    formula = Text(
        f"{zh}：得分 ÷ 满分 × 100 的平均值，与外部调查结果合并",
        f"{en}: mean of score ÷ scale × 100, pooled with what is reported from outside",
    )
    return Measure(ident, name, "points", "more", "both", formula, aggregation="mean")


_VOICES: Final = (
    _csat(
        "csat", Text("客户满意度（CSAT）", "Customer satisfaction (CSAT)"), "客户总体评分", "customers' overall ratings"
    ),
    Measure(
        "key_customer_csat",
        Text("关键客户满意度", "Key customers' satisfaction"),
        "points",
        "more",
        "events",
        Text(
            "关键客户等级（由绩效表指定，默认 vip）的总体评分：得分 ÷ 满分 × 100 的平均值",
            "overall ratings by customers of the key tiers (named by the card, vip by default): mean of score ÷ scale "
            "× 100",
        ),
        of="csat",
        where={"customer_tier": ("vip",)},
    ),
    Measure(
        "csat_satisfied",
        Text("满意率", "Satisfied customers"),
        "ratio",
        "more",
        "events",
        Text(
            "得分 ÷ 满分不低于 0.8 的客户总体评分数 ÷ 客户总体评分数",
            "overall ratings by customers of 0.8 of the scale or more ÷ overall ratings by customers",
        ),
        scored=False,
    ),
    Measure(
        "rated_to_solved",
        Text("评分覆盖率", "Ratings to solutions"),
        "ratio",
        "more",
        "events",
        Text("客户总体评分数 ÷ 解决次数", "overall ratings by customers ÷ solutions"),
        scored=False,
    ),
    _csat(
        "follow_up_satisfaction",
        Text("客户回访满意度", "Call-back satisfaction"),
        "客户对回访的评分",
        "customers' ratings of the call-back",
    ),
    _csat(
        "collaboration_satisfaction",
        Text("内部协作满意度", "Internal collaboration"),
        "客户与同事对协作的评分",
        "customers' and colleagues' ratings of the collaboration",
    ),
)


def _flag(ident: str, flag: str, name: Text, zh: str, better: str) -> Measure:
    formula = Text(
        f"标记为{zh}的工单数 ÷ 处理的工单数（本期有公开客服回复、解决或升级）",
        f"tickets flagged {flag} ÷ tickets handled (publicly replied to, solved or escalated)",
    )
    return Measure(ident, name, "ratio", "more" if better == "more" else "less", "events", formula)


_FLAGS: Final = (
    _flag("complaint_rate", "complaint", Text("客户投诉率", "Complaints"), "投诉", "less"),
    Measure(
        "complaint_resolution_rate",
        Text("客户投诉解决率", "Complaints resolved"),
        "ratio",
        "more",
        "events",
        Text(
            "本期标记为投诉的工单中、至迟在月末后 7 天内标记为投诉已解决者 ÷ 本期标记为投诉的工单数",
            "of the tickets flagged complaint in the period, those flagged complaint_resolved no later than 7 days "
            "after the month's end ÷ tickets flagged complaint",
        ),
        look_ahead_days=7,
    ),
    _flag("commendation_rate", "commendation", Text("客户表扬率", "Commendations"), "表扬", "more"),
    _flag("error_rate", "error", Text("错误率", "Errors in service"), "服务差错", "less"),
    Measure(
        "major_incidents",
        Text("重大服务事故", "Major service incidents"),
        "count",
        "less",
        "events",
        Text("标记为重大服务事故的工单数", "tickets flagged service_accident"),
        minimum=0,
    ),
)


def _lacks(field: str, zh: str, en: str) -> Measure:
    formula = Text(
        f"没有{zh}（{field}）的新建工单数 ÷ 新建工单数", f"tickets created without {en} ({field}) ÷ tickets created"
    )
    return Measure(
        f"missing_{field}", Text(f"缺{zh}", f"Without {en}"), "ratio", "less", "events", formula, scored=False
    )


_DATA: Final = (
    _lacks("team", "团队", "a team"),
    _lacks("category", "分类", "a category"),
    _lacks("channel", "渠道", "a channel"),
    _lacks("requester_id", "客户标识", "a requester"),
    _lacks("customer_tier", "客户等级", "a customer tier"),
    _lacks("issue_key", "问题标识", "an issue key"),
)

OF_EVENTS: Final = (*_TIMES, *_SOLUTIONS, *_VOICES, *_FLAGS, *_DATA)
