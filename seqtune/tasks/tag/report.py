"""What a tagger shows of its own: sentences or steps, figures of each tag, and mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from seqtune.drawing.part import ReportPart
from seqtune.tasks.tag.answers import TaggedSequences
from seqtune.tasks.tag.report_mistakes import TagMistakes
from seqtune.tasks.tag.report_sentences import SentencesReport
from seqtune.tasks.tag.report_steps import StepsReport
from seqtune.tasks.tag.report_tags import TagsReport
from seqtune.tasks.tag.tag_errors import surest_mistakes, tags_report

KINDS: dict[str, type] = {
    each.kind: each for each in (SentencesReport, StepsReport, TagsReport, TagMistakes)
}
"""What `chart.json` may hold."""


def answers(
    found: TaggedSequences, unit: str, tokens: Sequence[str], title: str
) -> Sequence[ReportPart]:
    """Return what is shown of answers to sequences whose tags are known.

    Args:
        found: Sequences with their tags.
        unit: What a position is: "token" or "step".
        tokens: (positions,) the tokens; empty for steps.
        title: Whose answers they are.
    """
    return tags_report(found, unit, title), surest_mistakes(found, unit, tokens)
