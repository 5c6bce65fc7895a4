"""The charts of a case: what `case.charts` gives. Counting is done in `triage.incidents`; here it is drawn."""

from triage_widgets.charts.charts import Charts

__all__ = ("Charts",)
