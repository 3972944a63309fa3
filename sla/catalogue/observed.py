"""The measures that no ticket tells: reported from outside through `metric.observed`."""

# ruff: noqa: RUF001 -- the sign of multiplication is meant, and Chinese has its own punctuation

from __future__ import annotations

from typing import Final

from models.measure import Better, Measure, Text, Unit


def _sum(ident: str, zh: str, en: str, *, unit: Unit = "count") -> Measure:
    formula = Text(f"本期上报的{zh}之和", f"sum of what was reported for the period: {en[0].lower()}{en[1:]}")
    return Measure(ident, Text(zh, en), unit, "more", "observed", formula, aggregation="sum", minimum=0)


def _ratio(
    ident: str, name: tuple[str, str], zh: str, en: str, *, better: Better = "more", minimum: int = 5
) -> Measure:
    formula = Text(f"上报：{zh}", f"as reported: {en}")
    return Measure(ident, Text(*name), "ratio", better, "observed", formula, aggregation="ratio", minimum=minimum)


def _score(ident: str, zh: str, en: str) -> Measure:
    formula = Text("上报的得分 ÷ 满分 × 100 的平均值", "mean of the reported scores ÷ best possible score × 100")
    return Measure(ident, Text(zh, en), "points", "more", "observed", formula, aggregation="mean")


OBSERVED: Final = (
    _sum("kb_contributions", "知识库贡献（更新频率）", "Knowledge articles new or updated"),
    _ratio(
        "training_completion",
        ("培训完成率", "Training completed"),
        "完成的培训 ÷ 应完成的培训",
        "trainings completed ÷ trainings due",
    ),
    _ratio(
        "training_coverage", ("培训覆盖率", "Training coverage"), "参加培训的人数 ÷ 人数", "people trained ÷ people"
    ),
    _sum("training_hours", "培训时长", "Training hours", unit="hours"),
    _sum("sharing_sessions", "知识分享次数", "Sharing sessions"),
    _sum("improvements_done", "流程优化次数", "Process improvements done"),
    _sum("proposals_made", "提案数", "Proposals made"),
    _ratio("proposal_adoption", ("建议采纳率", "Proposals adopted"), "采纳的提案 ÷ 提案", "proposals adopted ÷ made"),
    _ratio(
        "feedback_adoption",
        ("客户反馈采纳率", "Customer feedback adopted"),
        "采纳的客户反馈 ÷ 客户反馈",
        "customer feedback adopted ÷ received",
    ),
    _ratio(
        "new_tool_adoption",
        ("新工具应用率", "New tools in use"),
        "使用新工具的人数（或场合）÷ 应使用者",
        "people (or occasions) using new tools ÷ those that should",
    ),
    _sum("new_tech_count", "新技术应用数", "New technologies applied"),
    # Money, not cases: no number of it is too few.
    _ratio("cost_saving", ("成本节约", "Cost saving"), "节约的费用 ÷ 预算", "money saved ÷ budget", minimum=0),
    _ratio(
        "customer_retention",
        ("客户留存率", "Customers kept"),
        "期末仍在的客户 ÷ 期初客户",
        "customers kept ÷ customers",
    ),
    _ratio(
        "customer_churn",
        ("客户流失率", "Customers lost"),
        "流失的客户 ÷ 期初客户",
        "customers lost ÷ customers",
        better="less",
    ),
    _ratio(
        "staff_turnover", ("员工流失率", "Staff turnover"), "离职人数 ÷ 人数", "people who left ÷ people", better="less"
    ),
    _ratio("promotion_rate", ("晋升率", "Promotions"), "晋升人数 ÷ 人数", "people promoted ÷ people"),
    _ratio(
        "staff_satisfaction",
        ("员工满意度", "Staff satisfaction"),
        "员工满意度得分 ÷ 满分",
        "staff satisfaction score ÷ best possible score",
    ),
    _ratio(
        "team_attainment",
        ("团队绩效达标率", "Team members reaching their mark"),
        "本人绩效达到合格线的成员 ÷ 参评成员（由成员的绩效表算出，或上报）",
        "members whose own scorecard reaches its pass mark ÷ members scored (from their cards, or as reported)",
    ),
    _score("qa_score", "质检抽查", "Quality inspection"),
    _score("mystery_shopper_score", "神秘顾客", "Mystery shopper"),
    _score("process_audit_score", "流程审计", "Process audit"),
)
