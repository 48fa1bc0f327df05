"""How reports write figures, times, sizes, names and commands.

Text from outside (names of files, columns, series) goes through `literal` and then into a rich
`Text`, never into a markup string: "[red]x[/red]" is a column name here, not a colour.
"""

from __future__ import annotations

import math
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from seqtune.errors import literal as literal
from seqtune.tasks._info import metric_of

COMMAND_WIDTH = 78

FURTHER = "    "
"""Before what a command is continued with."""

WORDS = re.compile(r"""(?:[^\s'"\\]|\\.|\$?'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")+""")
"""Words of a command line, those with quotes whole."""


def visible(text: str) -> str:
    r"""Return a text in which line breaks and tabs work, and other control characters are shown.

    Example:
        >>> visible("one\n\x1b[31mtwo")
        'one\n\\x1b[31mtwo'
    """
    return "".join(each if each in "\n\t" else literal(each) for each in text)


def figure(value: float | None) -> str:
    """Write a figure with three significant digits, whole from 100 on; "-" where there is none.

    Example:
        >>> [figure(value) for value in (0.9996, 7.1, 1234.5, 2.5e7, None)]
        ['1.00', '7.10', '1,234', '2.50e+07', '-']
    """
    if value is None or math.isnan(value):
        return "-"
    if value == 0 or math.isinf(value):
        return "0" if value == 0 else f"{value:g}"
    exponent = int(f"{value:.2e}".rpartition("e")[2])
    if not -4 <= exponent < 6:
        return f"{value:.2e}"
    return f"{value:,.{max(0, 2 - exponent)}f}"


def percent(share: float) -> str:
    """Write a share as per cent with three significant digits.

    Example:
        >>> percent(0.25)
        '25.0 %'
    """
    return f"{figure(100 * share)} %"


def count(number: int | None) -> str:
    """Write a whole number with its thousands apart; "-" where there is none."""
    return "-" if number is None else f"{number:,}"


def rounded_count(number: int | None) -> str:
    """Write a whole number, a large one in three digits; "-" where there is none.

    Example:
        >>> rounded_count(7_775), rounded_count(94_591), rounded_count(999_950)
        ('7,775', '94.6k', '1.00M')
    """
    if number is None or number < 10_000:
        return count(number)
    digits, exponent = f"{number:.2e}".split("e")
    thousands, places = divmod(int(exponent), 3)
    return f"{float(digits) * 10**places:.{2 - places}f}{'kMGT'[thousands - 1]}"


def several(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun.

    Example:
        >>> several(1, "row"), several(2, "row")
        ('1 row', '2 rows')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def duration(seconds: float | None) -> str:
    """Write a time span the way people say it; "-" where there is none.

    Example:
        >>> [duration(seconds) for seconds in (0.42, 58.4, 118.2, 7500)]
        ['0.4s', '58s', '1m 58s', '2h 05m']
    """
    if seconds is None or not math.isfinite(seconds):
        return "-"
    if round(seconds, 1) < 10:
        return f"{max(0.0, seconds):.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    minutes = round(seconds / 60)
    return f"{minutes // 60}h {minutes % 60:02}m"


def size(number: float) -> str:
    """Write a number of bytes in the unit that suits it.

    Example:
        >>> size(3_200_000_000)
        '3.20 GB'
    """
    for power, unit in ((12, "TB"), (9, "GB"), (6, "MB"), (3, "kB")):
        if number >= 10**power:
            return f"{figure(number / 10**power)} {unit}"
    return several(int(number), "byte")


def metric_name(metric: str) -> str:
    """Return the name of a metric as people write it."""
    return metric_of(metric).title or metric.replace("_", " ")


def headed(text: str) -> str:
    """Return a text as a heading begins; a name with capitals in it stays as it is.

    Example:
        >>> headed("accuracy on the test part"), headed("sMAPE by time")
        ('Accuracy on the test part', 'sMAPE by time')
    """
    first = text.partition(" ")[0]
    return f"{text[:1].upper()}{text[1:]}" if first.islower() else text


def better(direction: str) -> str:
    """Return which way is better: "lower" for min metrics, "higher" for max metrics."""
    return "higher" if direction == "max" else "lower"


def command(*words: str) -> str:
    r"""Return a command line that a shell reads as these words.

    Control characters are written as bash and zsh read them, so that a line can be copied.

    Example:
        >>> command("seqtune", "resume", "my runs/1")
        "seqtune resume 'my runs/1'"
        >>> print(command("seqtune", "resume", "a\tb"))
        seqtune resume $'a\x09b'
    """
    return " ".join(shlex.quote(word) if word.isprintable() else _escaped(word) for word in words)


def _escaped(word: str) -> str:
    """Quote a word in the way of bash and zsh that has escapes, `$'…'`."""
    return f"$'{''.join(map(_escape, word))}'"


def _escape(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))


@dataclass(frozen=True)
class CommandLines:
    """A command that is drawn so that it can be copied, however narrow the terminal is.

    Args:
        line: The command line.
    """

    line: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        yield command_text(self.line, width=min(COMMAND_WIDTH, options.max_width))


def command_text(line: str, indent: str = "  ", width: int = COMMAND_WIDTH) -> Text:
    r"""Return a command as indented text that can be copied, long ones continued with `\`.

    Example:
        >>> print(command_text("seqtune predict runs/air-1 -o out.csv", width=30))
          seqtune predict runs/air-1 \
              -o out.csv
    """
    room = width - len(indent) - len(" \\")
    lines = [""]
    for piece in _pieces(line, room - len(FURTHER)):
        longer = f"{lines[-1]} {piece}".lstrip(" ") if len(lines) == 1 else f"{lines[-1]} {piece}"
        if not lines[0] or len(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(f"{FURTHER}{piece}")
    text = f" \\\n{indent}".join(literal(each) for each in lines)
    return Text(indent + text, style="bold", overflow="fold")


def _pieces(line: str, room: int) -> Iterator[str]:
    """Yield what is not broken: flags with their values, and single words where they are long."""
    for number, piece in enumerate(line.split(" --")):
        flag = f"--{piece}" if number else piece
        yield from [flag] if len(flag) <= room else WORDS.findall(flag)


def bullets(lines: Sequence[str], style: str = "") -> list[RenderableType]:
    """Return the lines, each marked with a dash and indented where it is broken."""
    if not lines:
        return []
    grid = Table.grid(padding=(0, 1))
    for line in lines:
        grid.add_row(Text("-", style=style), Text(literal(line), style=style, overflow="fold"))
    return [grid]
