"""The report of a run or a bundle as a page, and a page that compares the runs of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from seqtune.figures.block import Block
from seqtune.figures.listing import Listing
from seqtune.pages import page as pages
from seqtune.report.blocks.cost import cost_block
from seqtune.report.blocks.curves import curves_block
from seqtune.report.blocks.data import data_block
from seqtune.report.blocks.explanation import explanation_block
from seqtune.report.blocks.members import members_block
from seqtune.report.blocks.refit import refit_block
from seqtune.report.blocks.repeat import repeat_block
from seqtune.report.blocks.runs import runs_blocks
from seqtune.report.blocks.search import search_block
from seqtune.report.blocks.verdict import verdict_block
from seqtune.report.build import bundle_report, fit_report
from seqtune.report.runs import RunsReport
from seqtune.run.bundle import Bundle
from seqtune.run.evidence import read_evidence
from seqtune.run.run import Run

if TYPE_CHECKING:
    from seqtune.run.fitted import Fitted


def blocks_of(run: Fitted) -> tuple[Block, ...]:
    """Return what a page shows of a run or a bundle, in its order.

    The verdict comes first, then what the task has to show of the models at work, then how they
    came to be.

    Raises:
        RunError: A file of the run folder, which may come from a stranger, is damaged.
    """
    evidence = read_evidence(run.folder)
    blocks: Sequence[Block | None]
    if isinstance(run, Run):
        report = fit_report(run)
        blocks = (
            _with_commands(verdict_block(run.board, report.verdict), report.next_commands),
            *evidence,
            refit_block(run),
            data_block(run.record, run.summary.notes),
            search_block(run),
            curves_block(run),
            explanation_block(run),
            members_block(run),
            cost_block(run, run.summary),
            repeat_block(run),
        )
    else:
        assert isinstance(run, Bundle)
        about = bundle_report(run)
        said = f"A bundle that holds {about.row} of the leaderboard below."
        blocks = (
            _with_commands(verdict_block(run.board, (said,)), about.next_commands),
            *evidence,
            data_block(run.record, _notes(run)),
            members_block(run),
            cost_block(run, None),
            repeat_block(run),
        )
    return tuple(block for block in blocks if block is not None)


def page(run: Fitted) -> str:
    """Return the report of a run or a bundle as a page: the text of an HTML file.

    Args:
        run: What `seqtune.load` opened, or `seqtune.fit` returned.

    Raises:
        RunError: A file of the run folder, which may come from a stranger, is damaged.
    """
    record = run.record
    data = record.get("data", {}).get("path")
    about = [
        str(record["task"]),
        PurePath(str(data)).name if isinstance(data, str) and data else "",
        run.status if isinstance(run, Run) else "bundle",
        str(record.get("began") or record.get("exported") or "")[:10],
    ]
    name = run.path.resolve().name or str(run.path)
    return pages.page(name, blocks_of(run), [text for text in about if text], "seqtune report")


def runs_page(report: RunsReport) -> str:
    """Return the page that compares the runs of a folder."""
    name = Path(report.folder).resolve().name or report.folder
    return pages.page(f"Runs in {name}", runs_blocks(report), [], "seqtune runs")


def framed_page(run: Fitted) -> str:
    """Return the page of a run or a bundle as a notebook shows it: in a frame."""
    return pages.framed(page(run))


def _with_commands(block: Block, commands: Sequence[str]) -> Block:
    """Return a block with what to type next at its end."""
    if not commands:
        return block
    listing = Listing(title="Next", text="\n".join(commands)[:20_000])
    return block.model_copy(update={"figures": (*block.figures, listing)})


def _notes(bundle: Fitted) -> tuple[str, ...]:
    fitted = bundle.record.get("fitted")
    notes = fitted.get("notes") if isinstance(fitted, dict) else None
    return tuple(map(str, notes)) if isinstance(notes, list) else ()
