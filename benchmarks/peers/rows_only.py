"""The floor of working off a backlog: read, decode, write one acknowledged row an event; nothing is understood.

Prints seconds from the first event to the last row's acknowledgement.
"""

import asyncio
import os
import sys
import time

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic


async def main(total: int) -> None:
    """Write a row for each event."""
    kafka = os.environ["SLAWATCH_KAFKA"]
    rows = f"rows-only-{os.getpid()}"
    consumer = AIOKafkaConsumer("ticket-events", bootstrap_servers=kafka, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", max_batch_size=900_000)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await consumer.start()
    await producer.start()
    await admin.start()
    await admin.create_topics([NewTopic(rows, len(consumer.partitions_for_topic("ticket-events")), 1)])
    await admin.close()
    seen, began = 0, 0.0
    while seen < total:
        found = await consumer.getmany(timeout_ms=1000)
        began = began or (time.monotonic() if found else 0.0)
        written = await asyncio.gather(*(_write(producer, rows, place, some) for place, some in found.items()))
        seen += sum(written)
    print(time.monotonic() - began, flush=True)
    await consumer.stop()
    await producer.stop()


async def _write(producer: AIOKafkaProducer, rows: str, place: TopicPartition, some: list[ConsumerRecord]) -> int:
    batch = producer.create_batch()
    for record in some:
        event = orjson.loads(record.value)
        key = f"{event['ticket_id']}\0{event['event_id']}".encode()
        if batch.append(key=key, value=record.value, timestamp=record.timestamp) is None:  # it is full
            await (await producer.send_batch(batch, rows, partition=place.partition))
            batch = producer.create_batch()
            batch.append(key=key, value=record.value, timestamp=record.timestamp)
    await (await producer.send_batch(batch, rows, partition=place.partition))
    return len(some)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
