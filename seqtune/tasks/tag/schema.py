"""The keys of a tagging recipe, beside those that every task has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from seqtune.recipe.baselines import METHODS, BlendedBaselines, methods_of
from seqtune.recipe.compounds import Or
from seqtune.recipe.fields import Search, Searchable
from seqtune.recipe.keys import (
    Auto,
    Column,
    Columns,
    EmbeddingSize,
    GroupColumn,
    HeldOutCases,
    Jitter,
    LabelSmoothing,
    OptionalColumn,
    PartShare,
    Stretch,
    TimeColumns,
    WordDropout,
)
from seqtune.recipe.kinds import Flag, Text, Whole, Word
from seqtune.recipe.reading import Reading
from seqtune.recipe.schema import (
    ABOUT_BASELINES,
    ABOUT_DATA,
    ABOUT_NETWORK,
    ABOUT_TASK,
    ABOUT_TRAINING,
    CommonNetwork,
    RecipeSchema,
    network_for,
)
from seqtune.recipe.schema import Training as CommonTraining
from seqtune.recipe.section import Section
from seqtune.registry import architectures_with

ARCHITECTURES = architectures_with("states")
"""Architectures that make a state of every token or step."""

METRICS = ("accuracy", "span_f1", "macro_f1", "edit_score")
"""What configurations can be compared by; higher is better for each."""


class Data(Reading):
    """Which columns are used, and how the file is read."""

    order = ("kind", "label", "token", "series", "time", "channels", "group", "scheme", "cases")

    kind: Annotated[str, Word(("auto", "tokens", "steps"))] = Field(
        "auto",
        description="What is tagged: the tokens of sentences, or the steps of series. With auto "
        "the columns decide.",
    )
    label: Column = Field(
        "auto", description="The column with the label of each row. With auto it is found."
    )
    token: Column = Field("auto", description="The column with the tokens. With auto it is found.")
    series: OptionalColumn = Field(
        "auto",
        description="The column that says which sentence, or which series, a row belongs to. With "
        "auto it is found; null takes all rows as one.",
    )
    time: TimeColumns = Field(
        "auto",
        description="The column that orders the steps of a series, or the columns that do "
        "together. With auto it is found; null takes the order of the rows.",
    )
    channels: Columns = Field(
        "auto",
        description="The numeric columns that steps are tagged by. With auto all that have no "
        "other role.",
    )
    group: GroupColumn = None
    scheme: Annotated[str, Word(("auto", "none", "iob1", "bio", "bioes"))] = Field(
        "auto",
        description="How tags mark spans: bio begins each with B- and goes on with I-, iob1 begins "
        "with B- only what touches another span of its kind, bioes also marks ends and spans of "
        "one token, none marks no spans. With auto the tags decide.",
    )
    cases: HeldOutCases = Field(
        "mixed",
        description="Which sequences are held out. mixed: any, drawn at random; kept: the last of "
        "the data, for what stands last is newest.",
    )


class TokenInput(Section):
    """How tokens are prepared for the network."""

    embedding: EmbeddingSize = Field(
        100, description="Size of the vector that is learnt for each word."
    )
    word_dropout: WordDropout = Field(
        0.1,
        description="Share of words hidden at random while training, so that their spelling and "
        "what stands around them must do.",
    )
    characters: Annotated[Searchable[str], Search(Word(("none", "convolution", "recurrence")))] = (
        Field("convolution", description="What reads the characters of each word.")
    )
    spelling: Annotated[Searchable[bool], Search(Flag())] = Field(
        True,
        description="Whether a network is told of capitals, digits, and how words begin and end.",
    )
    vocabulary: Annotated[int, Whole(minimum=300)] = Field(
        30_000, description="Number of different words at most; the others are unknown."
    )
    least_count: Annotated[int, Whole(minimum=1)] = Field(
        2, description="How often a word must occur in the training part to be known."
    )
    lower: Annotated[bool, Flag()] = Field(
        True,
        description="Whether capitals are read as small letters; characters and spelling still "
        "tell of them.",
    )
    vectors: Annotated[str | None, Or((None,), Text("a GloVe or word2vec text file"))] = Field(
        None,
        description="A file of word vectors (GloVe or word2vec, as text) to begin with; they are "
        "trained further.",
    )


class StepInput(Section):
    """How steps are prepared for the network."""

    scaling: Annotated[Searchable[str], Search(Word(("series", "channel", "none")))] = Field(
        "channel",
        description="How values are scaled. series: each series by itself; channel: each channel "
        "over all training steps; none: not at all.",
    )
    jitter: Jitter = 0.0
    stretch: Stretch = Field(
        0.0,
        description="How strongly series are made larger or smaller at random while training: the "
        "standard deviation of the factor.",
    )


class TagNetwork(CommonNetwork):
    """The network, where it looks, and how tags hang together."""

    direction: Annotated[str, Word(("both", "forward"))] = Field(
        "both",
        description="What the tag of a position may depend on: both sides, or what came before it "
        "alone, for use while more is still to come.",
    )
    head: Annotated[Searchable[str], Search(Word(("softmax", "crf")))] = Field(
        "softmax",
        description="How tags are decided: softmax gives each position its own; crf, a "
        "linear-chain conditional random field, learns which tags follow each other.",
    )


class Training(CommonTraining):
    """How a tagger is trained."""

    order = ("label_smoothing",)

    label_smoothing: LabelSmoothing = Field(
        0.0,
        description="Label smoothing: the share of each target that is spread over the other "
        "tags; keeps a network from being too sure. A crf has none.",
    )


class Share(Section):
    """How much of the data a part takes."""

    share: PartShare = Field(
        "auto",
        description="Share of the positions. With auto a tenth of many, up to a quarter of few.",
    )


class Baselines(BlendedBaselines):
    """The simple methods that every network must beat."""

    methods: Annotated[tuple[str, ...] | Auto, methods_of("tag")] = Field(
        "auto", description=METHODS
    )


if TYPE_CHECKING:
    Network = TagNetwork
else:
    Network = network_for(ARCHITECTURES, TagNetwork)


class Schema(RecipeSchema):
    """The keys of a tagging recipe."""

    order = (
        *("task", "description", "backend", "seed", "data", "metric", "validation", "test"),
        *("longest", "tokens", "steps", "network", "training", "search"),
        *("ensemble", "refit", "baselines", "portfolio"),
    )

    task: Annotated[str, Word(("tag",))] = Field(description=ABOUT_TASK)
    data: Data = Field(default_factory=Data, description=ABOUT_DATA)
    metric: Annotated[str, Word(("auto", *METRICS))] = Field(
        "auto",
        description="What configurations are compared by. With auto the F1 of spans where tags "
        "mark spans, the macro F1 where one tag stands at nearly all positions, else the accuracy.",
    )
    validation: Share = Field(
        default_factory=Share,
        description="The sentences or steps on which configurations are compared.",
    )
    test: Share = Field(
        default_factory=Share,
        description="The sentences or steps on which the winner is scored, once; nothing else "
        "sees them.",
    )
    longest: Annotated[int | Auto, Or(("auto",), Whole(minimum=1))] = Field(
        "auto",
        description="Number of positions that a network reads at once; a longer sequence is cut "
        "into pieces that overlap, and joined again.",
    )
    tokens: TokenInput = Field(
        default_factory=TokenInput, description="How tokens are prepared for the network."
    )
    steps: StepInput = Field(
        default_factory=StepInput, description="How steps are prepared for the network."
    )
    network: Network = Field(default_factory=Network, description=ABOUT_NETWORK)
    training: Training = Field(default_factory=Training, description=ABOUT_TRAINING)
    baselines: Baselines = Field(default_factory=Baselines, description=ABOUT_BASELINES)
