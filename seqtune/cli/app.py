"""The `seqtune` command: its sub-commands, and how errors reach the user."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Annotated

import typer

from seqtune.cli import (
    doctor,
    evaluate,
    export,
    fit,
    inspect,
    plan,
    predict,
    recipes,
    refit,
    report,
    resume,
    runs,
    serve,
    shells,
)
from seqtune.cli.output import print_error, show_error
from seqtune.cli.streams import OutputLost, guarded_streams
from seqtune.errors import SeqtuneError, UsageError
from seqtune.files import hint_of
from seqtune.runtime.interrupt import (
    INTERRUPTED,
    ended_by_signals,
    exit_code,
    interruption,
)
from seqtune.tasks._info import infos

app = typer.Typer(
    help="From a CSV to the best recurrent network for it, with proof.",
    epilog="Example: seqtune fit data/airline.csv --task forecast --budget 60s",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
OF_TASKS = [import_module(name) for info in infos() for name in info.commands]
COMMANDS = (
    *(fit, plan, resume, predict, *OF_TASKS, evaluate, report, runs),
    *(export, serve, refit, inspect, doctor),
)
for module in COMMANDS:
    app.command(module.NAME, epilog=f"Example: {module.EXAMPLE}")(module.command)
app.add_typer(recipes.app, name="recipes")


def _print_versions(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        for package in ("seqtune", "keras", "keras-tuner", "jax", "tensorflow"):
            try:
                found = version(package)
            except PackageNotFoundError:
                found = "not installed"
            typer.echo(f"{package} {found}")
        raise typer.Exit


@app.callback()
def seqtune(
    versions: Annotated[
        bool | None,
        typer.Option(
            "--version", callback=_print_versions, is_eager=True, help="Print versions and exit."
        ),
    ] = None,
) -> None:
    """From a CSV to the best recurrent network for it, with proof."""


def main() -> None:
    """Run the command line; an error that the user can mend is two lines, not a traceback."""
    if shells.is_asked():
        sys.exit(shells.answer(lambda: app(prog_name="seqtune", complete_var=shells.ASKED)))
    with guarded_streams(), ended_by_signals(is_command=True):
        code = _run()
        gc.freeze()  # all of it goes with the process; to look for garbage first takes 0.2 s
        sys.exit(code)


def _run() -> int:
    """Run the command line and return its exit code."""
    try:
        try:
            app()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
            sys.stdout.flush()
            if _came_from_a_signal(end):
                raise KeyboardInterrupt from end
            return exit_code() if code == INTERRUPTED else code
    except SeqtuneError as error:
        show_error(error)
        return 2 if isinstance(error, UsageError) else 1
    except OutputLost as lost:
        print_error("error", f"stdout took no more: {lost.reason}; the rest of the output is lost")
        return lost.code
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print_error("error", f"{where}{error.strerror or error}")
        print_error("hint", hint_of(error))
        return 1
    except KeyboardInterrupt:
        typer.echo(interruption(sys.stderr.isatty()), err=True)
        return exit_code()
    return 0


def _came_from_a_signal(end: BaseException | None) -> bool:
    """Say whether typer has turned a signal into the end of the command."""
    while end is not None and not isinstance(end, KeyboardInterrupt):
        end = end.__cause__ or end.__context__
    return end is not None


if __name__ == "__main__":
    main()
