"""The keys of a classification recipe, beside those that every task has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from seqtune.recipe.baselines import METHODS, BlendedBaselines, methods_of
from seqtune.recipe.compounds import Or
from seqtune.recipe.fields import Search, Searchable
from seqtune.recipe.keys import (
    Auto,
    CaseColumn,
    Column,
    Columns,
    EmbeddingSize,
    GroupColumn,
    HeldOutCases,
    Jitter,
    LabelSmoothing,
    PartShare,
    Stretch,
    TimeColumns,
    WordDropout,
)
from seqtune.recipe.kinds import Flag, Number, Text, Whole, Word
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

ARCHITECTURES = architectures_with("vector")
"""Architectures that make one vector of a text or a series."""

METRICS = ("accuracy", "balanced_accuracy", "macro_f1")
"""What configurations can be compared by; higher is better for each."""


class Data(Reading):
    """Which columns are used, and how the file is read."""

    order = (
        *("kind", "label", "text", "series", "time", "channels", "group"),
        *("several", "ordered", "least_cases", "cases"),
    )

    kind: Annotated[str, Word(("auto", "text", "series"))] = Field(
        "auto",
        description="What is classified: texts or series. With auto the columns decide.",
    )
    label: Column = Field(
        "auto", description="The column with the label of each row or case. With auto it is found."
    )
    text: Column = Field("auto", description="The column with the texts. With auto it is found.")
    series: CaseColumn = "auto"
    time: TimeColumns = "auto"
    channels: Columns = Field(
        "auto",
        description="The numeric columns: the channels of each step, or, with a row per case, its "
        "steps in order. With auto all that have no other role.",
    )
    group: GroupColumn = None
    several: Annotated[str | None, Or(("auto", None), Text("what stands between two labels"))] = (
        Field(
            "auto",
            description="What stands between several labels of a row, such as ';'. With auto ';' "
            "and '|' are recognised; null takes every cell as one label.",
        )
    )
    ordered: Annotated[bool | Auto, Or(("auto",), Flag())] = Field(
        "auto",
        description="Whether the labels are numbers with an order, such as 1 to 5 stars. With "
        "auto they are for texts with three or more numeric labels.",
    )
    least_cases: Annotated[int, Whole(minimum=1)] = Field(
        3,
        description="Number of cases that a label must have; rarer ones are left out, and said. "
        "Three are one to train, one to compare and one to test.",
    )
    cases: HeldOutCases = Field(
        "mixed",
        description="Which cases are held out. mixed: any, drawn at random; kept: the last of the "
        "data, of each class, for what stands last is newest.",
    )


class TextInput(Section):
    """How texts are prepared for the network."""

    tokens: Annotated[Searchable[str], Search(Word(("word", "subword", "character")))] = Field(
        "word", description="What the network reads one after the other."
    )
    begin: Annotated[Searchable[str], Search(Word(("random", "vectors")))] = Field(
        "vectors",
        description="With which vectors of tokens training begins: random ones, or those of "
        "`vectors`, where there are any.",
    )
    embedding: EmbeddingSize = 100
    word_dropout: WordDropout = 0.1
    vocabulary: Annotated[int, Whole(minimum=300)] = Field(
        20_000, description="Number of different tokens at most; the others are unknown."
    )
    least_count: Annotated[int, Whole(minimum=1)] = Field(
        2, description="How often a token must occur in the training texts to be known."
    )
    lower: Annotated[bool, Flag()] = Field(
        True, description="Whether capitals are read as small letters."
    )
    longest: Annotated[int | Auto, Or(("auto",), Whole(minimum=1))] = Field(
        "auto",
        description="Number of tokens that are read of a text; longer ones lose their middle. With "
        "auto nearly all training texts are read whole, up to 400 tokens.",
    )
    vectors: Annotated[
        str | None, Or(("auto", "texts", None), Text("a GloVe or word2vec text file"))
    ] = Field(
        "auto",
        description="Vectors of words and sub-words that training may begin with. texts: learnt "
        "from the training texts and those without a label; null: none; else a file of word "
        "vectors (GloVe or word2vec, as text). With auto they are learnt from texts, where there "
        "are enough of them.",
    )


class SeriesInput(Section):
    """How series are prepared for the network."""

    scaling: Annotated[Searchable[str], Search(Word(("case", "channel", "none")))] = Field(
        "channel",
        description="How values are scaled. case: each case by itself; channel: each channel over "
        "all training cases; none: not at all.",
    )
    differences: Annotated[Searchable[bool], Search(Flag())] = Field(
        False,
        description="Whether the network also reads how much each channel changes from step to "
        "step, in standard deviations of the changes of the case.",
    )
    random_kernels: Annotated[Searchable[int], Search(Whole(minimum=0))] = Field(
        0,
        description="Number of convolutions that are drawn at random and not trained, as in "
        "MiniRocket; what they find stands beside what the network learns. 0 for none.",
    )
    jitter: Jitter = 0.0
    stretch: Stretch = 0.0
    slice: Annotated[Searchable[float], Search(Number(above=0, maximum=1))] = Field(
        1.0,
        description="Share of a case that is cut out at random while training and stretched to "
        "its length; 1 takes it whole.",
    )
    longest: Annotated[int, Whole(minimum=8)] = Field(
        1024,
        description="Number of steps that are read of a case; longer ones are averaged over "
        "neighbouring steps.",
    )


class ClassifyNetwork(CommonNetwork):
    """The network, and how what it says of each step is joined."""

    pooling: Annotated[Searchable[str], Search(Word(("last", "mean", "max", "attention")))] = Field(
        "last",
        description="How the states of all steps become one: the last one, their mean, their "
        "maximum, or a mean with learnt weights.",
    )


class Training(CommonTraining):
    """How a classifier is trained."""

    order = ("label_smoothing", "class_weights")

    label_smoothing: LabelSmoothing = 0.0
    class_weights: Annotated[Searchable[bool] | Auto, Or(("auto",), Search(Flag()))] = Field(
        "auto",
        description="Whether rare classes weigh as much as frequent ones while training. With auto "
        "they do where the classes are far from equal.",
    )


class Share(Section):
    """How many of the cases a part of the data takes."""

    share: PartShare = "auto"


class Validation(Share):
    """The cases on which configurations are compared."""

    folds: Annotated[int | Auto, Or(("auto",), Whole(minimum=0, maximum=20))] = Field(
        "auto",
        description="Number of folds over which configurations are compared: each case outside the "
        "test part is predicted by a network that has not seen its fold. 0 holds one part out "
        "instead. With auto 5 where cases are few.",
    )


class Baselines(BlendedBaselines):
    """The simple methods that every network must beat."""

    methods: Annotated[tuple[str, ...] | Auto, methods_of("classify")] = Field(
        "auto", description=METHODS
    )


if TYPE_CHECKING:
    Network = ClassifyNetwork
else:
    Network = network_for(ARCHITECTURES, ClassifyNetwork)


class Schema(RecipeSchema):
    """The keys of a classification recipe."""

    order = (
        *("task", "description", "backend", "seed", "data", "metric", "validation", "test"),
        *("text", "series", "network", "training", "search"),
        *("ensemble", "refit", "baselines", "portfolio"),
    )

    task: Annotated[str, Word(("classify",))] = Field(description=ABOUT_TASK)
    data: Data = Field(default_factory=Data, description=ABOUT_DATA)
    metric: Annotated[str, Word(("auto", *METRICS))] = Field(
        "auto",
        description="What configurations are compared by. With auto the accuracy, or the balanced "
        "accuracy where one class has many times the cases of another.",
    )
    validation: Validation = Field(
        default_factory=Validation,
        description="The cases on which configurations are compared.",
    )
    test: Share = Field(
        default_factory=Share,
        description="The cases on which the winner is scored, once; nothing else sees them.",
    )
    text: TextInput = Field(
        default_factory=TextInput, description="How texts are prepared for the network."
    )
    series: SeriesInput = Field(
        default_factory=SeriesInput, description="How series are prepared for the network."
    )
    network: Network = Field(default_factory=Network, description=ABOUT_NETWORK)
    training: Training = Field(default_factory=Training, description=ABOUT_TRAINING)
    baselines: Baselines = Field(default_factory=Baselines, description=ABOUT_BASELINES)
