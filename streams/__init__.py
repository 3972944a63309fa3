"""Wiring: Faust, Kafka and all that waits. What a figure is, is decided in `sla`."""
