"""Answers beside what was asked and what was expected, and where answers are good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from seqtune.drawing.table import Column, table
from seqtune.drawing.wording import count, literal, metric_name, percent, visible
from seqtune.tasks.translate.schema import METRICS

MOST_EXAMPLES, MOST_GROUPS, MOST_TOKENS = 30, 30, 200
LONGEST = 100_000
"""Characters of a text in a report at most."""

SHOWN = 300
"""Characters of a text that are drawn."""

SHADES, PLAIN_SHADES = " ░▒▓█", " .:*#"


@dataclass(frozen=True)
class Example:
    """One answer.

    Args:
        kind: "best", "typical" or "worst".
        source: What was asked; "" for a series.
        answer: What was answered.
        references: What was expected.
        errors: Share of characters that are wrong, against the nearest reference.
        case: The number of the case.
    """

    kind: str
    source: str
    answer: str
    references: tuple[str, ...]
    errors: float
    case: int = 0


@dataclass(frozen=True)
class LengthGroup:
    """Answers to sources of like length.

    Args:
        shortest: Length of the shortest source.
        longest: Length of the longest.
        cases: How many there are.
        score: The metric.
    """

    shortest: int
    longest: int
    cases: int
    score: float


@dataclass(frozen=True)
class AttentionMap:
    """What an answer looked at.

    Args:
        source: Tokens of the source.
        answer: Tokens of the answer, the end among them.
        weights: (answer, source), each row about one in all.
    """

    source: tuple[str, ...]
    answer: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class AnswersReport:
    """Answers, figures by length, and what one answer looked at.

    Args:
        title: Above the answers.
        metric: The metric that selects.
        examples: The best, typical and worst answers.
        groups: From short sources to long ones.
        attention: What one answer looked at; None where nothing is to be seen.
        signature: How the metric is computed; empty where its name says it.
    """

    kind: ClassVar[str] = "answers"

    title: str
    metric: str
    examples: Sequence[Example]
    groups: Sequence[LengthGroup] = ()
    attention: AttentionMap | None = None
    signature: str = ""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> AnswersReport:
        """Read what a run kept, which may come from a stranger.

        Raises:
            ValueError: It is no such report.
            KeyError: Something is missing.
        """
        title, metric, signature = values["title"], values["metric"], values["signature"]
        if not _is_text(title) or not _is_text(signature):
            raise ValueError("expected a title")
        if metric not in METRICS:
            raise ValueError(f"found the metric {str(metric)[:40]!r}")
        examples, groups = values["examples"], values["by_length"]
        if not _is_list(examples, MOST_EXAMPLES) or not _is_list(groups, MOST_GROUPS):
            raise ValueError("expected a few examples and groups")
        attention = values["attention"]
        return cls(
            title,
            metric,
            [_example(each) for each in examples],
            [_group(each) for each in groups],
            None if attention is None else _map(attention),
            signature,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "title": self.title,
            "metric": self.metric,
            "examples": [asdict(each) for each in self.examples],
            "by_length": [asdict(each) for each in self.groups],
            "attention": None if self.attention is None else asdict(self.attention),
            "signature": self.signature,
        }

    def __rich__(self) -> RenderableType:
        """Draw the answers, the figures by length, and the map."""
        parts: list[RenderableType] = [Text(literal(self.title), style="bold"), Text()]
        for example in self.examples:
            parts += [_drawn(example), Text()]
        if self.groups:
            parts += [self._by_length(), Text()]
        if self.attention is not None:
            parts += [_MapDrawing(self.attention), Text()]
        if self.signature:
            parts.append(Text(f"{metric_name(self.metric)}: {literal(self.signature)}", "dim"))
        return Group(*parts)

    def _by_length(self) -> RenderableType:
        is_points = self.metric in ("bleu", "chrf")
        rows = [
            (
                f"{group.shortest} to {group.longest}",
                count(group.cases),
                f"{group.score:.1f}" if is_points else f"{group.score:.3f}",
            )
            for group in self.groups
        ]
        columns = (
            Column("length of source"),
            Column("cases", numeric=True),
            Column(metric_name(self.metric), numeric=True),
        )
        return table(columns, rows)


def _drawn(example: Example) -> Text:
    """Return the lines of one example."""
    lines = [(f"{example.kind}, {percent(example.errors)} of its characters wrong", "bold")]
    if example.source:
        lines.append((f"  source    {_short(example.source)}", ""))
    lines.append((f"  answer    {_short(example.answer)}", ""))
    lines += [(f"  expected  {_short(each)}", "dim") for each in example.references[:3]]
    if len(example.references) > 3:
        lines.append((f"            and {len(example.references) - 3} more", "dim"))
    drawn = Text()
    for number, (line, style) in enumerate(lines):
        drawn.append(("\n" if number else "") + line, style=style)
    return drawn


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]} …"


@dataclass(frozen=True)
class _MapDrawing:
    """One drawing of a map of attention on one console."""

    attention: AttentionMap

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        attention = self.attention
        shades = PLAIN_SHADES if options.ascii_only else SHADES
        yield Text("What a typical answer looked at", style="bold")
        yield Text("a row per token of the answer, a column per token of the source", style="dim")
        names = [visible(each.strip()) or "(blank)" for each in attention.answer]
        width = min(20, max(map(len, names)))
        room = max(1, (options.max_width - width - 2) // 2)
        for name, weights in zip(names, attention.weights, strict=True):
            cells = "".join(2 * _shade(each, shades) for each in weights[:room])
            most = max(range(len(weights)), key=weights.__getitem__)
            seen = visible(attention.source[most].strip())
            line = f"{name[:width].rjust(width)}  {cells}"
            yield Text(line + f"  {seen}"[: max(0, options.max_width - len(line))])


def _shade(weight: float, shades: str) -> str:
    return shades[min(len(shades) - 1, int(weight * len(shades)))]


def _example(values: Any) -> Example:
    found = Example(**{**values, "references": tuple(values["references"])})
    texts = (found.kind, found.source, found.answer, *found.references)
    if not all(map(_is_text, texts)) or not found.references or not _is_number(found.errors):
        raise ValueError("expected an answer with its references")
    if type(found.case) is not int or found.case < 0:
        raise ValueError("expected the number of a case")
    return found


def _group(values: Any) -> LengthGroup:
    found = LengthGroup(**values)
    wholes = (found.shortest, found.longest, found.cases)
    if not all(type(each) is int and each >= 0 for each in wholes) or not _is_number(found.score):
        raise ValueError("expected figures by length")
    return found


def _map(values: Any) -> AttentionMap:
    lists = (values["source"], values["answer"], values["weights"], *values["weights"])
    if not all(_is_list(each, MOST_TOKENS) for each in lists):
        raise ValueError("expected a map of a few tokens")
    found = AttentionMap(
        tuple(values["source"]), tuple(values["answer"]), tuple(map(tuple, values["weights"]))
    )
    is_sound = (
        all(map(_is_text, (*found.source, *found.answer)))
        and 0 < len(found.answer) == len(found.weights)
        and all(0 < len(found.source) == len(row) for row in found.weights)
        and all(_is_number(each) for row in found.weights for each in row)
    )
    if not is_sound:
        raise ValueError("expected a weight for each pair of tokens")
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _is_list(value: object, most: int) -> bool:
    return isinstance(value, (list, tuple)) and len(value) <= most


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1e9  # type: ignore[operator]
