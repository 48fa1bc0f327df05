"""A leaderboard row of a run that writes, lists next words, and fills gaps."""

from __future__ import annotations

import shlex
from functools import cached_property
from typing import Any

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.errors import RunError
from seqtune.tasks.generate.blend_reader import BlendReader
from seqtune.tasks.generate.corpus import MANY_DOCUMENTS
from seqtune.tasks.generate.fill import GAP, fill_gap
from seqtune.tasks.generate.inference import Reader
from seqtune.tasks.generate.network_filler import NetworkFiller
from seqtune.tasks.generate.network_reader import NetworkReader
from seqtune.tasks.generate.next_words import NextWord, next_words
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.prompt import DOCUMENTS, ONE_TEXT, Frame
from seqtune.tasks.generate.request import Request
from seqtune.tasks.generate.simple_reader import simple_reader
from seqtune.tasks.generate.writing import Completion, Hear, unheard, write

MAX_NAMED = 8
"""So many unknown characters of a prompt are named."""


class TextGenerator:
    """A row of the leaderboard at work.

    Args:
        run: The run; its `notes` hear what was replaced.
        name: The row.
    """

    def __init__(self, run: Any, name: str) -> None:
        self.run, self.name = run, name

    def write(self, request: Request, hear: Hear | None = None) -> list[Completion]:
        """Write texts; see `seqtune.tasks.generate.writing`."""
        self._tell_unknown(request.prompt, self.reader.tokens)
        counts = self.run.prepared.codec.counts[self.reader.tokens.kind]
        return write(self.reader, request, hear or unheard, self.frame, counts)

    def next_words(self, text: str, most: int) -> list[NextWord]:
        """Return the likeliest next words; see `seqtune.tasks.generate.next_words`."""
        self._tell_unknown(text, self.reader.tokens)
        return next_words(self.reader, text, most, self.frame)

    def fill(self, text: str, most: int) -> list[NextWord]:
        """Return the likeliest words for a gap; see `seqtune.tasks.generate.fill`.

        Raises:
            RunError: The run was not fitted to fill gaps, or the row is a simple method.
        """
        self._tell_unknown(GAP.sub("", text), self.filler.tokens)
        return fill_gap(self.filler, text, most)

    @cached_property
    def filler(self) -> NetworkFiller:
        """The model, reading from both sides.

        Raises:
            RunError: The run was not fitted to fill gaps, or the row is a simple method.
        """
        folder = self.run.folder
        if self.run.prepared.codec.objective != "fill":
            data = self.run.record["data"].get("path") or "DATA"
            raise RunError(
                f"{folder} was fitted to write on: it does not know what stands after a gap",
                f"seqtune fit {shlex.quote(data)} --task generate --set objective=fill",
            )
        if self.run.choose(self.name).kind == "baseline":
            raise RunError(
                f"{self.name} reads from left to right, and cannot fill a gap",
                f"leave out --use {self.name}",
            )
        return NetworkFiller(*self._network(self.run.members[self.name][0]))

    @property
    def frame(self) -> Frame:
        """How texts begin and end for its models."""
        return DOCUMENTS if self.run.prepared.codec.documents >= MANY_DOCUMENTS else ONE_TEXT

    @cached_property
    def reader(self) -> Reader:
        """The model, reading from left to right.

        Raises:
            RunError: It reads from both sides, so that it cannot write.
        """
        prepared: Prepared = self.run.prepared
        if self.run.choose(self.name).kind == "baseline":
            return simple_reader(prepared, self.name)
        if prepared.codec.objective != "next":
            raise RunError(
                f"{self.run.folder} was fitted to fill gaps: it reads from both sides, and cannot "
                "write on",
                f"seqtune generate {self.run.folder} --fill 'Once ___ a time', or fit again with "
                "--set objective=next",
            )
        members = self.run.members[self.name]
        readers = [self._read(member) for member in members]
        if len(readers) == 1:
            return readers[0]
        return BlendReader(readers, [member.weight for member in members])

    def _network(self, member: Any) -> tuple[Any, Tokenizer]:
        """Return a member's network, and its vocabulary."""
        kind = str(member.values["tokens.kind"])
        return self.run.network(member), self.run.prepared.codec.tokens[kind]

    def _read(self, member: Any) -> Reader:
        if member.baseline:
            return simple_reader(self.run.prepared, member.baseline)
        return NetworkReader(*self._network(member))

    def _tell_unknown(self, text: str, tokens: Tokenizer) -> None:
        """Say which characters of a text the model never saw."""
        unknown = tokens.unknown_in(text)
        if unknown:
            shown = ", ".join(map(repr, unknown[:MAX_NAMED]))
            others = f" and {len(unknown) - MAX_NAMED} others" * (len(unknown) > MAX_NAMED)
            self.run.notes.append(
                f"the training text has no {shown}{others}: read as an unknown character"
            )
