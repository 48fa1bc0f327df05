"""What an export wrote, how large it is, and how exactly it predicts what the run does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from seqtune.drawing.facts import facts
from seqtune.drawing.wording import (
    CommandLines,
    bullets,
    command,
    count,
    duration,
    literal,
    metric_name,
    percent,
    size,
)
from seqtune.run.export_summary import ExportSummary
from seqtune.tasks._info import info_of


@dataclass(frozen=True)
class ExportReport:
    """The report of `export`.

    Args:
        summary: What was written.
    """

    summary: ExportSummary

    def __rich__(self) -> RenderableType:
        """Draw the figures, then what to type next."""
        summary = self.summary
        title = f"{literal(summary.path)}: {literal(summary.row)} of {literal(summary.run)}"
        lines: list[RenderableType] = [
            Text(title, style="bold"),
            facts(self._facts()),
            *bullets(summary.notes),
        ]
        if self.next_commands:
            lines += [Text(), Text("Next:"), *map(CommandLines, self.next_commands)]
        return Group(*lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `export --json`."""
        return {**self.summary.to_dict(), "next": list(self.next_commands)}

    @property
    def next_commands(self) -> Sequence[str]:
        """What a bundle is used by; nothing for what seqtune does not open."""
        if self.summary.format != "bundle":
            return ()
        info, path = info_of(self.summary.task), str(self.summary.path)
        data = [self.summary.new_data] if self.summary.new_data else []
        return command("seqtune", info.verb, path, *data), command("seqtune", "serve", path)

    def _facts(self) -> dict[str, str]:
        summary, compared = self.summary, self.summary.comparison
        found = {
            "format": summary.format,
            "size": size(summary.bytes),
            "time": duration(summary.seconds),
        }
        if compared is not None:
            found["compared"] = (
                f"{count(compared.examples)} {compared.unit} of the {compared.part} part"
            )
            limit = "" if compared.limit is None else f" (limit {compared.limit:.0e})"
            found["difference"] = (
                f"at most {compared.difference:.1e} of the predictions' scale{limit}"
            )
        if (lost := summary.quantized) is not None:
            found["weights"] = (
                f"{lost.kind}, {size(lost.bytes_after)} instead of {size(lost.bytes_before)}"
            )
            found["loss"] = (
                f"{percent(lost.share)} of {metric_name(lost.metric)} on the validation part: "
                f"{lost.before:.4g} becomes {lost.after:.4g}"
            )
        return found
