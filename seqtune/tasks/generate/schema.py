"""The keys of a generation recipe, beside those that every task has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from seqtune.recipe.baselines import METHODS, BlendedBaselines, BudgetShare, methods_of
from seqtune.recipe.compounds import Many, Or
from seqtune.recipe.fields import Search, Searchable
from seqtune.recipe.keys import COLUMN, Auto, Column, EmbeddingSize, Tied
from seqtune.recipe.kinds import Flag, Number, Whole, Word
from seqtune.recipe.reading import Reading
from seqtune.recipe.schema import (
    ABOUT_BASELINES,
    ABOUT_TASK,
    ABOUT_TRAINING,
    CommonNetwork,
    RecipeSchema,
    network_for,
)
from seqtune.recipe.schema import Training as CommonTraining
from seqtune.recipe.section import Section
from seqtune.registry import architectures_with, stateful_cells

ARCHITECTURES = architectures_with("stream", "context")
"""Architectures that go through a text, or see what surrounds each token."""

TOKENS = ("character", "byte", "word", "subword", "symbol")
"""What a token may be; a symbol is a note or an event."""

TEXT_METRICS = ("bits_per_character", "nats_per_character")
EVENT_METRICS = ("nats_per_step", "nats_per_token")
METRICS = (*TEXT_METRICS, *EVENT_METRICS, "perplexity")
"""What configurations can be compared by; lower is better for each."""


class Data(Reading):
    """Which column is used, and how the file is read."""

    order = ("text", "documents", "events", "series", "steps_per_beat")

    text: Column = Field(
        "auto",
        description="The column of a table whose rows are the documents. With auto it is found.",
    )
    documents: Annotated[str, Word(("auto", "kept", "mixed"))] = Field(
        "auto",
        description="Whether documents are mixed before they are divided into parts. With auto the "
        "rows of a table and the files of a folder are, where there are many.",
    )
    events: Annotated[tuple[str, ...], Many(COLUMN, "columns")] = Field(
        (),
        description="The columns of a table whose cells together are an event, a row each. Without "
        "any, the table holds texts.",
    )
    series: Annotated[str | None, Or((None,), COLUMN)] = Field(
        None,
        description="The column that says which sequence an event belongs to; null takes all rows "
        "as one sequence.",
    )
    steps_per_beat: Annotated[int | Auto, Or(("auto",), Whole(minimum=1, maximum=96))] = Field(
        "auto",
        description="Steps of a quarter note of music: 4 for sixteenths. With auto the fewest on "
        "which nearly all notes begin; of lists of notes, one.",
    )


class TokenChoice(Section):
    """What the network reads and writes one after the other."""

    kind: Annotated[Searchable[str], Search(Word(TOKENS))] = Field(
        "character",
        description="What a token is; scores can be compared across kinds. Music and events are "
        "symbols, whatever stands here.",
    )
    vocabulary: Annotated[int, Whole(minimum=300, maximum=100_000)] = Field(
        4000,
        description="Number of words, sub-words or characters that are known at most. Other words "
        "are spelt in characters.",
    )
    least_count: Annotated[int, Whole(minimum=1)] = Field(
        3,
        description="How often a word must occur in the training text to be known, or two "
        "sub-words stand side by side to be joined.",
    )


class GenerateNetwork(CommonNetwork):
    """The network: a recurrent cell and the layers around it."""

    cell: Annotated[Searchable[str], Search(Word(lambda: stateful_cells))] = Field(
        "lstm", description="The recurrent cell that carries the state from step to step."
    )
    embedding: EmbeddingSize = 64
    tied: Tied = False
    weight_dropout: Annotated[Searchable[float], Search(Number(minimum=0, below=1))] = Field(
        0.0,
        description="Share of the recurrent weights set to zero for a training batch (AWD-LSTM, "
        "arXiv 1708.02182).",
    )
    layer_normalization: Annotated[Searchable[bool], Search(Flag())] = Field(
        False, description="Whether the output of each recurrent layer is normalised."
    )
    attention: Annotated[Searchable[int], Search(Whole(minimum=0, maximum=1024))] = Field(
        0,
        description="Number of past steps that the network looks back at, beside what its state "
        "remembers; 0 for none.",
    )


class Training(CommonTraining):
    """How a language model is trained."""

    order = ("sequence",)

    batch_size: Annotated[Searchable[int], Search(Whole(minimum=1, maximum=4096))] = Field(
        32,
        description="Batch size: number of streams through the text. Each stream continues where "
        "it ended in the batch before.",
    )
    sequence: Annotated[Searchable[int], Search(Whole(minimum=1, maximum=4096))] = Field(
        64,
        description="Tokens per stream and batch. Gradients end there; the state is kept.",
    )


class Share(Section):
    """How much of the text a part of the data takes."""

    share: Annotated[float, Number(above=0, below=0.5)] = Field(
        0.05,
        description="Share of the characters: the last ones of a text; whole documents, where "
        "there are many.",
    )


class Baselines(BlendedBaselines):
    """The simple methods that every network must beat."""

    methods: Annotated[tuple[str, ...] | Auto, methods_of("generate")] = Field(
        "auto", description=METHODS
    )
    share: BudgetShare = 0.1
    blend: Annotated[bool, Flag()] = Field(
        True,
        description="Whether the ensemble may take in the best simple method; it is then called "
        "a blend. What is averaged is the probability of each token.",
    )
    recent: Annotated[bool | Auto, Or(("auto",), Flag())] = Field(
        "auto",
        description="Whether a blend also goes by how the same document went on where it was "
        "lately as it is now. With auto it does where that surely gains on the validation part.",
    )


if TYPE_CHECKING:
    Network = GenerateNetwork
else:
    Network = network_for(ARCHITECTURES, GenerateNetwork)


class Schema(RecipeSchema):
    """The keys of a generation recipe."""

    order = (
        *("task", "description", "backend", "seed", "data", "objective", "metric"),
        *("validation", "test", "tokens", "network", "training", "search"),
        *("ensemble", "refit", "baselines", "portfolio"),
    )

    task: Annotated[str, Word(("generate",))] = Field(description=ABOUT_TASK)
    data: Data = Field(
        default_factory=Data,
        description="Which column is used, and how the file is read.",
    )
    objective: Annotated[str, Word(("next", "fill"))] = Field(
        "next",
        description="What is predicted: next, each token from those before it, which writes text; "
        "or fill, each token from both sides, which fills gaps.",
    )
    metric: Annotated[str, Word(METRICS)] = Field(
        "bits_per_character",
        description="What configurations are compared by; perplexity, which is per token, only "
        "among tokens of one kind.",
    )
    validation: Share = Field(
        default_factory=Share,
        description="The text on which configurations are compared.",
    )
    test: Share = Field(
        default_factory=Share,
        description="The text on which the winner is scored, once; nothing else sees it.",
    )
    tokens: TokenChoice = Field(
        default_factory=TokenChoice, description="What the network reads one after the other."
    )
    network: Network = Field(
        default_factory=Network, description="The network: its cells and what is around them."
    )
    training: Training = Field(default_factory=Training, description=ABOUT_TRAINING)
    baselines: Baselines = Field(default_factory=Baselines, description=ABOUT_BASELINES)
