"""How a process reaches Kafka, and what it calls itself there; read by commands that start no worker, too."""

from __future__ import annotations

import os
import socket

from sinks.kafka import KafkaAccess
from streams.settings import Settings


def access_to(settings: Settings) -> KafkaAccess:
    """How Kafka is reached."""
    password = settings.kafka_password
    return KafkaAccess(
        servers=settings.kafka,
        security=settings.kafka_security,
        ssl_context=settings.ssl_context(),
        sasl=settings.kafka_sasl,
        username=settings.kafka_username,
        password=password.get_secret_value() if password else None,
    )


def worker_name() -> str:
    """A name for this process that no other living one has."""
    return f"{socket.gethostname()}-{os.getpid()}"
