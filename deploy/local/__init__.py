"""The portal on one's own machine, with a real PostgreSQL and a real Kafka as ordinary processes."""
