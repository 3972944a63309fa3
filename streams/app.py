"""The one place where a worker is put together: Faust, both stages, Kafka and the view."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import faust
from faust.types import TP

from sinks.kafka import KafkaWriter
from sinks.kafka_totals import KafkaTotals
from sinks.view import View, WorkerBeat
from sla.periods.recurrence import Solutions
from streams import topics
from streams.access import access_to, worker_name
from streams.batches import BatchConsumer, BatchTransport
from streams.clock import now_ms
from streams.engine import Engine, Figures
from streams.figures import ScopeWorker
from streams.flow import Flow
from streams.ground import Ground
from streams.life import Fatal
from streams.metrics import Metrics
from streams.partition import PartitionWorker
from streams.rows import RowTable
from streams.settings import Settings
from streams.solutions import SolutionsIn
from streams.stages import Stage, TicketStage
from streams.topics import Layout

MakeEngine = Callable[[int], Engine]
MakeFigures = Callable[[], Figures]


@dataclass
class App:
    """A worker, put together but not started."""

    faust: faust.App
    tickets: TicketStage
    figures: Stage[ScopeWorker]
    ground: Ground
    zone: str


def create_app(
    settings: Settings,
    layout: Layout,
    book: Any,
    view: View,
    *,
    writer: KafkaWriter,
    fatal: Fatal,
    build: str = "",
    make_engine: MakeEngine | None = None,
    make_figures: MakeFigures | None = None,
) -> App:
    """Puts a worker together. To be called inside the running loop; nothing is started yet.

    `book` is the policy book (`sla.policy`). `make_engine` and `make_figures` make the pure parts of a partition; by
    default those of `sla`.
    """
    name = worker_name()
    app = _faust_app(settings)
    solutions = Solutions()
    ground = Ground(
        settings=settings,
        layout=layout,
        worker=name,
        beat=WorkerBeat(name, build, tuple(edition.name for edition in book.editions), str(book.digest)),
        writer=writer,
        view=view,
        clock=now_ms,
        fetched=lambda topic, partition: cast("BatchConsumer", app.consumer).fetched(TP(topic, partition)),
        is_ours=lambda topic, partition: TP(topic, partition) in app.consumer.assignment(),
        is_member=lambda: cast("BatchConsumer", app.consumer).is_member(),
        on_fatal=fatal,
        metrics=Metrics(),
        totals=KafkaTotals(topics.TOTALS, access_to(settings), writer),
        solved=SolutionsIn(topics.solutions(settings.group), access_to(settings), writer, now_ms, solutions),
        on_emptied=lambda: refill_figures(),  # noqa: PLW0108 - it does not exist yet
    )
    if make_engine is None or make_figures is None:
        from streams.parts import default_parts  # noqa: PLC0415 - tests bring their own parts

        engine_of, figures_of = default_parts(settings, layout, book, solutions)
        make_engine, make_figures = make_engine or engine_of, make_figures or figures_of
    chosen_engine, chosen_figures = make_engine, make_figures

    def refill_figures() -> None:
        for worker in figures.workers.values():
            worker.refill()

    tickets = TicketStage(lambda number: PartitionWorker(number, chosen_engine(number), ground), ground)
    figures: Stage[ScopeWorker] = Stage(lambda number: ScopeWorker(number, chosen_figures(), ground), fatal)

    table = RowTable(
        app,
        name=topics.TABLE,
        key_type=bytes,
        value_type=bytes,
        partitions=layout.events,
        # Of two batches or more: with one, Faust would go on reading what this worker itself writes.
        recovery_buffer_size=2,
    )
    table.bind(tickets, fatal)
    app.tables.add(table)
    events = app.topic(topics.EVENTS, key_serializer="raw", value_serializer="raw", partitions=layout.events)
    partials = app.topic(
        topics.partials(settings.group),
        key_serializer="raw",
        value_serializer="raw",
        partitions=layout.partials,
        acks=False,  # nothing is committed: each owner reads it from the start
    )
    app.agent(events, name="tickets")(tickets.route)
    app.agent(partials, name="figures")(figures.route)

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def assign_partials(_app: Any, assigned: set[TP], **_: Any) -> None:
        name = topics.partials(settings.group)
        figures.assign({tp.partition for tp in assigned if tp.topic == name})

    return App(app, tickets, figures, ground, str(book.zone))


def _faust_app(settings: Settings) -> faust.App:
    app = faust.App(
        settings.group,
        broker=[f"kafka://{server.strip()}" for server in settings.kafka.split(",")],
        broker_credentials=_credentials(settings),
        datadir=tempfile.mkdtemp(prefix="slawatch-"),  # Faust makes one; nothing is kept in it
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,  # see streams.topics
        autodiscover=False,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 * 1024 * 1024,  # a large batch folds and writes a ticket once
        broker_session_timeout=settings.session_timeout / 1000,
        broker_request_timeout=max(30.0, settings.session_timeout / 1000 + 5),
        broker_heartbeat_interval=min(3.0, settings.session_timeout / 3000),
        broker_commit_interval=1.0,
        broker_commit_every=100,
        stream_buffer_maxsize=4,  # batches
        stream_wait_empty=False,  # what is at work when a partition goes is read again by its next owner
        stream_recovery_delay=0.0,
        stream_publish_on_commit=False,
        table_standby_replicas=0,
        recovery_consistency_check=False,
        producer_acks=-1,
    )
    app.transport = BatchTransport(app.conf.broker_consumer, app)
    app.flow_control = Flow()  # before there are any queues, which keep it
    return app


def _credentials(settings: Settings) -> Any:
    context = settings.ssl_context()
    if settings.kafka_security.startswith("SASL"):
        password = settings.kafka_password
        return faust.SASLCredentials(
            username=settings.kafka_username,
            password=password.get_secret_value() if password else None,
            mechanism=settings.kafka_sasl,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None
