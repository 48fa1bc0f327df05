import pytest

from seqtune.errors import RecipeError
from seqtune.recipe.duration import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90.0),
        ("10m", 600.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        ("1h1m1s", 3661.0),
        ("1.5m", 90.0),
        (" 5M ", 300.0),
        ("45", 45.0),
        (45, 45.0),
        (0.5, 0.5),
    ],
)
def test_durations_are_read_in_seconds(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "0", "0s", "-5m", "soon", "5x", "5 m m", "m", "30m1h", "1e3", "nan", "٣m"),
        *(0, -1, float("nan"), float("inf"), True),
    ],
)
def test_nonsense_and_nothing_are_refused(text):
    with pytest.raises(RecipeError, match="expected a duration above zero such as 90s"):
        seconds(text)
