"""What has to hold of topics before a worker starts."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from sinks.kafka import KafkaAccess
from streams import topics
from streams.errors import Unreachable, Unusable
from tests.servers.kafka import KafkaServer
from tests.servers.needs import free_port


async def test_topics_are_made_once_with_their_partitions(kafka_server: KafkaServer) -> None:
    """Events and rows have the same number; the second time nothing is made."""
    access = KafkaAccess(kafka_server.address)
    group = f"g{uuid.uuid4().hex[:6]}"

    layout = await topics.prepare_topics(access, group, partitions=4, patience_s=20)

    assert layout == await topics.prepare_topics(access, group, partitions=7, patience_s=20)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.address)
    await admin.start()
    try:
        name = topics.changelog(group)
        [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        configs = {entry[0]: entry[1] for entry in answer.resources[0][4]}
        assert "compact" == configs["cleanup.policy"]

        await admin.create_partitions({name: NewPartitions(layout.events + 1)})
        while len((await admin.describe_topics([name]))[0]["partitions"]) == layout.events:
            await asyncio.sleep(0.1)
        with pytest.raises(Unusable, match=f"{topics.EVENTS}.*has {layout.events}.*has {layout.events + 1}") as caught:
            await topics.prepare_topics(access, group, partitions=4, patience_s=20)
        assert 2 == caught.value.exit_code
    finally:
        await admin.delete_topics([name, topics.partials(group), topics.EVENTS, topics.DEAD_LETTERS])
        await admin.close()


async def test_a_kafka_that_is_not_there_is_named() -> None:
    """Who does not want to wait for ever hears where nobody answered, and the process ends with 3."""
    access = KafkaAccess(f"127.0.0.1:{free_port()}")

    with pytest.raises(Unreachable, match="SLAWATCH_KAFKA") as caught:
        await topics.prepare_topics(access, "g", partitions=4, patience_s=0.1)

    assert 3 == caught.value.exit_code
