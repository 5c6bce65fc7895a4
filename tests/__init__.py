"""Tests of the library, the widgets and the notebooks; a package so that no other `tests` on the path hides it."""
