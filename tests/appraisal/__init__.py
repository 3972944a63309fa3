"""Scorecards, forms and what they are filled from."""
