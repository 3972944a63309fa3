"""The tests; each folder mirrors the room that it tests."""
