"""What seqtune knows of tagging before anything heavy is loaded."""

from __future__ import annotations

from seqtune.tasks._info import Flag, Metric, TaskInfo, one_or_many

TIE_BREAK = "log_loss"
"""Few positions give many models the same share of right tags."""

INFO = TaskInfo(
    name="tag",
    summary="a label for each token of a sentence, or each step of a series",
    synonyms=("tagging", "sequence-labelling", "sequence-labeling", "ner", "segment"),
    metrics=(
        Metric("accuracy", direction="max", tie_break=TIE_BREAK),
        Metric("span_f1", "span F1", "max", tie_break=TIE_BREAK, shown=True),
        Metric("macro_f1", "macro F1", "max", tie_break=TIE_BREAK),
        Metric("edit_score", direction="max", tie_break=TIE_BREAK),
        Metric("wrong_stretch", "mean length of wrong stretches", unit="steps"),
        Metric("log_loss"),
    ),
    flags=(
        Flag("target", "data.label", "Column of labels, as --label.", "columns", one_or_many),
        Flag("label", "data.label", "Column with the label of each token or step.", "column"),
        Flag("text", "data.token", "Column of tokens.", "column"),
        Flag(
            "series", "data.series", "Column that identifies the sentence, or the series.", "column"
        ),
        Flag("time", "data.time", "Column of dates or steps.", "column"),
        Flag("past", "data.channels", "Column of values to tag by, repeatable.", "columns"),
        Flag("group", "data.group", "Column such as the person: a group is never split.", "column"),
    ),
    needs_data=True,
    line_columns=("token", "label"),
    sentence_columns=("token", "tag"),
    examples="positions",
    forms=(
        ".conllu",
        ".conll",
        ".conll2003",
        ".iob",
        ".iob2",
        ".bio",
        ".bioes",
        ".json",
        ".txt",
        ".out",
        ".tags",
    ),
    limits=(
        "It knows no tag but those of its data.",
        "Words and values that its data did not have say little to it.",
    ),
)
