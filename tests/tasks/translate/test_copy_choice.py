"""Whether the source can be copied, by the rare words of answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from seqtune.progress import silent
from seqtune.tasks.translate.copy_choice import choose_copying

TEXT: Any = SimpleNamespace(is_text=True, target_kind="text")


def facts(share: float, cases: int = 50) -> tuple[list[str], list[str]]:
    """Sentences that name something, of a share of which the source has the name."""
    known = round(share * cases)
    sources = [f"place(Name{n if n < known else -n})" for n in range(cases)]
    return sources, [f"there is a very nice place called name{n} here" for n in range(cases)]


@pytest.mark.parametrize(("share", "is_copied"), [(1.0, True), (0.4, True), (0.38, False)])
def test_it_pays_where_rare_words_stand_in_the_source(share: float, is_copied: bool) -> None:
    told: list[Any] = []
    assert choose_copying("auto", TEXT, *facts(share), told.append) is is_copied
    assert len(told) == is_copied


def test_few_rare_words_say_nothing() -> None:
    assert choose_copying("auto", TEXT, *facts(1.0, 19), silent) is False


@pytest.mark.parametrize("asked", [True, False, (False, True)])
def test_what_was_asked_for_stays(asked: Any) -> None:
    assert choose_copying(asked, TEXT, *facts(1.0), silent) == asked


def test_spellings_and_series_are_not_copied() -> None:
    words = [f"word{n}" for n in range(50)]
    assert choose_copying("auto", TEXT, words, words, silent) is False
    series: Any = SimpleNamespace(is_text=False, target_kind="text")
    assert choose_copying("auto", series, (), facts(1.0)[1], silent) is False
