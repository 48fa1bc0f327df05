"""`model_card.md` of a bundle: what it is, what it was fitted on, how good it is, and its limits.

Source:
    Mitchell et al., Model cards for model reporting, FAT* 2019: which questions a card answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seqtune.drawing.wording import count, figure, metric_name, several
from seqtune.export.dockerfile import plain_name
from seqtune.export.markdown import bullets, plain, table
from seqtune.run.export_summary import Agreement
from seqtune.run.leaderboard_row import Row
from seqtune.run.run import Run
from seqtune.run.verdict import verdict
from seqtune.tasks._info import TaskInfo, info_of

SPAN = "_span"
"""How the keys end that say from when to when a part of the data is."""

PARTS = ("training", "validation", "test")


def model_card(
    run: Run, row: Row, record: Mapping[str, Any], comparison: Agreement, file: str
) -> str:
    """Return the card, in Markdown.

    Args:
        run: Where the bundle comes from.
        row: The row of its leaderboard.
        record: What `bundle.json` says.
        comparison: How exactly it predicts what the run does.
        file: Name of the bundle's file.
    """
    info, data = info_of(run.task.name), record["data"]
    sections: dict[str, list[str]] = {
        "": [
            f"# {plain(row.name)}: {plain(info.summary)}",
            "",
            f"A model of the task `{info.name}`, fitted by seqtune and exported to predict "
            "without Keras.",
        ],
        "Model": bullets(_model(run, row, record)),
        "Data": bullets(_data(data)),
        "Columns": _columns(data),
        "Figures": _figures(run, row),
        "Limits": bullets(_limits(info, record, comparison)),
        "Versions": _versions(record),
        "Use": _use(info, plain_name(file), new_data(info, record)),
    }
    parts = [
        "\n".join([f"## {name}", "", *lines] if name else lines)
        for name, lines in sections.items()
        if lines
    ]
    return "\n\n".join(parts) + "\n"


def _model(run: Run, row: Row, record: Mapping[str, Any]) -> Iterator[str]:
    kinds = {"baseline": "a simple method", "network": "a recurrent network"}
    yield f"Kind: {kinds.get(row.kind, 'an ensemble')}"
    if row.detail:
        yield f"Configuration: {plain(row.detail)}"
    if row.parameters is not None:
        yield f"Trainable parameters: {count(row.parameters)}"
    if row is not run.board.winner and run.board.winner is not None:
        yield f"Not the winner of its leaderboard, which is {plain(run.board.winner.name)}"
    yield f"Seed: {record['seed']}"
    if began := record["fitted"]["began"]:
        yield f"Fitted: {plain(began)}"
    yield f"Exported: {plain(record['exported'])}"


def _data(data: Mapping[str, Any]) -> Iterator[str]:
    if data.get("path"):
        yield f"File: {plain(data['path'])}"
    yield f"Fingerprint: {plain(data.get('fingerprint', 'unknown'))}"
    if isinstance(data.get("rows"), int):
        yield f"Size: {_in_units(data['rows'], data)}"
    for name in ("series", "frequency", "horizon"):
        if data.get(name):
            yield f"{name.capitalize()}: {plain(data[name])}"
    for name, fact in data.get("facts", {}).items():
        yield f"{plain(name).capitalize()}: {plain(fact)}"
    for part, rows, span in _parts(data):
        yield f"{part.capitalize()} part: {rows}{span}"


def _parts(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield of each part of the data its name, its size and its period."""
    for part in PARTS:
        rows, span = data.get(f"{part}_rows"), data.get(f"{part}{SPAN}")
        if isinstance(rows, int):
            period = f", {plain(span[0])} to {plain(span[1])}" if span else ""
            yield part, _in_units(rows, data), period


def _in_units(number: int, data: Mapping[str, Any]) -> str:
    unit = str(data.get("unit", "row"))
    return several(number, unit, unit if unit.endswith("s") else "")


def _columns(data: Mapping[str, Any]) -> list[str]:
    roles = data.get("roles", {})
    rows = [(role, ", ".join(map(str, names))) for role, names in roles.items()]
    return table(["role", "columns"], rows) if rows else []


def _figures(run: Run, row: Row) -> list[str]:
    """Return the figures of the row and of the best simple method, and the verdict."""
    board = run.board
    rows = list(dict.fromkeys(each.name for each in (row, board.best_baseline) if each))
    models = [each for each in map(board.row, rows) if each is not None]
    names = list(dict.fromkeys(name for each in models for name in (*each.validation, *each.test)))
    names.sort(key=lambda name: name != board.metric)
    head = ["metric", *(f"{each.name}, {part}" for each in models for part in PARTS[1:])]
    lines = [
        [
            metric_name(name),
            *(figure(part.get(name)) for each in models for part in (each.validation, each.test)),
        ]
        for name in names
    ]
    way = "lower" if board.direction == "min" else "higher"
    return [
        f"Models were compared by {plain(metric_name(board.metric))} on the validation part; {way} "
        "is better. The test part was scored once, after the choice.",
        "",
        *table(head, lines),
        "",
        _verdict(run, row),
    ]


def _verdict(run: Run, row: Row) -> str:
    """Return what the figures say, without the commands, which are of the run."""
    board = run.board
    said = [_long(each) for each in verdict(board, "", run.record.get("left_out", {}), verb="")]
    compared = {each.name for each in (board.best_searched, board.best_baseline) if each}
    own = [] if row.name in compared else [f"This model is {plain(row.name)}."]
    return " ".join([*said, *own])


def _long(sentence: str) -> str:
    """Return a sentence made plain, not cut."""
    return " ".join(plain(word) for word in sentence.split())


def _limits(info: TaskInfo, record: Mapping[str, Any], comparison: Agreement) -> Iterator[str]:
    yield (
        "It knows what is in the data above and nothing since; data of another origin, unit or "
        "period may be predicted badly. `seqtune evaluate` and the `/metrics` of a server say what "
        "has drifted."
    )
    yield from info.limits
    yield "The rows that it was fitted on are inside this file: who has it can read them."
    yield (
        f"Checked at export: on {count(comparison.examples)} {comparison.unit} of the "
        f"{comparison.part} part it predicts what the run does to {comparison.difference:.1e} of "
        "the predictions' scale."
    )
    if lost := record.get("quantized"):
        yield (
            f"Its weights are {lost['kind']}: {plain(metric_name(lost['metric']))} on the "
            f"validation part is {lost['after']:.4g}, with the run's own weights "
            f"{lost['before']:.4g}."
        )
    for note in record["fitted"]["notes"]:
        yield f"Noted by the fit: {_long(note)}"


def _versions(record: Mapping[str, Any]) -> list[str]:
    fitted, here = record["fitted"]["versions"], record["versions"]
    names = sorted({*fitted, *here})
    return table(
        ["package", "fitted with", "exported with"],
        [(name, fitted.get(name) or "", here.get(name) or "") for name in names],
    )


def new_data(info: TaskInfo, record: Mapping[str, Any]) -> str:
    """Return what stands for new rows in a command; "" where it can do without.

    Args:
        info: What the task says of itself.
        record: What `bundle.json` says.
    """
    if info.needs_data:
        return "NEW.csv"
    return "FUTURE.csv" if record["future"] else ""


def _use(info: TaskInfo, file: str, data: str) -> list[str]:
    verb = info.verb
    predicting = " ".join(filter(None, ["seqtune predict", file, data, "-o predictions.csv"]))
    first = predicting if verb == "predict" else f"seqtune {verb} {file}"
    call = f"model.predict({data!r})" if data else f"model.{verb}()"
    return [
        "```sh",
        f"unzip {file} requirements.txt && python -m venv venv && . venv/bin/activate",
        "pip install --no-deps -r requirements.txt && python -m seqtune.export.slim",
        first,
        f"seqtune serve {file}",
        "```",
        "",
        "```python",
        "import seqtune",
        "",
        f'model = seqtune.load("{file}")',
        call,
        "```",
    ]
