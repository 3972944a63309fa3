"""The words that are printed around the figures, each in Chinese and English."""
# ruff: noqa: E501, RUF001 -- a sentence is kept in one piece, and Chinese punctuation is meant

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from appraisal.form import Status, Treatment

LANGUAGES: Final = ("zh", "en")

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # Above the form
    "employee": ("员工姓名", "Employee"),
    "subject": ("考核对象", "Subject"),
    "whole_desk": ("技术支持全体", "the whole desk"),
    "department": ("部门", "Department"),
    "position": ("职位", "Position"),
    "superior": ("直接上级", "Direct superior"),
    "period": ("考核周期", "Period"),
    "teams": ("所辖团队", "Teams led"),
    "id": ("编号", "Id"),
    "days": ("{days} 天", "{days} days"),
    "by_share": ("（部分月份按天数折算）", " (some months by share of days)"),
    "example": (
        "示例：权重与目标值仅为示例，部门确定自己的目标之前不得用于评定",
        "EXAMPLE: weights and targets are examples; not for appraisal until the department sets its own",
    ),
    "provisional": (
        "暂定：考核周期尚未结算，数字仍会变化",
        "PROVISIONAL: the period has not been closed, figures may still change",
    ),
    # The table of measures
    "number": ("序号", "No."),
    "dimension": ("考核维度（权重）", "Dimension (weight)"),
    "dimension_only": ("考核维度", "Dimension"),
    "measure": ("考核指标", "Measure"),
    "target": ("目标值", "Target"),
    "rule": ("评分标准", "Rule"),
    "value": ("实际值", "Value"),
    "median": ("中位数", "Median"),
    "cases": ("样本数", "Cases"),
    "status": ("数据状态", "Status"),
    "score": ("得分", "Score"),
    "weight": ("权重", "Weight"),
    "card_weight": ("表定权重", "Weight on the card"),
    "counted_weight": ("计分权重", "Weight counted"),
    "points": ("加权得分", "Points"),
    "off": ("每差 {per} 扣 {deduct} 分", "{deduct} off per {per}"),
    "off_whole": ("每满 {per} 差额扣 {deduct} 分", "{deduct} off per whole {per}"),
    "measured": ("有效指标", "Measures scored"),
    "n_measured": ("有效指标 {n} 项，共 {of} 项", "{n} of {of} measures were scored"),
    "stop": ("；", "; "),
    "comma": ("、", ", "),
    "in_brackets": ("（{said}）", " ({said})"),
    "steps_pro_rata": ("扣分按比例计算", "steps count pro rata"),
    "steps_whole": ("扣分只计整步", "only whole steps count"),
    # Totals
    "total": ("综合得分（系统计算）", "Total (computed)"),
    "pass": ("达标线", "Pass mark"),
    "passed": ("达标", "passed"),
    "not_passed": ("未达标", "not passed"),
    "no_total_blocked": (
        "第 {lines} 项缺少数据，按本表规定不计总分",
        "blocked by line {lines}, as the card says",
    ),
    "no_total": ("没有可计分的指标", "nothing could be scored"),
    "adjusted_total": ("调整后得分（仅供并列参考）", "Total with adjustments (beside it)"),
    "rating": ("绩效评定得分", "Rating"),
    "bonus": ("奖金系数", "Bonus coefficient"),
    "missing_ratings": ("尚缺评分", "Ratings still missing"),
    "no_rating": ("缺少评分，暂无结果", "none while a rating is missing"),
    "no_rating_total": ("没有综合得分，暂无结果", "none without a total"),
    # Ratings
    "ratings": ("评定", "Ratings"),
    "ratings_detail": ("评分明细", "Ratings one by one"),
    "role": ("评定人", "Role"),
    "rater": ("评分人", "Rater"),
    "role_total": ("合计", "Total"),
    "role_weight": ("评定权重", "Weight of the role"),
    "weighted": ("加权", "Weighted"),
    "count_raters": ("（{n} 人平均）", " (mean of {n})"),
    # Adjustments
    "adjustments": ("申诉调整", "Adjustments granted"),
    "adjustments_note": (
        "调整与系统计算值并列，不改变上表；同一项有多次调整时以最后一次为准。",
        "Adjustments stand beside the computed figures and change none of them; of several for one line the last holds.",
    ),
    "computed_value": ("计算值", "Computed value"),
    "computed_score": ("计算得分", "Computed score"),
    "adjusted_value": ("调整值", "Adjusted value"),
    "adjusted_score": ("调整得分", "Adjusted score"),
    "used_score": ("采用得分", "Score used"),
    "reason": ("原因", "Reason"),
    "approved_by": ("批准人", "Approved by"),
    "date": ("日期", "Date"),
    "holds": ("有效", "Holds"),
    "yes": ("是", "yes"),
    "replaced": ("已被取代", "replaced"),
    # Notes and signatures
    "notes": ("说明", "Notes"),
    "interview": ("绩效面谈记录", "Interview"),
    "interview_strengths": ("主要成绩", "What went well"),
    "interview_improve": ("改进方向与措施", "What to improve, and how"),
    "interview_goals": ("下期目标与所需支持", "Goals and support for the next period"),
    "interview_opinion": ("员工意见", "The employee's view"),
    "interview_date": ("面谈日期", "Date of interview"),
    "signature_employee": ("员工签名", "Employee's signature"),
    "signature_subject": ("负责人签名", "Signature of who is responsible"),
    "signature_superior": ("直接上级签名", "Superior's signature"),
    "signature_date": ("日期", "Date"),
    # Calculation
    "form": ("评定表", "Form"),
    "calculation": ("计算过程", "Calculation"),
    "definitions": ("指标定义", "Definitions"),
    "calculation_note": (
        "得分 = 100 − 步数 × 每步扣分，最低 0 分；步数 = 差额 ÷ 步长。缺少数据的指标按本表规定处理，其权重按比例分给同一维度的其他指标，整个维度都没有数据时分给其他维度。",
        "Score = 100 − steps × deduction, never below 0; steps = shortfall ÷ size of a step. Of measures that are missing the card says what is done; a weight set free goes pro rata to the others of the dimension, that of an empty dimension to the other dimensions.",
    ),
    "units_note": (
        "单位：比率以 1 为全部，时间以秒计，评分以 100 分计。蓝色为输入值，黑色为公式。",
        "Units: of ratios 1 is all, durations are in seconds, points are of 100. Blue cells are inputs, black ones formulas.",
    ),
    "where": ("范围", "Part"),
    "whose": ("数据来源", "Figures of"),
    "numerator": ("分子", "Numerator"),
    "denominator": ("分母", "Denominator"),
    "minimum": ("最少样本", "Minimum"),
    "treatment": ("缺数处理", "Missing: done"),
    "sign": ("方向", "Sign"),
    "per": ("步长", "Step"),
    "deduct": ("每步扣分", "Off per step"),
    "shortfall": ("差额", "Shortfall"),
    "steps": ("步数", "Steps"),
    "share": ("维度内份额", "Share"),
    "counted": ("计分", "Counted"),
    "blocks": ("阻止总分", "Blocks"),
    "effective_share": ("计分份额", "Share counted"),
    "dimension_points": ("得分 × 份额", "Score × share"),
    "kept": ("有数据份额", "Share scored"),
    "dimension_score": ("维度得分", "Dimension's score"),
    "sum": ("合计", "Sum"),
    "formula": ("指标定义", "Formula"),
    "unit": ("单位", "Unit"),
    "beside": ("并列参考（不计分）", "Beside it, not scored"),
    # Distributions
    "distributions": ("分布", "Distributions"),
    "distributions_note": (
        "平均值之外的样本数、中位数与分布。百分位数与直方图的精度为 1% 以内。",
        "What lies behind the means: cases, medians and how they spread. Percentiles and histograms hold within 1 %.",
    ),
    "all_cases": ("全部", "all"),
    "split": ("拆分", "Split"),
    "range": ("区间", "Range"),
    "of_histogram": ("直方图", "Histogram"),
    "up_to": ("≤ {edge}", "≤ {edge}"),
    "over": ("> {edge}", "> {edge}"),
    "under": ("< {edge}", "< {edge}"),
    "from": ("{low}–{high}", "{low}–{high}"),
    "between": ("> {low}，≤ {high}", "> {low} to {high}"),
    "nothing_to_show": ("没有可显示的分布。", "There is no distribution to show."),
    # Data quality
    "quality": ("数据质量", "Data quality"),
    "quality_note": (
        "本表数字所依据的数据的完整性。重复事件与无法读取的事件由数据流的计数器给出。",
        "How complete the data behind these figures is. Repeats and events that could not be read are counters of the stream.",
    ),
    "quality_line": ("项目", "Item"),
    "count": ("数量", "Number"),
    "of": ("总数", "Of"),
    "quality_share": ("占比", "Share"),
    # At the foot
    "revision": ("版本", "Revision"),
    "final": ("已结算", "final"),
    "not_final": ("未结算", "not final"),
    "editions": ("服务标准版本", "Editions of the policy book"),
    "as_of": ("数据截至", "As of"),
    "card": ("评定表编号", "Scorecard"),
    "page": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "minutes": ("{n} 分钟", "{n} min"),
    "hours": ("{n} 小时", "{n} h"),
    "seconds": ("{n} 秒", "{n} s"),
    "points_of": ("{n} 分", "{n} points"),
    "point": ("1 分", "1 point"),
    "on_card": ("表定 {weight}", "card {weight}"),
}

STATUS: Final[Mapping[Status, tuple[str, str]]] = {
    "ok": ("正常", "ok"),
    "so_far": ("暂计", "so far"),
    "too_few": ("样本不足", "too few cases"),
    "no_cases": ("无样本", "no cases"),
    "not_reported": ("未上报", "not reported"),
}
TREATMENT: Final[Mapping[Treatment, tuple[str, str]]] = {
    "reweigh": ("权重分给其他指标", "weight to the others"),
    "full": ("按满分计", "full marks"),
    "zero": ("按零分计", "no marks"),
    "block": ("不计总分", "blocks the total"),
}
SPLITS: Final[Mapping[str, tuple[str, str]]] = {
    "priority": ("优先级", "priority"),
    "tier": ("客户等级", "tier"),
    "complexity": ("复杂度", "complexity"),
    "aspect": ("评价方面", "aspect"),
}
ASPECTS: Final[Mapping[str, tuple[str, str]]] = {
    "overall": ("总体", "overall"),
    "expertise": ("专业度", "expertise"),
    "attitude": ("沟通态度", "attitude"),
    "follow_up": ("回访", "follow-up"),
    "collaboration": ("内部协作", "collaboration"),
}
UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "s": ("时:分:秒", "h:mm:ss"),
    "ratio": ("%", "%"),
    "points": ("分", "points"),
    "count": ("个", "number"),
    "weight": ("复杂度之和", "sum of complexity"),
    "hours": ("小时", "hours"),
}


class Vocabulary:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Raises ValueError: `language` is neither `zh` nor `en`."""
        if language not in LANGUAGES:
            msg = f"forms are printed in zh or en, not in {language!r}"
            raise ValueError(msg)
        self.language = language
        self._index = LANGUAGES.index(language)

    def __call__(self, key: str, **fields: object) -> str:
        """A word, with its fields filled in."""
        word = _WORDS[key][self._index]
        return word.format(**fields) if fields else word

    def status(self, status: Status) -> str:
        """Whether a figure says enough to be scored."""
        return STATUS[status][self._index]

    def treatment(self, treatment: Treatment) -> str:
        """What was done about a figure that could not be scored."""
        return TREATMENT[treatment][self._index]

    def unit(self, unit: str) -> str:
        """What a figure is measured in."""
        return UNITS[unit][self._index]

    def split(self, by: str, label: str) -> str:
        """A part of a split: `优先级 P0`, `aspect attitude`."""
        name = SPLITS[by][self._index] if by in SPLITS else by
        if by == "aspect":
            label = ", ".join(ASPECTS[one][self._index] if one in ASPECTS else one for one in label.split(","))
        return f"{name} {label}"
