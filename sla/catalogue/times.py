"""How long it took, and whether it was in time: the measures that clocks give."""

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


TIMES: Final = (
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
