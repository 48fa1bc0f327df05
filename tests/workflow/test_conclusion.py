"""What follows a search leaves a whole run behind, wherever it is cut off."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from seqtune.progress import silent
from seqtune.runtime.interrupt import Interrupt
from seqtune.workflow.conclusion import Conclusion

STEPS = ("_score", "_illustrate", "_keep_evidence", "_write_tail")


@pytest.fixture
def conclusion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Conclusion:
    """A conclusion whose steps write down that they were taken."""
    taken: list[str] = []
    for step in STEPS:
        monkeypatch.setattr(Conclusion, step, lambda *_, step=step: taken.append(step))
    selection = SimpleNamespace(
        select=lambda *_: None, ranked=lambda: [1], weightiest=lambda: None, taken=taken
    )
    searching = SimpleNamespace(
        selection=lambda: selection, publication=SimpleNamespace(conclude=lambda _: None)
    )
    ensemble = SimpleNamespace(size=1)
    fitting: Any = SimpleNamespace(
        folder=tmp_path,
        clock=SimpleNamespace(seconds=1.0),
        recipe=SimpleNamespace(values=SimpleNamespace(ensemble=ensemble)),
        searching=searching,
        tell=silent,
    )
    return Conclusion(fitting, Interrupt(silent))


def taken(conclusion: Conclusion) -> list[str]:
    selection: Any = conclusion.fitting.searching.selection()
    return list(selection.taken)


def test_a_run_is_complete_before_its_page_is_thought_of(
    conclusion: Conclusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Conclusion, "_keep_evidence", cut_off)
    with pytest.raises(KeyboardInterrupt):
        conclusion.run()
    assert taken(conclusion) == ["_score", "_illustrate", "_write_tail"]


def test_what_the_page_could_not_show_is_kept_with_the_run(conclusion: Conclusion) -> None:
    conclusion.run()
    assert taken(conclusion)[-2:] == ["_keep_evidence", "_write_tail"]


@pytest.mark.parametrize("name", ["evidence.json", "explanation.json"])
def test_nothing_is_shown_of_the_models_of_an_earlier_command(
    conclusion: Conclusion, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("[]")
    conclusion.run()
    assert not (tmp_path / name).exists()
