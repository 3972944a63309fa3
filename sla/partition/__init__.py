"""One partition of tickets: event rows in, and every view over them, kept up to date."""

from sla.partition.intake import Admission, DeadLetter, Incoming
from sla.partition.partition import Partition

__all__ = ["Admission", "DeadLetter", "Incoming", "Partition"]
