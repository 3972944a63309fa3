"""What every story begins with: a desk of its own on the shared servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.kafka import KafkaServer
from tests.servers.redis import RedisServer
from tests.stories.desk import TrueDesk, true_desk


def pytest_configure(config: pytest.Config) -> None:
    """Tells of the marker."""
    config.addinivalue_line("markers", "desk(**options): how the desk of a story is kept")


@pytest.fixture
async def desk(
    request: pytest.FixtureRequest, kafka_server: KafkaServer, redis_server: RedisServer, tmp_path: Path
) -> AsyncIterator[TrueDesk]:
    """Clean topics, an empty Redis, no worker yet; `@pytest.mark.desk(rules=…, settings=…)` says how it is kept."""
    marker = request.node.get_closest_marker("desk")
    options: dict[str, Any] = dict(marker.kwargs) if marker else {}
    async with true_desk(kafka_server.address, redis_server.url, tmp_path, **options) as opened:
        yield opened
