"""Periods that close: when, with what, and what each ticket gave to them."""
