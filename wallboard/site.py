"""What a page knows besides Redis: the policy book, its tiles, where the desk's own pages are, and who may look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import quote

from models.policy import Target
from models.wallboard import Wallboard
from sla.policy import PolicyBook

#: What `sla` pools where no book says otherwise.
PROMISED: Final = ("first_response", "resolution")


@dataclass(frozen=True)
class Site:
    """One wallboard's settings.

    Args:
        zone: the one that times are shown in.
        book: the policy book, None where it is not known.
        board: tiles and limits, None for those that the page has of its own.
        tokens: the file of who may see what; None asks nobody, and is for the loopback.
        ticket_url: the desk's own page of a ticket, with `{ticket_id}`.
        page_url: this page's address as others reach it.
        link_key: what links that acknowledge are signed with; None: there are none.
    """

    zone: str = "UTC"
    book: PolicyBook | None = None
    board: Wallboard | None = None
    tokens: Path | None = None
    ticket_url: str | None = None
    page_url: str | None = None
    link_key: str | None = field(default=None, repr=False)

    @property
    def is_https(self) -> bool:
        """Whether others reach the page over TLS, and nothing else."""
        return bool(self.page_url and self.page_url.startswith("https:"))

    def desk_link(self, ticket_id: str) -> str | None:
        """The address of a ticket in the desk's own system; its id is encoded."""
        return self.ticket_url.replace("{ticket_id}", quote(ticket_id, safe="")) if self.ticket_url else None

    def promised(self, at_ms: int) -> tuple[str, ...]:
        """The metrics that `sla` pools in figures as of an instant."""
        return self.book.edition_at(at_ms).promised if self.book else PROMISED

    def target_of(self, edition: str | None, policy: str, metric: str) -> Target | None:
        """The target that a clock runs under; None where this book has no such policy."""
        return self._targets.get((edition or "", policy, metric))

    @cached_property
    def _targets(self) -> dict[tuple[str, str, str], Target]:
        found: dict[tuple[str, str, str], Target] = {}
        for edition in self.book.editions if self.book else ():
            for policy in edition.policies:
                for metric, target in policy.targets.items():
                    found.setdefault((edition.name or "", policy.name, metric), target)
        return found


def address(path: str, parameters: Mapping[str, str | None]) -> str:
    """A path with parameters; those without a value are left out."""
    told = "&".join(f"{name}={quote(value, safe=':,')}" for name, value in parameters.items() if value)
    return f"{path}{'&' if '?' in path else '?'}{told}" if told else path
