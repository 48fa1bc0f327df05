"""The keys of a forecast recipe, beside those that every task has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from seqtune.recipe.baselines import METHODS, BlendedBaselines, methods_of
from seqtune.recipe.compounds import Many, Or, Quantiles
from seqtune.recipe.fields import Search, Searchable
from seqtune.recipe.keys import COLUMN, Auto, Columns, TargetColumns
from seqtune.recipe.kinds import Flag, Whole, Word
from seqtune.recipe.schema import (
    ABOUT_BASELINES,
    ABOUT_NETWORK,
    ABOUT_TASK,
    ABOUT_TRAINING,
    CommonNetwork,
    RecipeSchema,
    network_for,
)
from seqtune.recipe.schema import Training as CommonTraining
from seqtune.recipe.section import Section
from seqtune.recipe.steps import Seasons, Split, SteppedReading
from seqtune.registry import architectures_with

ARCHITECTURES = architectures_with("decode", "vector")
"""Architectures that answer each step ahead, or read out all of them from one vector."""


class Data(SteppedReading):
    """Which columns are used, how time runs, and how the file is read."""

    order = (
        *("time", "target", "series", "past", "future", "static", "frequency", "duplicates"),
        *("counts", "outliers"),
    )

    target: TargetColumns = Field(
        "auto",
        description="The column, or the list of columns, to forecast. With auto it is found.",
    )
    past: Columns = Field(
        "auto",
        description="Columns of numbers or words that are known up to now and help to forecast the "
        "target. With auto all that have no other role are taken.",
    )
    future: Annotated[tuple[str, ...], Many(COLUMN, "columns")] = Field(
        (),
        description="Columns whose values are known ahead, such as prices or holidays. To predict, "
        "their future values are needed.",
    )
    static: Annotated[tuple[str, ...], Many(COLUMN, "columns")] = Field(
        (), description="Columns that are constant within each series, such as its region."
    )
    counts: Annotated[bool | Auto, Or(("auto",), Flag())] = Field(
        "auto",
        description="Whether the target is a sparse count: whole numbers, at least half of them "
        "zero, whose quantiles are whole numbers and whose models are compared by a loss that is "
        "defined there. With auto the training rows say it.",
    )
    outliers: Annotated[str, Word(("winsorize", "keep"))] = Field(
        "winsorize",
        description="What becomes of outliers, single values of the target far beyond all before "
        "them. winsorize: to learn, to choose and to forecast from, each counts as the nearest of "
        "the values before it; keep: as it is. Metrics of the test part always count it as it is.",
    )


class Validation(Split):
    """The last steps before the test part, on which configurations are compared."""

    folds: Annotated[int, Whole(minimum=0, maximum=100)] = Field(
        0,
        description="Number of origins, evenly spread over this part, from which configurations "
        "are compared; without steps of its own the part is then so many horizons long. With 0 "
        "forecasts begin at every step of the part, as far as they are not too many.",
    )


class Arrangement(Section):
    """How numbers are prepared for the network."""

    transform: Annotated[Searchable[str], Search(Word(("none", "log")))] = Field(
        "none",
        description="What is done to values before they are scaled. log: logarithms, where all "
        "values before the forecast are above zero, so that growth and seasons multiply; none: "
        "nothing.",
    )
    scaling: Annotated[
        Searchable[str], Search(Word(("window", "level", "revin", "series", "none")))
    ] = Field(
        "window",
        description="How values are scaled. window: each window by its last season; level: each "
        "window by a smoothed level without its season; revin: each window by its mean, its "
        "deviation and a learnt scale (reversible instance normalisation); series: each series "
        "as a whole; none: not at all.",
    )
    base: Annotated[
        Searchable[str],
        Search(Word(("blend", "growing_blend", "seasonal_naive", "naive", "none"))),
    ] = Field(
        "blend",
        description="The simple forecast that the network's output is added to: a blend of "
        "simple methods, the same grown as the level has, the last season, the last value, or "
        "none.",
    )
    effects: Annotated[Searchable[bool], Search(Flag())] = Field(
        True,
        description="Whether the base forecast holds what covariates known ahead usually bring, "
        "measured on training rows.",
    )
    covariates: Annotated[Searchable[bool], Search(Flag())] = Field(
        True, description="Whether the network sees the past covariates."
    )
    calendar: Annotated[Searchable[bool], Search(Flag())] = Field(
        True,
        description="Whether the network sees the hour, weekday, month and so on of each step, "
        "where the data has dates.",
    )
    embedding: Annotated[Searchable[int], Search(Whole(minimum=0))] = Field(
        0,
        description="Size of the vector that the network learns for each series, so that it can "
        "tell them apart; 0 treats all series alike.",
    )


class Training(CommonTraining):
    """How a forecasting network is trained."""

    order = ("loss", "sampling")

    loss: Annotated[
        Searchable[str],
        Search(Word(("quantile", "scaled_quantile", "relative_quantile", "balanced_quantile"))),
    ] = Field(
        "scaled_quantile",
        description="The loss that training minimises. quantile: as it is; scaled_quantile: each "
        "series in units of its scale, as in MASE; relative_quantile: each step relative to its "
        "level, as in sMAPE; balanced_quantile: half scaled, half relative.",
    )
    sampling: Annotated[Searchable[str], Search(Word(("windows", "root", "series")))] = Field(
        "windows",
        description="How training windows are sampled. windows: each window alike, so long series "
        "are seen most; series: each series alike; root: each series by the square root of its "
        "windows.",
    )


class Baselines(BlendedBaselines):
    """The simple methods that every network must beat."""

    methods: Annotated[tuple[str, ...] | Auto, methods_of("forecast")] = Field(
        "auto", description=METHODS
    )
    blend: Annotated[bool, Flag()] = Field(
        True,
        description="Whether networks are averaged with a simple method where few horizons are "
        "held out to choose by; the average is called a blend.",
    )
    pretrained: Annotated[bool, Flag()] = Field(
        True,
        description="Whether auto has among the methods the network that comes with seqtune, "
        "which was trained on synthetic series alone.",
    )


if TYPE_CHECKING:
    Network = CommonNetwork
else:
    Network = network_for(ARCHITECTURES)


class Schema(RecipeSchema):
    """The keys of a forecast recipe."""

    order = (
        *("task", "description", "backend", "seed", "data"),
        *("horizon", "lookback", "seasonality", "quantiles", "validation", "test"),
        *("preprocessing", "network", "training", "search"),
        *("ensemble", "refit", "baselines", "portfolio"),
    )

    task: Annotated[str, Word(("forecast",))] = Field(description=ABOUT_TASK)
    data: Data = Field(
        default_factory=Data,
        description="Which columns are used, how time runs, and how the file is read.",
    )
    horizon: Annotated[int | Auto, Or(("auto",), Whole(minimum=1, maximum=100_000))] = Field(
        "auto",
        description="Number of steps ahead to forecast. With auto it follows from the frequency "
        "and the seasonality.",
    )
    lookback: Annotated[Searchable[int] | Auto, Or(("auto",), Search(Whole(minimum=1)))] = Field(
        "auto",
        description="Number of steps of history that the network sees. With auto it follows from "
        "the horizon, the seasonality and the length of the data.",
    )
    seasonality: Seasons = Field(
        "auto",
        description="Length of a season in steps, or a list of several; 1 means none. With auto it "
        "is found from the data.",
    )
    quantiles: Annotated[tuple[float, ...], Quantiles()] = Field(
        (0.1, 0.5, 0.9),
        description="Levels of the quantiles that are forecast, ascending, the median 0.5 among "
        "them.",
    )
    validation: Validation = Field(
        default_factory=Validation,
        description="The last steps of each series before the test part, on which configurations "
        "are compared.",
    )
    test: Split = Field(
        default_factory=Split,
        description="The last steps of each series, on which the winner is scored, once; nothing "
        "else sees them.",
    )
    preprocessing: Arrangement = Field(
        default_factory=Arrangement,
        description="How numbers are prepared for the network.",
    )
    network: Network = Field(default_factory=Network, description=ABOUT_NETWORK)
    training: Training = Field(default_factory=Training, description=ABOUT_TRAINING)
    baselines: Baselines = Field(default_factory=Baselines, description=ABOUT_BASELINES)
