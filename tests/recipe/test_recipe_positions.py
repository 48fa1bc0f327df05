import math

import pytest

from seqtune.recipe.positions import read_yaml

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + below] * 10)}]\n"
    for below, name in zip("abcdefgh", "bcdefghi", strict=True)
)


LARGE = "found no valid YAML: the code of a character, or a version, that is too large"


def faults(text):
    return [str(fault) for fault in read_yaml(text, "r.yaml").faults]


def test_every_key_and_item_has_its_line_and_column():
    document = read_yaml("a: 1\nb:\n  c:\n    - 5\n    - x\n", "r.yaml")
    assert document.value == {"a": 1, "b": {"c": [5, "x"]}}
    places = {steps: (p.line, p.column) for steps, p in document.places.items() if steps}
    assert places == {
        ("a",): (1, 1),
        ("b",): (2, 1),
        ("b", "c"): (3, 3),
        ("b", "c", 0): (4, 7),
        ("b", "c", 1): (5, 7),
    }


def test_what_was_not_written_stands_at_the_nearest_thing_around_it():
    document = read_yaml("a:\n  b: 1\n", "r.yaml")
    assert str(document.place(("a", "zzz", 3))) == "r.yaml:1"
    assert str(document.place(("a", "b", "c"))) == "r.yaml:2"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 0.0001),
        ("1E5", 100000.0),
        ("-.5", -0.5),
        ("3.", 3.0),
        ("010", 10),
        ("0x10", 16),
        ("0o10", 8),
        ("+7", 7),
        ("12:30", "12:30"),
        ("2024-01-31", "2024-01-31"),
        ("1_000", "1_000"),
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("nullable", "nullable"),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("-.inf", -math.inf),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_read_as_yaml_1_2_reads_them(text, value):
    read = read_yaml(f"a: {text}", "r.yaml").value["a"]
    assert read == value
    assert type(read) is type(value)


def test_keys_are_text_whatever_they_look_like():
    assert read_yaml("no: 1\n5: 2\nnull: 3", "r").value == {"no": 1, "5": 2, "null": 3}


def test_duplicate_keys_are_told_with_both_lines():
    assert faults("a: 1\nb:\n  c: 1\n  c: 2\n") == [
        "r.yaml:4: b.c: found the key twice (first on line 3), expected once"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [1,", "r.yaml:1: found no valid YAML: expected the node content, but found"),
        ("a: 1\n\tb: 2", "r.yaml:2: found no valid YAML: found character '\\t' that cannot"),
        ("a: b: c", "r.yaml:1: found no valid YAML: mapping values are not allowed here, column 5"),
        ("a: 1\n---\nb: 2", "r.yaml:2: found no valid YAML: but found another document"),
        ("a: *x", "r.yaml:1: found no valid YAML: found undefined alias 'x'"),
        ('b:\n  a: "\\UFFFFFFFF"', f"r.yaml:2: {LARGE}, column 9"),
        ('a: "\\U00110000"', f"r.yaml:1: {LARGE}, column 7"),
        (f"%YAML 1.{'9' * 5000}\n---\na: 1", f"r.yaml:1: {LARGE}, column 9"),
        ("a: 1\nb: \x00", "r.yaml:2: found the character '\\x00', expected text"),
        ("a: !!python/object:os.system x", "r.yaml:1: a: found the tag "),
        ("a: 1\n? [b]\n: 2", "r.yaml:2: found a list or mapping as a key, expected a name"),
        (BOMB, "r.yaml:1: found more than 10,000 values or 20 levels"),
        ("a: &a [*a]", "r.yaml:1: found more than 10,000 values or 20 levels"),
        ("a: &a {<<: *a}", "r.yaml:1: found more than 10,000 values or 20 levels"),
        ("[" * 5000, "r.yaml:1: found more than 10,000 values or 20 levels"),
    ],
)
def test_text_that_is_no_recipe_is_told_in_one_line(text, fault):
    found = faults(text)
    assert len(found) == 1
    assert found[0].startswith(fault)
    assert "\n" not in found[0]
