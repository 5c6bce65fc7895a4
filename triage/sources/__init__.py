"""Paths, archives and streams as bounded, safe sources: nothing is extracted, followed or held as a whole."""
