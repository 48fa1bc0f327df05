"""What a translator shows of its own."""

from __future__ import annotations

from seqtune.tasks.translate.report_answers import AnswersReport

KINDS = {AnswersReport.kind: AnswersReport}
"""What `chart.json` may hold."""
