"""What a predictor of one row needs, in a folder of its own, ready to be zipped."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from seqtune.export.networks import write_network
from seqtune.files import write_json, write_text
from seqtune.run.evidence import EVIDENCE
from seqtune.run.members import CALIBRATION, Member, read_calibrations, write_members
from seqtune.run.predictor import Predictor


def write_contents(predictor: Predictor, row: str, folder: Path) -> None:
    """Write data, codec, leaderboard, members, calibrations, evidence and networks of one row.

    The leaderboard is kept whole, so that the row can be seen beside the others; their networks
    are left out.

    Args:
        predictor: The run's.
        row: Name of a row of its leaderboard.
        folder: An empty folder.

    Raises:
        ExportError: A network cannot be converted.
    """
    predictor.prepared.save(folder)
    write_text(folder / "recipe.yaml", predictor.recipe.to_yaml())
    write_json(folder / "leaderboard.json", predictor.board.to_dict())
    members, both = predictor.members.get(row, []), predictor.task.asks_searched
    exported = [_exported(member, both=both) for member in members]
    write_members(folder, {row: exported} if members else {})
    _write_calibrations(predictor, row, members, folder)
    if (evidence := predictor.folder / EVIDENCE).exists():
        shutil.copyfile(evidence, folder / EVIDENCE)
    for loaded in predictor.open_members(row):
        if loaded.method:
            continue
        written = _exported(loaded.member, both=both)
        write_network(predictor, loaded.values, loaded.network, folder / written.file)
        if written.refitted:
            searched = loaded.network.searched
            write_network(predictor, loaded.values, searched, folder / written.model)


def _exported(member: Member, *, both: bool) -> Member:
    """Return a member whose files are those of the bundle.

    Args:
        member: A member of the run.
        both: Whether a network that was refitted is kept as it was before, too.
    """
    if not both:
        return replace(member, model=_name(member.file), refitted="")
    return replace(member, model=_name(member.model), refitted=_name(member.refitted))


def _name(file: str) -> str:
    """Return the file of the bundle for one of a run folder; "" for none."""
    return file.removesuffix(".keras") + ".json" if file else ""


def _write_calibrations(
    predictor: Predictor, row: str, members: Sequence[Member], folder: Path
) -> None:
    """Write what makes the row and its members honest; nothing where nothing does."""
    wanted = {row, *(member.method or member.trial for member in members)}
    known = read_calibrations(predictor.folder)
    kept = {name: values for name, values in known.items() if name in wanted}
    if kept:
        write_json(folder / CALIBRATION, kept)
