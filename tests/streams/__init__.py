"""Streams, on real servers where that matters."""
