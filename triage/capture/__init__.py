"""What arrives: logs into an event store."""
