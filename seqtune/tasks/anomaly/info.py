"""What seqtune knows of anomaly detection before anything heavy is loaded."""

from __future__ import annotations

from seqtune.tasks._info import Flag, Metric, TaskInfo, one_or_many

INFO = TaskInfo(
    name="anomaly",
    summary="which rows of a series are unlike the others",
    synonyms=("anomalies", "anomaly-detection"),
    metrics=(
        Metric("vus_pr", "VUS-PR", "max"),
        Metric("separation", direction="max"),
        Metric("auc_pr", "AUC-PR", "max"),
        Metric("event_recall", direction="max"),
        Metric("false_events_per_1000"),
        Metric("delay"),
    ),
    flags=(
        Flag("target", "data.target", "Column to watch, repeatable.", "columns", one_or_many),
        Flag("time", "data.time", "Column of dates or steps.", "column"),
        Flag("series", "data.series", "Column that identifies the series, or the cases.", "column"),
        Flag("past", "data.target", "Column to watch, as --target.", "columns"),
        Flag(
            "label",
            "data.label",
            "Column that is 1 where an anomaly is known; scores only.",
            "column",
        ),
        Flag("lookback", "lookback", "Number of past steps that a network sees.", "integer"),
        Flag("freq", "data.frequency", "Time between two rows, such as h, D or MS."),
    ),
    needs_data=True,
    suits_most=True,
    examples="rows",
    predict_keys=("score.noncausal", "threshold.false_alarms"),
    allows_missing=True,
    limits=(
        "It says how unlike the past a row is, not whether that matters, or why.",
        "Its threshold lets through as many false alarms as on the data that it was fitted on.",
    ),
)
