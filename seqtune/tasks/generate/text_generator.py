"""What a run of a language model does: it writes, lists next words, and fills gaps."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import SYMBOL
from seqtune.errors import RunError
from seqtune.tasks._values import Context, Models, OpenMember
from seqtune.tasks.generate.blend_reader import BlendReader
from seqtune.tasks.generate.corpus import MANY_DOCUMENTS
from seqtune.tasks.generate.event_files.endings import is_event_file
from seqtune.tasks.generate.event_files.write import check_form
from seqtune.tasks.generate.fill import GAP, fill_gap
from seqtune.tasks.generate.gate import Gate
from seqtune.tasks.generate.inference import Reader
from seqtune.tasks.generate.network_filler import NetworkFiller
from seqtune.tasks.generate.network_reader import NetworkReader
from seqtune.tasks.generate.next_words import NextWord, next_words
from seqtune.tasks.generate.prepared import Prepared
from seqtune.tasks.generate.prompt import DOCUMENTS, ONE_TEXT, Frame
from seqtune.tasks.generate.prompt_file import prompt_in
from seqtune.tasks.generate.request import Request, request_of
from seqtune.tasks.generate.simple_reader import simple_reader
from seqtune.tasks.generate.step_tokens import StepTokens
from seqtune.tasks.generate.writing import Completion, Hear, unheard, write

MAX_NAMED = 8
"""So many unknown characters of a prompt are named."""

NETWORK = "network"
"""Asks for the best network: simple methods read from left to right, and cannot fill a gap."""


class TextGenerator:
    """The models of a run at work on text.

    Args:
        prepared: The text that they were fitted on.
        models: Opens them.
        context: Hears what was replaced, and names the run.
    """

    def __init__(self, prepared: Prepared, models: Models, context: Context) -> None:
        self.prepared, self.models, self.context = prepared, models, context
        self.reader = cache(self._reader)
        self.filler = cache(self._filler)

    def generate(self, prompt: str = "", length: int = 500, **options: Any) -> str:
        """Write a text.

        Args:
            prompt: What the text begins with.
            length: New characters at most.
            options: `temperature`, `top_k`, `top_p`, `seed`, `repetition_penalty`, `no_repeat`,
                `stop` (texts before which it ends), and `use`, as the flags of
                `seqtune generate`.

        Returns:
            The prompt and what follows it.

        Example:
            >>> print(run.generate(prompt="Once", length=200))
        """
        use = options.pop("use", None)
        return self.write(request_of(prompt, length, **options), use)[0].whole

    def write(
        self, request: Request, use: str | None = None, hear: Hear | None = None
    ) -> list[Completion]:
        """Write texts; see `seqtune.tasks.generate.writing`.

        Args:
            request: What is to be written.
            use: Name of the leaderboard row that writes; the winner if None.
            hear: Hears each piece of text as soon as it is certain.
        """
        reader = self.reader(self.models.name_of(use))
        self._tell_unknown(request.prompt, reader.tokens)
        if isinstance(reader.tokens, StepTokens):
            request = replace(request, prompt=reader.tokens.tidy(request.prompt))
        counts = self.prepared.codec.counts[reader.tokens.kind]
        return write(reader, request, hear or unheard, self.frame, counts)

    def prompt_in(self, path: Path) -> str:
        """Return the prompt that a file holds; see `seqtune.tasks.generate.prompt_file`."""
        return prompt_in(path, self.prepared.codec)

    def check_output(self, path: Path, count: int) -> None:
        """Refuse a file whose form cannot hold what the model writes, before it is written.

        Args:
            path: The file.
            count: How many texts there are to be.

        Raises:
            UsageError: It cannot.
            MissingExtra: A library is not installed.
        """
        tokens = self.prepared.codec.tokens.get(SYMBOL)
        if isinstance(tokens, StepTokens) and is_event_file(path):
            check_form(path, count, tokens.layout)

    def next_words(self, text: str, top: int = 10, use: str | None = None) -> list[NextWord]:
        """Return the likeliest next words; see `seqtune.tasks.generate.next_words`.

        Args:
            text: What stands before.
            top: So many words at most.
            use: Name of the leaderboard row that is asked; the winner if None.
        """
        reader = self.reader(self.models.name_of(use))
        self._tell_unknown(text, reader.tokens)
        return next_words(reader, text, top, self.frame)

    def fill(self, text: str, top: int = 10, use: str | None = None) -> list[NextWord]:
        """Return the likeliest words for the gap `___`; see `seqtune.tasks.generate.fill`.

        Args:
            text: The text with its one gap.
            top: So many words at most.
            use: Name of the leaderboard row that is asked; the best network if None.

        Raises:
            RunError: The run was not fitted to fill gaps, or the row is a simple method.
        """
        filler = self.filler(self.models.name_of(use or NETWORK))
        self._tell_unknown(GAP.sub("", text), filler.tokens)
        return fill_gap(filler, text, top)

    @property
    def frame(self) -> Frame:
        """How texts begin and end for the models."""
        codec = self.prepared.codec
        if codec.documents < MANY_DOCUMENTS:
            return ONE_TEXT
        return replace(DOCUMENTS, earlier=codec.before)

    def _filler(self, name: str) -> NetworkFiller:
        """Return a row that reads from both sides."""
        if self.prepared.codec.objective != "fill":
            data = self.context.data or "DATA"
            raise RunError(
                f"{self.context.name} was fitted to continue a text (objective: next), so it "
                "cannot fill gaps",
                f"seqtune fit {shlex.quote(data)} --task generate --set objective=fill",
            )
        first = self.models.open_members(name)[0]
        if first.method:
            raise RunError(
                f"{name} reads from left to right, and cannot fill a gap",
                f"leave out --use {name}",
            )
        return NetworkFiller(first.network, self._tokens(first))

    def _reader(self, name: str) -> Reader:
        """Return a row that reads from left to right.

        Raises:
            RunError: It reads from both sides, so that it cannot write.
        """
        members: Sequence[OpenMember] = self.models.open_members(name)
        is_simple = all(member.method for member in members)
        if not is_simple and self.prepared.codec.objective != "next":
            run = self.context.name
            raise RunError(
                f"{run} was fitted to fill gaps (objective: fill), so it cannot continue a text",
                f"seqtune generate {run} --fill 'Once ___ a time', or fit again with "
                "--set objective=next",
            )
        readers = [self._read(member) for member in members]
        if len(readers) == 1:
            return readers[0]
        gate = self.models.calibrations.get(name)
        weights = [member.weight for member in members]
        return BlendReader(readers, weights, gate if isinstance(gate, Gate) else None)

    def _read(self, member: OpenMember) -> Reader:
        if member.method:
            return simple_reader(self.prepared, member.method)
        return NetworkReader(member.network, self._tokens(member))

    def _tokens(self, member: OpenMember) -> Tokenizer:
        return self.prepared.codec.tokens[str(member.values["tokens.kind"])]

    def _tell_unknown(self, text: str, tokens: Tokenizer) -> None:
        """Say which characters of a text the model never saw."""
        unknown = tokens.unknown_in(text)
        if unknown:
            shown = ", ".join(map(repr, unknown[:MAX_NAMED]))
            is_event = isinstance(tokens, StepTokens)
            what = "an unknown event" if is_event else "an unknown character"
            others = f" and {len(unknown) - MAX_NAMED} others" * (len(unknown) > MAX_NAMED)
            self.context.note(f"the training text has no {shown}{others}: read as {what}")
