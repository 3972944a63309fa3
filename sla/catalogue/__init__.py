"""The catalogue: every measure that the department is appraised by, in the order of the forms.

What a measure of ticket events adds up is in `sla/figures/measures.py`, under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.measure import Measure
from sla.catalogue.observed import OBSERVED
from sla.catalogue.of_events import OF_EVENTS

#: Every measure by its id.
CATALOGUE: Final[Mapping[str, Measure]] = {measure.id: measure for measure in (*OF_EVENTS, *OBSERVED)}

__all__ = ["CATALOGUE", "Measure"]
