"""A short search of a sample for every task, and the stages in which its commands are ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"

LASTS = {
    "start": 1.0, "read": 2.0, "prepare": 1.0, "baselines": 5.0, "resume": 4.0, "search": 10.0,
    "ensemble": 0.1, "refit": 2.0, "score": 0.5, "explain": 4.0, "report --explain": 4.0,
    "use": 4.0,
}  # fmt: skip
"""Seconds that stages last, before more is known."""

COMMON = (
    "--budget", "10m", "--set", "training.steps=40", "--set", "training.steps_per_epoch=10",
    "--set", "network.units=[4,8]", "--set", "network.layers=1", "--set", "network.cell=gru",
    "--set", "portfolio=[]",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A task's sample, and a search of it that is short.

    Args:
        data: The file.
        flags: Of `fit`.
        use: The command that uses a run, without the run: its name, and what follows the run.
        explains: Whether the task explains its networks.
    """

    data: Path
    flags: tuple[str, ...]
    use: tuple[str, ...]
    explains: bool = False

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages in which its run is ended, in their order."""
        early = ("start", "read", "prepare", "baselines", "resume", "search")
        late = ("ensemble", "refit", "explain", "report --explain")
        return (*early, *late) if self.explains else (*early, "search", "ensemble", "refit", "use")


def methods(*names: str) -> tuple[str, str]:
    """Return the flags for simple methods."""
    return "--set", f"baselines.methods=[{','.join(names)}]"


SAMPLES = {
    "forecast": Sample(
        DATA / "airline.csv", methods("naive", "seasonal_naive", "theta", "ets"),
        ("predict",), explains=True,
    ),
    "anomaly": Sample(
        DATA / "machine.csv",
        (*methods("moving_z_score", "seasonal_residual", "isolation_forest"),
         "--set", "network.architecture=stacked", "--set", "network.layers=1",
         "--set", "preprocessing.points=2", "--set", "preprocessing.reach=0.5",
         "--set", "training.batch_size=8"),
        ("predict", str(DATA / "machine.csv")),
    ),
    "classify": Sample(
        DATA / "gestures.csv",
        (*methods("majority", "nearest_neighbour", "random_convolutions"),
         "--set", "validation.folds=0", "--set", "network.architecture=[segment,stacked]"),
        ("predict", str(DATA / "gestures.csv")),
    ),
    "generate": Sample(
        DATA / "tales.txt",
        (*methods("unigram", "kneser_ney"), "--set", "training.sequence=16",
         "--set", "tokens.kind=character"),
        ("generate", "--prompt", "Once", "--length", "20"),
    ),
}  # fmt: skip
"""A sample for every task."""
