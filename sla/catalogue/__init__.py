"""The catalogue: every measure that the department is appraised by, in the order of the forms.

What a measure of ticket events adds up is in `sla/figures/measures.py`, under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.measure import Measure
from sla.catalogue.observed import OBSERVED
from sla.catalogue.solutions import SOLUTIONS
from sla.catalogue.times import TIMES
from sla.catalogue.voices import DATA, FLAGS, VOICES

#: Every measure by its id.
CATALOGUE: Final[Mapping[str, Measure]] = {
    measure.id: measure for measure in (*TIMES, *SOLUTIONS, *VOICES, *FLAGS, *DATA, *OBSERVED)
}

__all__ = ["CATALOGUE", "Measure"]
