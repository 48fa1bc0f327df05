"""The keys of a translation recipe, beside those that every task has."""

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
    HeldOutCases,
    LabelSmoothing,
    PartShare,
    TimeColumns,
    WordDropout,
)
from seqtune.recipe.kinds import Flag, Number, Whole, Word
from seqtune.recipe.reading import Reading
from seqtune.recipe.schema import (
    ABOUT_BASELINES,
    ABOUT_DATA,
    ABOUT_TASK,
    ABOUT_TRAINING,
    CommonNetwork,
    RecipeSchema,
    network_for,
)
from seqtune.recipe.schema import Training as CommonTraining
from seqtune.recipe.section import Section
from seqtune.registry import architectures_with

ARCHITECTURES = architectures_with("states", "memory")
"""Architectures that give a state at every step of the source."""

METRICS = ("bleu", "chrf", "exact_match", "word_error_rate", "character_error_rate")
"""What configurations can be compared by."""

SOURCE_KINDS = ("text", "symbols", "features", "series")
TARGET_KINDS = ("text", "symbols")
TOKENS = ("word", "subword", "character", "symbol")

MAX_ANSWER = 2_000
"""Tokens of an answer at most: each is a step of the decoder."""


class Data(Reading):
    """Which columns are used, and how the file is read."""

    order = ("kind", "source", "target", "target_kind", "series", "time", "channels", "cases")

    kind: Annotated[str, Word(("auto", *SOURCE_KINDS))] = Field(
        "auto",
        description="What a source is. text; symbols: signs with blanks between, such as phones, "
        "kept whole; features: columns of numbers and categories; series: steps of numbers, in "
        "rows or in files. With auto the columns decide.",
    )
    source: Column = Field(
        "auto",
        description="The column with what is translated: texts, symbols, or paths of recordings, "
        "arrays or images. With auto it is found.",
    )
    target: Column = Field(
        "auto",
        description="The column with the answers; several rows with the same source give it "
        "several. With auto it is found.",
    )
    target_kind: Annotated[str, Word(("auto", *TARGET_KINDS))] = Field(
        "auto",
        description="What an answer is: text, or symbols with blanks between, kept whole.",
    )
    series: CaseColumn = "auto"
    time: TimeColumns = "auto"
    channels: Columns = Field(
        "auto",
        description="The columns of features, or the numeric columns that are the channels of "
        "each step. With auto all that have no other role.",
    )
    cases: HeldOutCases = "mixed"


class Share(Section):
    """How many of the cases a part of the data takes."""

    share: PartShare = Field(
        "auto",
        description="Share of the cases; equal sources are one case. With auto a quarter of few, "
        "a twentieth of very many.",
    )


class TokenChoice(Section):
    """What the network reads and writes one after the other."""

    source: Annotated[Searchable[str] | Auto, Or(("auto",), Search(Word(TOKENS)))] = Field(
        "auto",
        description="What a token of a source text is. With auto words and sub-words for "
        "sentences, characters for what is short; symbols are always symbols.",
    )
    target: Annotated[Searchable[str] | Auto, Or(("auto",), Search(Word(TOKENS)))] = Field(
        "auto", description="What a token of an answer is; auto as for the source."
    )
    vocabulary: Annotated[int, Whole(minimum=300, maximum=100_000)] = Field(
        8_000,
        description="Number of words, sub-words or symbols that are known at most, of source and "
        "of answers each. Other words of answers are spelt in characters.",
    )
    least_count: Annotated[int, Whole(minimum=1)] = Field(
        2,
        description="How often a word must occur in the training texts to be known, or two "
        "sub-words stand side by side to be joined.",
    )
    lower: Annotated[bool, Flag()] = Field(
        False,
        description="Whether capitals become small letters, in sources and answers. Answers are "
        "then written, and scored, in small letters.",
    )
    longest: Annotated[int | Auto, Or(("auto",), Whole(minimum=1, maximum=MAX_ANSWER))] = Field(
        "auto",
        description="Number of tokens of a source or an answer in training: longer sources lose "
        "their middle, longer answers their end. With auto up to 400, and answers as long as "
        "the longest of training.",
    )


class TranslateNetwork(CommonNetwork):
    """The network: an encoder reads, a decoder with attention writes."""

    embedding: EmbeddingSize = 128
    decoder: Annotated[Searchable[str], Search(Word(("attention", "ctc")))] = Field(
        "attention",
        description="What writes. attention: a recurrent decoder that looks back at the source; "
        "ctc: each step of the source says a token or nothing, in its order (Graves et al. 2006), "
        "for transcripts.",
    )
    attention: Annotated[Searchable[str], Search(Word(("dot", "additive")))] = Field(
        "dot",
        description="How the decoder weighs the states of the source: dot (Luong et al., arXiv "
        "1508.04025) or additive (Bahdanau et al., arXiv 1409.0473).",
    )
    input_feeding: Annotated[Searchable[bool], Search(Flag())] = Field(
        False,
        description="Whether what attention found for one token is read with the next (arXiv "
        "1508.04025, section 3.3). It makes training slower.",
    )
    copying: Annotated[Searchable[bool] | Auto, Or(("auto",), Search(Flag()))] = Field(
        "auto",
        description="Whether tokens of the source, such as names and numbers, can be copied to "
        "the answer (See et al., arXiv 1704.04368). With auto they can where most of the rare "
        "words of the answers stand in their source.",
    )
    tied: Annotated[Searchable[bool], Search(Flag())] = Field(
        False,
        description="Whether the vectors that tokens of answers are read with are those that they "
        "are predicted with (Press & Wolf, arXiv 1608.05859).",
    )


class Training(CommonTraining):
    """How a translator is trained."""

    order = ("label_smoothing", "word_dropout")

    label_smoothing: LabelSmoothing = Field(
        0.1,
        description="Label smoothing: the share of each target that is spread over all tokens; "
        "keeps a network from being too sure.",
    )
    word_dropout: WordDropout = Field(
        0.0,
        description="Share of the tokens of the source, and of those written before, that are "
        "hidden at random while training.",
    )


class Decoding(Section):
    """How answers are found; `predict` may change it."""

    beam: Annotated[int, Whole(minimum=1, maximum=100)] = Field(
        5,
        description="Number of answers that are written beside each other, of which the likeliest "
        "is taken: beam search. 1 takes the likeliest token at each step.",
    )
    length_penalty: Annotated[float, Number(minimum=0, maximum=5)] = Field(
        1.0,
        description="How strongly long answers are favoured in beam search (alpha of Wu et al., "
        "arXiv 1609.08144, equation 14). 0 favours short ones.",
    )
    n_best: Annotated[int, Whole(minimum=1, maximum=100)] = Field(
        1, description="Number of answers that are given for each source, at most the beam."
    )
    longest: Annotated[int | Auto, Or(("auto",), Whole(minimum=1, maximum=MAX_ANSWER))] = Field(
        "auto",
        description="Number of tokens of an answer at most. With auto as long as the longest of "
        "training.",
    )


class Baselines(BlendedBaselines):
    """The simple methods that every network must beat."""

    methods: Annotated[tuple[str, ...] | Auto, methods_of("translate")] = Field(
        "auto", description=METHODS
    )


if TYPE_CHECKING:
    Network = TranslateNetwork
else:
    Network = network_for(ARCHITECTURES, TranslateNetwork)


class Schema(RecipeSchema):
    """The keys of a translation recipe."""

    order = (
        *("task", "description", "backend", "seed", "data", "metric", "validation", "test"),
        *("tokens", "network", "training", "decoding", "search"),
        *("ensemble", "refit", "baselines", "portfolio"),
    )

    task: Annotated[str, Word(("translate",))] = Field(description=ABOUT_TASK)
    data: Data = Field(default_factory=Data, description=ABOUT_DATA)
    metric: Annotated[str, Word(("auto", *METRICS))] = Field(
        "auto",
        description="What configurations are compared by. With auto BLEU for sentences, the share "
        "of exact answers for what is short, an error rate for transcripts.",
    )
    validation: Share = Field(
        default_factory=Share,
        description="The cases on which configurations are compared.",
    )
    test: Share = Field(
        default_factory=Share,
        description="The cases on which the winner is scored, once; nothing else sees them.",
    )
    tokens: TokenChoice = Field(
        default_factory=TokenChoice,
        description="What the network reads and writes one after the other.",
    )
    network: Network = Field(
        default_factory=Network, description="The network: an encoder, a decoder, their sizes."
    )
    training: Training = Field(default_factory=Training, description=ABOUT_TRAINING)
    decoding: Decoding = Field(
        default_factory=Decoding, description="How answers are found; `predict` may change it."
    )
    baselines: Baselines = Field(default_factory=Baselines, description=ABOUT_BASELINES)
