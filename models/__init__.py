"""Nouns: what is stored or sent, and how its parts are named; no verbs."""
