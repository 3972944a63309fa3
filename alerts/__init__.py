"""Decides what breaches say to whom, then tells them: reads the stream of breaches, remembers in its own topic."""
