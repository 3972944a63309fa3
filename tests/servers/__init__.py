"""Real servers for tests: a Kafka broker and a Redis, on free ports of the loopback."""
