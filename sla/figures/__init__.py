"""The figures: rolling windows, live gauges, slots of the day and running totals of days and months, in two stages."""

from sla.figures.partition import PartitionFigures
from sla.figures.scopes import ScopeFigures

__all__ = ["PartitionFigures", "ScopeFigures"]
