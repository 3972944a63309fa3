"""The floor of a ticket's way: read, write an acknowledged row, SET the ticket in Redis; nothing is understood.

Says `ready` once it reads, and goes on until it is ended.
"""

import asyncio
import os

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from redis.asyncio import Redis


async def main() -> None:
    """Pass everything on."""
    kafka = os.environ["SLAWATCH_KAFKA"]
    rows = f"pass-through-{os.getpid()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(rows, 8, 1)])
    await admin.close()
    consumer = AIOKafkaConsumer("ticket-events", bootstrap_servers=kafka, fetch_max_wait_ms=150)
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    redis = Redis.from_url(os.environ["SLAWATCH_REDIS"])
    await producer.start()
    await consumer.start()
    for place in consumer.assignment():
        await consumer.position(place)
    print("ready", flush=True)
    while True:
        found = [record for part in (await consumer.getmany(timeout_ms=1000)).values() for record in part]
        sent = [await producer.send(rows, one.value, one.key, partition=one.partition) for one in found]
        await asyncio.gather(*sent)
        pipeline = redis.pipeline(transaction=False)
        for one in found:
            pipeline.set(f"sla:ticket:{one.key.decode()}", one.value)
        await pipeline.execute()


if __name__ == "__main__":
    asyncio.run(main())
