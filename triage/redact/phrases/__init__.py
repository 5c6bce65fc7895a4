"""Secrets that words announce: sentences, commands, consoles, calls in code and what they answer."""
