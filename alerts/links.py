"""Where a notice leads: our page of a ticket, the desk's own, and the link that says "I take it"."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from alerts.notice import Kind, Notice
from sla.links import LinkTooLong, make_link

#: What somebody can take on. An all-clear, a digest of what is over or a sign of life asks nobody for anything.
ASKING = frozenset({Kind.FIRING, Kind.ESCALATION, Kind.REPEAT, Kind.DIGEST, Kind.REFRESH, Kind.BUDGET})


@dataclass(frozen=True, slots=True)
class Links:
    """The bases of links, from the settings; what is not set makes no link.

    `page_url` is our page as readers reach it, `ticket_url` the desk's own with `{ticket_id}`, `link_key` signs links.
    The key is in no representation, for these find their way into logs.
    """

    page_url: str | None = None
    ticket_url: str | None = None
    link_key: str | None = field(default=None, repr=False)

    def board(self) -> str | None:
        """The board."""
        return None if self.page_url is None else f"{self.page_url.rstrip('/')}/"

    def ticket(self, ticket_id: str) -> str | None:
        """Our page of a ticket, with its clocks and their ledgers."""
        return None if self.page_url is None else f"{self.page_url.rstrip('/')}/tickets/{quote(ticket_id, safe='')}"

    def desk(self, ticket_id: str) -> str | None:
        """The desk's own page of a ticket."""
        return None if self.ticket_url is None else self.ticket_url.replace("{ticket_id}", quote(ticket_id, safe=""))

    def acknowledge(self, notice: Notice) -> str | None:
        """The link that acknowledges what the notice tells, for its recipient; None where nothing is to be taken on."""
        return self.acknowledge_one(notice, notice.ack_id)

    def acknowledge_one(self, notice: Notice, alert_id: str) -> str | None:
        """The same for one alert of the notice, where each stands by itself."""
        if self.page_url is None or self.link_key is None or not alert_id or notice.kind not in ASKING:
            return None
        try:
            token = make_link([alert_id], notice.recipient or notice.receiver, self.link_key, notice.at)
        except LinkTooLong:
            return None
        return f"{self.page_url.rstrip('/')}/ack/{token}"
