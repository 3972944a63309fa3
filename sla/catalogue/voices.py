"""What customers and colleagues said (of ratings: pooled with what is observed), and how complete the data are."""

# ruff: noqa: RUF001 -- the sign of multiplication is meant, and Chinese has its own punctuation

from __future__ import annotations

from typing import Final

from models.measure import Measure, Text


def _csat(ident: str, name: Text, zh: str, en: str) -> Measure:
    formula = Text(
        f"{zh}：得分 ÷ 满分 × 100 的平均值，与外部调查结果合并",
        f"{en}: mean of score ÷ scale × 100, pooled with what is reported from outside",
    )
    return Measure(ident, name, "points", "more", "both", formula, aggregation="mean")


VOICES: Final = (
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


FLAGS: Final = (
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


DATA: Final = (
    _lacks("team", "团队", "a team"),
    _lacks("category", "分类", "a category"),
    _lacks("channel", "渠道", "a channel"),
    _lacks("requester_id", "客户标识", "a requester"),
    _lacks("customer_tier", "客户等级", "a customer tier"),
    _lacks("issue_key", "问题标识", "an issue key"),
)
