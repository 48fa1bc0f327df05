"""What of a search stands in its run folder: never a name without what it stands for."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from seqtune.errors import RunError
from seqtune.files import write_json
from seqtune.run.chance import with_errors
from seqtune.run.checkpoint import checkpoint_rows, write_checkpoint
from seqtune.run.ensemble_choice import is_hedged
from seqtune.run.joined import JOINED, can_join, joined_leads
from seqtune.run.leaderboard import Leaderboard
from seqtune.run.leaderboard_row import Row
from seqtune.run.members import Member, read_members, write_calibrations, write_members
from seqtune.run.retention import prune
from seqtune.run.selection import BLEND, Selection
from seqtune.search.problem import Problem
from seqtune.search.trial import Result
from seqtune.tasks._abilities import Hedges


@dataclass
class Publication:
    """The leaderboard of a run and what it refers to.

    Args:
        problem: Task, data and run folder.
        baselines: The baselines' rows of the leaderboard.
        chosen: What an earlier search has chosen; empty where validation chooses.
        blended: Names of the simple methods that an ensemble may take in.
    """

    problem: Problem
    baselines: list[Row] = field(default_factory=list)
    chosen: str = ""
    blended: Collection[str] = ()
    _members: dict[str, list[Member]] | None = None

    def write_board(self, rows: Sequence[Row], selection: Selection | None = None) -> None:
        """Write the leaderboard.

        Args:
            rows: Rows beside those of the baselines.
            selection: What knows the predictions for the validation part; None where it is too
                early to say how sure their figures are.
        """
        task = self.problem.task
        board = Leaderboard(
            self.problem.metric,
            self.problem.direction,
            (*self.baselines, *rows),
            chosen=self.chosen,
        )
        if board.row(JOINED) is not None and can_join(self.problem):
            leads = joined_leads(self.problem)
            carried = {} if selection is None else selection.carried()
            board = replace(board, joined=JOINED, joined_leads=leads, carried=carried)
        board = replace(board, surest=self._surest(board))
        if (best := board.best_network) and math.isfinite(score := board.validation_score(best)):
            is_blended = any(row.name == BLEND for row in rows) and is_hedged(self.problem)
            margin = score if is_blended else task.margin(self.problem.prepared, score)
            board = replace(board, margin=margin)
        figures = [
            board.test_score(row) for row in (board.best_searched, board.best_baseline) if row
        ]
        if len(figures) == 2 and all(map(math.isfinite, figures)):
            middle = sum(figures) / 2
            error = task.standard_error(self.problem.prepared, "test", middle)
            board = replace(board, standard_error=error)
        if selection is not None:
            board = with_errors(board, self.problem, selection.held_out)
        write_json(self.problem.folder / "leaderboard.json", board.to_dict())

    def _surest(self, board: Leaderboard) -> str:
        """Return the row that is known by more than validation, where that says little.

        It is the blend with a method that is known so, or the method, as long as there is none.
        """
        problem = self.problem
        if not is_hedged(problem) or not isinstance(problem.task, Hedges):
            return ""
        share = problem.task.validation_share
        known = [
            row.name
            for row in board.ranked()
            if row.name in self.blended
            and math.isfinite(board.validation_score(row))
            and share(problem.prepared, row.name) < 1
        ]
        if known and board.row(BLEND) is not None:
            return BLEND
        return known[0] if known else ""

    def checkpoint(
        self,
        results: dict[str, Result],
        state: dict[str, Any],
        selection: Selection,
        running: Collection[str],
    ) -> None:
        """Keep what a killed run needs to be resumed, reported and used, and no more.

        Args:
            results: Trials so far, by name.
            state: What the search needs to go on.
            selection: Of those trials whose networks are kept.
            running: Trials under way: what they have on disk stays.
        """
        write_checkpoint(self.problem.folder, list(results.values()), state)
        before = self._published()
        members = selection.members()
        self._publish(members, checkpoint_rows(self.problem, selection.results))
        needed = {result.trial for result in selection.results}.union(running)
        through = {name for name, result in results.items() if not result.folds_left}
        prune(
            self.problem.folder,
            results.keys() - needed,
            {**before, **members},
            through.difference(running),
        )

    def conclude(self, selection: Selection) -> None:
        """Write what came of the search: calibrations, members, leaderboard.

        Args:
            selection: What was chosen and scored.
        """
        write_calibrations(self.problem.folder, selection.calibrations())
        self._publish(selection.members(), selection.rows(), selection)

    def _publish(
        self,
        members: dict[str, list[Member]],
        rows: Sequence[Row],
        selection: Selection | None = None,
    ) -> None:
        """Write the leaderboard after what it refers to.

        Who reads at this moment has the earlier leaderboard with the new members, so that these
        stand beside the earlier ones until the next time.
        """
        write_members(self.problem.folder, {**self._published(), **members})
        self.write_board(rows, selection)
        self._members = members

    def _published(self) -> dict[str, list[Member]]:
        """Return the members of the last leaderboard; of an earlier command, at first."""
        if self._members is None:
            try:
                self._members = read_members(self.problem.folder)
            except RunError:
                self._members = {}
        return self._members
