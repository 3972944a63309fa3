"""Measures, scorecards and forms: what a closed period amounts to for a person or a team. Reads totals, no stream."""
