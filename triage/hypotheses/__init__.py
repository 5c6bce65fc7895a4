"""What a model or the rules think of an incident, on redacted evidence, checked against the data."""
