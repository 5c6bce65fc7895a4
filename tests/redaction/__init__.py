"""A labelled corpus of secrets and personal data in crash files, its scorer, and the peers that are scored on it."""
