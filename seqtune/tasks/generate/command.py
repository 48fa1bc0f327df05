"""`seqtune generate`: text from a generate run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering
from seqtune.cli.flag_groups import with_flag_groups
from seqtune.cli.output import (
    AsJson,
    Force,
    Quiet,
    RunOrBundle,
    check_absent,
    put,
    show,
    show_notes,
)
from seqtune.tasks._info import info_of

if TYPE_CHECKING:
    from seqtune.run.fitted import Fitted
    from seqtune.tasks.generate.report_completion import WrittenReport
    from seqtune.tasks.generate.request import Request

NAME = "generate"
EXAMPLE = 'seqtune generate runs/tales-generate-1 --prompt "Once" --length 300'


@dataclass(frozen=True)
class TextFlags:
    """What text is to be written, as `seqtune generate` takes it."""

    prompt: Annotated[str | None, typer.Option(help="How the text begins.")] = None
    prompt_file: Annotated[
        Path | None, typer.Option(help="File with the prompt: UTF-8 text, or music.")
    ] = None
    length: Annotated[
        int, typer.Option(help="Maximum number of new characters; of music or events, of steps.")
    ] = 500
    temperature: Annotated[
        float,
        typer.Option(
            help="0 looks for the most likely text; 1 samples from the model; more is more random."
        ),
    ] = 0.7
    top_k: Annotated[
        int | None, typer.Option(help="Sample only from the K most likely tokens.")
    ] = None
    top_p: Annotated[
        float,
        typer.Option(
            help="Sample only from the most likely tokens that together have this probability."
        ),
    ] = 0.95
    repetition_penalty: Annotated[
        float,
        typer.Option(help="Above 1, tokens that are already there become less likely."),
    ] = 1.0
    no_repeat: Annotated[
        int | None, typer.Option(metavar="N", help="Write no sequence of N tokens twice.")
    ] = None
    seed: Annotated[int, typer.Option(help="Seed of all random numbers.")] = 0
    stop: Annotated[list[str] | None, typer.Option(help="Stop before this text (repeatable).")] = (
        None
    )
    count: Annotated[int, typer.Option(help="Number of texts.")] = 1

    def request(self) -> tuple[Request, Path | None]:
        """Return what is to be written, and the file of events that is its prompt, if one is."""
        from seqtune.tasks.generate.event_files.endings import is_event_file
        from seqtune.tasks.generate.prompt_text import text_in
        from seqtune.tasks.generate.request import Request
        from seqtune.tasks.generate.sampling import SamplingSettings

        events = self.prompt_file if self.prompt_file and is_event_file(self.prompt_file) else None
        text = text_in(self.prompt_file) if self.prompt_file and not events else self.prompt
        choice = SamplingSettings(
            self.temperature, self.top_k, self.top_p, self.seed, self.repetition_penalty,
            self.no_repeat,
        )  # fmt: skip
        return Request(text or "", self.length, choice, tuple(self.stop or ()), self.count), events


@dataclass(frozen=True)
class WordFlags:
    """Which words are to be listed instead, as `seqtune generate` takes it."""

    next_text: Annotated[
        str | None,
        typer.Option("--next", metavar="TEXT", help="List the most likely next words instead."),
    ] = None
    fill: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="List the most likely words for the gap ___ in TEXT."),
    ] = None
    top: Annotated[int, typer.Option(min=1, help="Number of words with --next or --fill.")] = 10

    @property
    def asked(self) -> str:
        """The flag that asks for words; "" where none does."""
        return "--next" if self.next_text is not None else "--fill" if self.fill is not None else ""


@with_flag_groups
def command(
    run: RunOrBundle,
    *,
    written: TextFlags,
    use: Annotated[
        str | None,
        typer.Option(
            help="Leaderboard row that writes, or `network`; default: the winner.",
            autocompletion=offering(completion.rows),
        ),
    ] = None,
    words: WordFlags,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="File to write: text; music as .mid, .abc or .json; events as .csv or .json.",
        ),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write text with a generate run, or list the words that it expects."""
    _check_one("--next", words.next_text, "--fill", words.fill)
    _check_one("--prompt", written.prompt, "--prompt-file", written.prompt_file)
    if words.asked:
        _check_one(words.asked, True, "--prompt", written.prompt)
        _check_one(words.asked, True, "--prompt-file", written.prompt_file)
        _check_one(words.asked, True, "--output", output)
        _check_one(words.asked, True, "--stop", written.stop or None)
        _list_words(run, words, use, as_json)
        return
    request, events = written.request()
    check_absent(output, force)
    _write(_open(run), request, events, use, output, as_json, quiet)


def _write(
    run: Fitted,
    request: Request,
    prompt_file: Path | None,
    use: str | None,
    output: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write the texts: as they are made where somebody looks on, else at the end."""
    import sys
    from dataclasses import replace

    from seqtune.tasks.generate.report_completion import WrittenReport

    if prompt_file is not None:
        request = replace(request, prompt=run.prompt_in(prompt_file))
    if output is not None:
        run.check_output(output, request.count)
    is_live = output is None and not as_json and request.count == 1 and sys.stdout.isatty()
    texts = run.write(request, use=use, hear=_shown if is_live else _kept)
    report = WrittenReport(str(run.path), run.choose(use).name, texts)
    if is_live:
        typer.echo()
    show_notes(run.notes)
    _put(report, output, as_json, is_live)
    if not quiet:
        typer.echo(report.speed, err=True)


def _put(report: WrittenReport, output: Path | None, as_json: bool, is_live: bool) -> None:
    if output is not None:
        typer.echo(f"wrote {report.save(output)} to {output}", err=True)
    if as_json:
        show(report, as_json)
    elif output is None and not is_live:
        put(report.plain + "\n")


def _list_words(folder: str, words: WordFlags, use: str | None, as_json: bool) -> None:
    from seqtune.run.row_choice import NETWORK
    from seqtune.tasks.generate.report_completion import WordsReport

    run = _open(folder)
    found: Any
    if words.fill is None:
        text = words.next_text or ""
        found = run.next_words(text, top=words.top, use=use)
    else:
        text, use = words.fill, use or NETWORK
        found = run.fill(text, top=words.top, use=use)
    show_notes(run.notes)
    show(WordsReport(str(run.path), run.choose(use).name, text, found), as_json)


def _open(folder: str) -> Fitted:
    """Open a run that writes.

    Raises:
        RunError: It is a run of another task.
    """
    from seqtune.errors import RunError
    from seqtune.run.load import load

    run = load(folder)
    task = run.record["task"]
    if info_of(task).verb != NAME:
        raise RunError(
            f"{run.path} is a run of {task}, which writes no text",
            f"seqtune predict {run.path}",
        )
    return run


def _shown(text: str) -> None:
    from seqtune.drawing.wording import visible

    typer.echo(visible(text), nl=False)


def _kept(text: str) -> None:
    """Show nothing yet."""


def _check_one(first: str, one: object, second: str, other: object) -> None:
    from seqtune.errors import UsageError

    if one is not None and other is not None:
        raise UsageError(f"{first} and {second} cannot both be given", f"leave out {second}")
