"""What the Makefile needs beside pytest: a browser, and the pinned versions."""
