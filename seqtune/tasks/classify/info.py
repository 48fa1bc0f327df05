"""What seqtune knows of classification before anything heavy is loaded."""

from __future__ import annotations

from seqtune.tasks._info import Flag, Metric, TaskInfo, one_or_many

TIE_BREAK = "log_loss"
"""Few cases give many models the same accuracy."""

INFO = TaskInfo(
    name="classify",
    summary="a label for each text or series",
    synonyms=("classification",),
    metrics=(
        Metric("accuracy", direction="max", tie_break=TIE_BREAK),
        Metric("balanced_accuracy", direction="max", tie_break=TIE_BREAK),
        Metric("macro_f1", "macro F1", "max", tie_break=TIE_BREAK, shown=True),
        Metric("log_loss"),
        Metric(
            "calibration_error",
            remark="expected calibration error of {name} on the test part: {figure}",
        ),
        Metric("mae", "MAE"),
        Metric("kappa", direction="max"),
    ),
    flags=(
        Flag("target", "data.label", "Column of labels, as --label.", "columns", one_or_many),
        Flag("label", "data.label", "Column of labels to learn.", "column"),
        Flag("text", "data.text", "Column of texts.", "column"),
        Flag("series", "data.series", "Column that identifies the series, or the cases.", "column"),
        Flag("time", "data.time", "Column of dates or steps.", "column"),
        Flag("past", "data.channels", "Column of values to classify by, repeatable.", "columns"),
        Flag("group", "data.group", "Column such as the person: a group is never split.", "column"),
    ),
    needs_data=True,
    examples="cases",
    limits=(
        "It knows no label but those of its data, and gives one of them to every case.",
        "Words and values that its data did not have say nothing to it.",
    ),
)
