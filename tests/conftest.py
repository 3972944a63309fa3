"""Servers that tests share. Each is started once, when a test first asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.kafka import KafkaServer, start_kafka
from tests.servers.redis import RedisServer, start_redis


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A real Kafka broker; tests use topics and groups of their own."""
    server = start_kafka(tmp_path_factory.mktemp("kafka"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real Redis; tests that want it empty flush it, or take a number of database of their own."""
    server = start_redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.close()
