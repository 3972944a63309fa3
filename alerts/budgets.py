"""Which budgets burn so fast that somebody has to hear of it. Pure.

A rate pages when it is passed in a long and a short window: the long one says that it matters, the short one that it
goes on. Below the objective's `minimum` decided in the long window nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alerts.burns import Burning
from alerts.labels import objective_labels
from alerts.notice import BudgetBurn
from models.instant import parse_ms

#: (rate, long window, short window), the worst first.
RATES: Final = ((14.4, "1h", "5m"), (6.0, "6h", "30m"))
#: What is known of a budget says nothing of the last five minutes when it is older than they are.
OLD_MS: Final = 300_000


def burning_at(budgets: Mapping[str, Mapping[str, Any]], now: int) -> Burning:
    """What can be said at an instant (ms): of a budget that nobody counts just now, nothing."""
    fresh = {name: doc for name, doc in budgets.items() if now - parse_ms(doc["as_of"]) <= OLD_MS}
    burns = burning(fresh)
    return Burning(burns, labels_of_burning(burns, fresh), frozenset(budgets.keys() - fresh.keys()))


def burning(budgets: Mapping[str, Mapping[str, Any]]) -> dict[str, BudgetBurn]:
    """The budgets that burn, by `<objective>/<rate>`, from what `sla:budget:` holds; of two rates only the higher."""
    found: dict[str, BudgetBurn] = {}
    for name, doc in budgets.items():
        burn, windows = doc.get("burn", {}), doc.get("windows", {})
        for rate, long, short in RATES:
            decided = windows.get(long, {}).get("decided", 0)
            if decided < max(1, doc.get("minimum", 1)):
                continue
            if (burn.get(long) or 0) >= rate and (burn.get(short) or 0) >= rate:
                rates = {window: burn.get(window) for window in (long, short)}
                key = f"{name}/{rate:g}"
                found[key] = BudgetBurn(name, rate, rates, doc.get("left"), doc["decided"], doc["breached"])
                break
    return found


def labels_of_burning(
    burns: Mapping[str, BudgetBurn], budgets: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """What each is matched on."""
    return {
        key: objective_labels(
            burn.objective, budgets[burn.objective]["metric"], budgets[burn.objective]["when"], f"burn {burn.rate:g}"
        )
        for key, burn in burns.items()
    }
