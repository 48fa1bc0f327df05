"""`seqtune recipes`: list, show, check and start recipes, and describe them to editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from seqtune.cli import completion
from seqtune.cli.completion import offering
from seqtune.cli.output import AsJson, Force, check_absent

app = typer.Typer(
    help="List, show, check and start recipes.",
    epilog="Example: seqtune recipes list",
    no_args_is_help=True,
)

Task = Annotated[
    str | None,
    typer.Option(
        "--task",
        help="The task, if several have a recipe of this name.",
        autocompletion=offering(completion.tasks),
    ),
]


@app.command("list", epilog="Example: seqtune recipes list --json")
def list_recipes(as_json: AsJson = False) -> None:
    """List the shipped recipes, a line each."""
    from seqtune.recipe import catalogue

    rows = [(name, catalogue.summary(name)) for name in catalogue.names()]
    if as_json:
        _print_json([{"name": name, "description": summary} for name, summary in rows])
        return
    width = max((len(name) for name, _ in rows), default=0)
    for name, summary in rows:
        typer.echo(f"{name:<{width}}  {summary}")


@app.command(epilog="Example: seqtune recipes show forecast/quick --set network.units=[16,32]")
def show(
    name: Annotated[
        str,
        typer.Argument(
            help="A shipped recipe, or a file.", autocompletion=offering(completion.recipes)
        ),
    ],
    task: Task = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Override one key: key.path=value (repeatable).",
            autocompletion=offering(completion.keys),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a recipe with every key, as a search would take it."""
    from seqtune.recipe.load import Recipe, task_of

    recipe = Recipe.load(name, task or task_of(name), overrides or ())
    if as_json:
        _print_json(recipe.to_dict())
    else:
        typer.echo(recipe.to_yaml(), nl=False)


@app.command(epilog="Example: seqtune recipes check my.yaml")
def check(
    file: Annotated[str, typer.Argument(help="The recipe file to check.")],
    as_json: AsJson = False,
) -> None:
    """Check a recipe; list every fault in it at once."""
    from seqtune.recipe.faults import refuse
    from seqtune.recipe.load import faults_of

    path, faults = faults_of(file)
    if as_json:
        rows = [fault.to_dict() for fault in faults]
        _print_json({"file": str(path), "valid": not faults, "faults": rows})
        raise typer.Exit(1 if faults else 0)
    refuse(faults, "seqtune recipes schema  (for an editor that shows faults while you type)")
    typer.echo("ok")


@app.command(epilog="Example: seqtune recipes new forecast -o my.yaml")
def new(
    task: Annotated[
        str,
        typer.Argument(
            help="The task that the recipe is for.", autocompletion=offering(completion.tasks)
        ),
    ],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    force: Force = False,
) -> None:
    """Print a starter recipe in which every key is explained, or write it to a file."""
    from seqtune.files import write_text
    from seqtune.recipe.starter import starter

    if output is None:
        typer.echo(starter(task), nl=False)
    else:
        check_absent(output, force)
        write_text(output, starter(task))
        typer.echo(f"wrote {output}; next: seqtune recipes check {output}", err=True)


@app.command(epilog="Example: seqtune recipes schema --task forecast")
def schema(
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            help="Only the recipes of this task.",
            autocompletion=offering(completion.tasks),
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of recipes, by which editors complete and check them."""
    from seqtune.recipe.editor import json_schema

    _print_json(json_schema(task))


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
