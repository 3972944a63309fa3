"""Stories told on a real Kafka and a real Redis, with the true parts; each ends with: Redis equals replay."""
