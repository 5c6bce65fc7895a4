"""What triage draws: static pages and figures that need nothing, and the widgets beside them.

Importing this package imports no widget library; `triage_widgets.case_view` does.
"""
