"""Lifelike ticket traffic, out of a seed: pure, so that the same seed gives the same bytes."""

from sla.simulate.traffic import simulate

__all__ = ["simulate"]
