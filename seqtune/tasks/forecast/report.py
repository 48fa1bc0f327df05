"""What a forecast shows of its own: a chart, scores by fold, and what the network looks at."""

from __future__ import annotations

from seqtune.tasks.forecast.report_chart import ForecastChart
from seqtune.tasks.forecast.report_explanation import ExplanationReport

KINDS = {ForecastChart.kind: ForecastChart, ExplanationReport.kind: ExplanationReport}
"""What `chart.json` and `explanation.json` may hold."""
