"""Telling: a notice is put into words and sent, by Apprise, a signed webhook, Alertmanager or PagerDuty's events."""

from alerts.targets.making import CannotTell, check_receiver, open_post
from alerts.targets.post import AllPost

__all__ = ["AllPost", "CannotTell", "check_receiver", "open_post"]
