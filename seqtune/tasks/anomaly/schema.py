"""The keys of an anomaly recipe, beside those that every task has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from seqtune.recipe.baselines import METHODS, BlendedBaselines, methods_of
from seqtune.recipe.compounds import Many, Or
from seqtune.recipe.fields import Search, Searchable
from seqtune.recipe.keys import Auto, OptionalColumn, TargetColumns
from seqtune.recipe.kinds import Flag, Number, Whole, Word
from seqtune.recipe.schema import (
    ABOUT_BASELINES,
    ABOUT_NETWORK,
    ABOUT_TASK,
    CommonNetwork,
    RecipeSchema,
    network_for,
)
from seqtune.recipe.schema import Training as CommonTraining
from seqtune.recipe.section import Section
from seqtune.recipe.steps import Seasons, Split, SteppedReading
from seqtune.registry import architectures_with

ARCHITECTURES = architectures_with("decode_each", "states", causal=True)
"""Architectures that write the latest rows again from each step, or predict rows ahead from it."""

OFFSETS = ("mean", "nearest", "farthest")
"""How the errors of one row, as seen from several distances, become one."""

CHANNELS = ("mean", "max")
"""How the errors of several channels become one."""


class Data(SteppedReading):
    """Which columns are used, how time runs, and how the file is read."""

    order = ("time", "target", "series", "label", "frequency", "duplicates")

    target: TargetColumns = Field(
        "auto",
        description="The column, or the list of columns, that are watched. With auto every numeric "
        "column without another role.",
    )
    label: OptionalColumn = Field(
        "auto",
        description="The column that is 1 where an anomaly is known and 0 elsewhere. It is used "
        "to score, never to train. With auto it is found by its name; null says there is none.",
    )


class Arrangement(Section):
    """What the network sees of each row, and from how far away it judges a row."""

    reach: Annotated[Searchable[float], Search(Number(minimum=0, maximum=4))] = Field(
        1.0,
        description="How far, in seasons, the farthest row lies that is predicted ahead or "
        "reconstructed; 0 takes the next row, or the row itself, alone. Where there is no season, "
        "in look-backs.",
    )
    points: Annotated[Searchable[int], Search(Whole(minimum=1, maximum=64))] = Field(
        6, description="Number of distances, up to the reach, from which each row is predicted."
    )
    activity: Annotated[Searchable[bool], Search(Flag())] = Field(
        True,
        description="Whether how much each channel moves from row to row is watched too; it shows "
        "flat lines and bursts of noise.",
    )
    calendar: Annotated[Searchable[bool], Search(Flag())] = Field(
        True,
        description="Whether the network sees the position of each row in the day, the week and "
        "the seasons that were found.",
    )
    bounded: Annotated[Searchable[bool], Search(Flag())] = Field(
        True,
        description="Whether what is expected stays within the range of the training part, so that "
        "values outside of it are never expected.",
    )


class Score(Section):
    """How errors, and the state of a network, become one score per row.

    These keys are no dimensions of the search: every network is scored by all of the
    scorers that they list, which costs next to nothing. For single rows, few rows, a tenth of a
    season, one and several, it takes the listed one that is nearest to the default; where labels
    choose, for all but the first two the best of those listed.
    """

    smoothing: Annotated[
        tuple[float, ...], Many(Number(minimum=0, maximum=4), "numbers of seasons")
    ] = Field(
        (0.0, 0.02, 0.1, 1.0, 4.0),
        description="Over how many seasons the errors are averaged. 0 takes each row by itself.",
    )
    offsets: Annotated[tuple[str, ...], Many(Word(OFFSETS), "words")] = Field(
        OFFSETS,
        description="From which distance a row is judged: the mean of all, the nearest, or the "
        "farthest. Without labels the mean, and the farthest for what lasts several seasons.",
    )
    channels: Annotated[tuple[str, ...], Many(Word(CHANNELS), "words")] = Field(
        CHANNELS,
        description="How the errors of several channels become one: their root mean square, or "
        "their largest. For single rows and few the largest, else what tells planted or labelled "
        "anomalies best.",
    )
    noncausal: Annotated[bool, Flag()] = Field(
        False,
        description="Whether the score of a row may use the rows after it too. Off, it uses that "
        "row and what came before alone, as it must while data comes in.",
    )
    state: Annotated[bool, Flag()] = Field(
        True,
        description="Whether it counts, too, how far the state of a network is from its usual "
        "ones. What it expects follows an anomaly that lasts; its state then stays unusual.",
    )
    flat_line: Annotated[bool, Flag()] = Field(
        True,
        description="Whether a channel that keeps one value for longer than it ever does in the "
        "training part, as a stuck sensor does, is an anomaly.",
    )


class Threshold(Section):
    """From which score on a row is an anomaly."""

    false_alarms: Annotated[float | Auto, Or(("auto",), Number(above=0, below=0.5))] = Field(
        "auto",
        description="False events that are accepted per normal row. With auto three in as many "
        "rows as training and validation hold, or one a year of the data's own sampling where "
        "that is more.",
    )


class Training(CommonTraining):
    """How a network learns what is normal."""

    order = ("trim",)

    trim: Annotated[Searchable[float], Search(Number(minimum=0, below=0.5))] = Field(
        0.02,
        description="Share of the rows of a batch, those with the largest errors, that is not "
        "learnt from: anomalies in the training part are not learnt as normal.",
    )


class Baselines(BlendedBaselines):
    """The simple methods that every network must beat."""

    methods: Annotated[tuple[str, ...] | Auto, methods_of("anomaly")] = Field(
        "auto", description=METHODS
    )
    blend: Annotated[bool, Flag()] = Field(
        True,
        description="Whether networks and simple methods are joined in one more row, in which each "
        "has the same say. Without labels it is the one that predicts.",
    )


if TYPE_CHECKING:
    Network = CommonNetwork
else:
    Network = network_for(ARCHITECTURES)


class Schema(RecipeSchema):
    """The keys of an anomaly recipe."""

    order = (
        *("task", "description", "backend", "seed", "data"),
        *("lookback", "seasonality", "validation", "test"),
        *("preprocessing", "score", "threshold", "network", "training", "search"),
        *("ensemble", "refit", "baselines", "portfolio"),
    )

    task: Annotated[str, Word(("anomaly",))] = Field(description=ABOUT_TASK)
    data: Data = Field(
        default_factory=Data,
        description="Which columns are used, how time runs, and how the file is read.",
    )
    lookback: Annotated[Searchable[int] | Auto, Or(("auto",), Search(Whole(minimum=1)))] = Field(
        "auto",
        description="Number of rows before a row that the network has seen when it judges it. With "
        "auto it follows from the seasonality and the length of the data.",
    )
    seasonality: Seasons = Field(
        "auto",
        description="Length of a season in rows, or a list of several; 1 means none. With auto it "
        "is found from the data.",
    )
    validation: Split = Field(
        default_factory=Split,
        description="The last rows of each series before the test part, on which configurations "
        "are compared and the threshold is found.",
    )
    test: Split = Field(
        default_factory=Split,
        description="The last rows of each series, on which the winner is scored, once; nothing "
        "else sees them.",
    )
    preprocessing: Arrangement = Field(
        default_factory=Arrangement,
        description="What the network sees of each row, and from how far away it judges a row.",
    )
    score: Score = Field(default_factory=Score, description="How one score per row comes about.")
    threshold: Threshold = Field(
        default_factory=Threshold, description="From which score on a row is an anomaly."
    )
    network: Network = Field(default_factory=Network, description=ABOUT_NETWORK)
    training: Training = Field(
        default_factory=Training, description="How a network learns what is normal."
    )
    baselines: Baselines = Field(default_factory=Baselines, description=ABOUT_BASELINES)
