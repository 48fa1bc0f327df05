"""A few sentences with the tags that they were given, in colour; what is wrong is marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.wording import literal
from seqtune.tasks.tag import report_check as check

COLOURS = ("cyan", "green", "magenta", "blue", "yellow")
"""Of tags, in the order in which they first occur."""

WRONG = "bold red"
NOTHING = "-"
LONGEST_WORD = 40


@dataclass(frozen=True)
class Piece:
    """Some tokens that belong together: a span, or one token.

    Args:
        tokens: The tokens.
        tag: What they were tagged as; empty for what needs no mention.
        truth: What is right instead, empty where the tag is right or nothing is known.
    """

    tokens: Sequence[str]
    tag: str = ""
    truth: str = ""


@dataclass(frozen=True)
class TaggedSentence:
    """A sentence in pieces.

    Args:
        where: Where it stands: file:line.
        pieces: In their order.
        tokens: How many tokens it has; more than the pieces hold where it is cut.
        wrong: How many of them are wrong.
    """

    where: str
    pieces: Sequence[Piece]
    tokens: int
    wrong: int


@dataclass(frozen=True)
class SentencesReport:
    """Tagged sentences, from the best to the worst.

    Args:
        title: Where they are from.
        sentences: What is drawn.
        background: The tag that most tokens have and that is not written; empty for none.
    """

    kind: ClassVar[str] = "sentences"

    title: str
    sentences: Sequence[TaggedSentence]
    background: str = ""

    def __rich__(self) -> RenderableType:
        """Draw each sentence on lines of its own, every tag in a colour."""
        parts: list[RenderableType] = [Text(literal(self.title), style="bold")]
        if not self.sentences:
            return Group(*parts, Text("There is no sentence to show."))
        rest = f", all others are {literal(self.background)}" if self.background else ""
        legend = f"word/tag{rest}; word/tag (right tag) where it is wrong; - is no tag"
        parts.append(Text(legend, style="dim"))
        tags = dict.fromkeys(
            piece.tag for sentence in self.sentences for piece in sentence.pieces if piece.tag
        )
        colours = {tag: COLOURS[at % len(COLOURS)] for at, tag in enumerate(tags)}
        for sentence in self.sentences:
            parts += [Text(), *_drawn(sentence, colours)]
        return Group(*parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the sentences with their pieces."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SentencesReport:
        """Read what a run kept, which may come from a stranger.

        Raises:
            ValueError: It is something else.
        """
        return cls(
            check.text(values["title"]),
            tuple(_sentence(each) for each in check.several(values["sentences"])),
            check.text(values["background"]),
        )


def _drawn(sentence: TaggedSentence, colours: Mapping[str, str]) -> list[Text]:
    right = "all right" if not sentence.wrong else f"{sentence.wrong} of {sentence.tokens} wrong"
    text = Text("  ", overflow="fold")
    for piece in sentence.pieces:
        words = " ".join(_short(token) for token in piece.tokens)
        if piece.tag or piece.truth:
            words = f"[{words}]" if len(piece.tokens) > 1 else words
            style = WRONG if piece.truth else colours[piece.tag]
            wrong = f" ({literal(piece.truth)})" if piece.truth else ""
            text.append(f"{words}/{literal(piece.tag) or NOTHING}{wrong}", style=style)
        else:
            text.append(words)
        text.append(" ")
    text.rstrip()
    if sum(len(piece.tokens) for piece in sentence.pieces) < sentence.tokens:
        text.append(" ...")
    return [Text(f"{literal(sentence.where)}: {right}", style="dim", overflow="fold"), text]


def _short(token: str) -> str:
    shown = literal(token)
    return shown if len(shown) <= LONGEST_WORD else f"{shown[: LONGEST_WORD - 3]}..."


def _sentence(values: Mapping[str, Any]) -> TaggedSentence:
    pieces = tuple(
        Piece(
            tuple(map(check.text, check.several(each["tokens"]))),
            check.text(each["tag"]),
            check.text(each["truth"]),
        )
        for each in check.several(values["pieces"])
    )
    return TaggedSentence(
        check.text(values["where"]),
        pieces,
        check.whole(values["tokens"]),
        check.whole(values["wrong"]),
    )
