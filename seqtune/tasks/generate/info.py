"""What seqtune knows of language models before anything heavy is loaded."""

from __future__ import annotations

from seqtune.tasks._info import Flag, Metric, TaskInfo

INFO = TaskInfo(
    name="generate",
    summary="a language model of texts, music or events, which writes more of them",
    synonyms=("generation",),
    metrics=(
        *(Metric("bits_per_character"), Metric("nats_per_character")),
        *(Metric("nats_per_step"), Metric("nats_per_token"), Metric("perplexity")),
    ),
    flags=(
        Flag("text", "data.text", "Column of texts.", "column"),
        Flag("events", "data.events", "Column of events, repeatable.", "columns"),
        Flag("series", "data.series", "Column that identifies the series, or the cases.", "column"),
    ),
    verb="generate",
    reads_documents=True,
    examples="characters",
    commands=("seqtune.tasks.generate.command",),
    limits=(
        "It writes text that looks like its data, true or not, and may repeat passages of it.",
        "Characters that its data did not have are read as one unknown character.",
    ),
)
