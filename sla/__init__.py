"""Verbs without servers: what was promised, what came of it, what it adds up to. Time is an argument."""
