"""What can go wrong with a policy book; the tree with its neighbours is drawn in `sla/calendar/errors.py`."""

from __future__ import annotations

from collections.abc import Sequence

from models.policy import Problem


class PolicyError(ValueError):
    """A policy book that cannot be used, with everything that is wrong with it at once.

    Operator action: each of `problems` names the file, the line and the mend.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in problems))
