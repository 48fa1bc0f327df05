import subprocess
import sys
from pathlib import Path

import pytest

from seqtune.errors import RecipeError
from seqtune.recipe import catalogue
from seqtune.recipe.load import Recipe, faults_of
from seqtune.recipe.ranges import Range
from seqtune.registry import architectures, cells

HEAVY = ("keras", "tensorflow", "jax", "pandas", "keras_tuner", "pyarrow", "numpy")


def load(tmp_path, text, **more):
    path = tmp_path / "my.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Recipe.load(path, "forecast", **more)


def message(call, *args, **more):
    with pytest.raises(RecipeError) as caught:
        call(*args, **more)
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize("name", catalogue.names())
def test_shipped_recipes_survive_being_written_and_read(name):
    recipe = Recipe.load(name, name.split("/")[0])
    text = recipe.to_yaml()
    again = Recipe.from_text(text, name)
    assert again == recipe
    assert again.to_yaml() == text


def test_awkward_values_survive_being_written_and_read():
    recipe = Recipe.load(None, "forecast").replace(
        {
            "data.target": ["no", "1e-4", "12:30", "null", "a: b", " x", "é", "true", "0o7"],
            "data.missing": ["-999", "~", "N/A", ""],
            "data.separator": "\t",
            "training.weight_decay": [1e-07, 1e16],
            "search.budget": 90,
            "search.trials": None,
            "portfolio": [],
        }
    )
    assert Recipe.from_text(recipe.to_yaml()).values == recipe.values


def test_no_name_is_the_default_recipe_of_the_task():
    recipe = Recipe.load(None, "forecast")
    assert (
        recipe == Recipe.load("default", "forecast") == Recipe.load("forecast/default", "forecast")
    )
    assert (recipe.name, recipe.task) == ("forecast/default", "forecast")


def test_the_default_recipe_states_every_key():
    stated = Recipe.load(catalogue.path("forecast/default"), "forecast")
    from seqtune.recipe.positions import read_yaml

    document = read_yaml(catalogue.path("forecast/default").read_text(), "default")
    for steps, _ in type(stated.values).leaves():
        assert steps in document.places, f"{'.'.join(steps)} is missing in forecast/default"


def test_a_key_left_out_is_that_of_the_default_recipe(tmp_path):
    default = Recipe.load(None, "forecast")
    recipe = load(tmp_path, "task: forecast\nnetwork: {units: {min: 8, max: 16}}\ntraining:\n")
    assert recipe.get("network.units") == Range(8, 16)
    assert recipe.get("network.cell") == default.get("network.cell")
    assert recipe.values.training == default.values.training
    assert recipe.values.description == ""
    assert recipe.name == str(tmp_path / "my.yaml")


def test_flags_go_over_the_file_and_set_goes_over_flags(tmp_path):
    recipe = load(
        tmp_path,
        "task: forecast\nhorizon: 3\nseed: 1\nnetwork: {units: 8}\n",
        values={"horizon": 4, "seed": 2, "search.budget": "60s"},
        overrides=["horizon=5", "network.cell=gru", "horizon=6"],
    )
    assert recipe.get("horizon") == 6
    assert recipe.get("seed") == 2
    assert recipe.get("search.budget") == "60s"
    assert recipe.get("network.units") == 8
    assert recipe.get("network.cell") == "gru"


def test_all_faults_are_told_at_once_each_at_its_line(tmp_path):
    text = (
        "task: forecast\n"
        "horizon: 0\n"
        "netwrok: {}\n"
        "units: 3\n"
        "data:\n"
        "  tarjet: y\n"
        "  missing: [-999, 1e5, true]\n"
        "network:\n"
        "  cell: [lstn, gru]\n"
        "  segment: 5\n"
        "training:\n"
        "  steps: 10\n"
        "  steps: 20\n"
        "  learning_rate: 1e-3\n"
        "search: {budget: soon, trials: -1}\n"
        "portfolio:\n"
        "  - network.units: [1, 2]\n"
        "    network.unit: 3\n"
        "  - 5\n"
    )
    told = message(load, tmp_path, text, overrides=["refit=maybe"], values={"seed": -1})
    place = str(tmp_path / "my.yaml")
    assert told.replace(place, "my.yaml").split("\n") == [
        "my.yaml:2: horizon: found 0, expected a whole number from 1 to 100000, or auto",
        "my.yaml:3: netwrok: found unknown key 'netwrok', did you mean 'network'?",
        "my.yaml:4: units: found unknown key 'units', did you mean 'network.units'?",
        "my.yaml:6: data.tarjet: found unknown key 'tarjet', did you mean 'target'?",
        "my.yaml:7: data.missing[2]: found true, expected a word or a number",
        "my.yaml:9: network.cell[0]: found 'lstn', expected one of "
        f"{', '.join(cells)}; did you mean 'lstm'?",
        "my.yaml:10: network.segment: found 5, expected a section with the keys "
        + ", ".join(architectures.options("segment")),
        "my.yaml:13: training.steps: found the key twice (first on line 12), expected once",
        "my.yaml:15: search.budget: found 'soon', expected a duration above zero such as 90s, "
        "10m, 2h or 1h30m",
        "my.yaml:15: search.trials: found -1, expected a whole number of at least 0, or null",
        "my.yaml:17: portfolio[0].network.units: found [1, 2], expected a whole number of at "
        "least 1",
        "my.yaml:18: portfolio[0].network.unit: found unknown searchable key 'network.unit', "
        "did you mean 'network.units'?",
        "my.yaml:19: portfolio[1]: found 5, expected a mapping from dotted path to value",
        "--set seed=-1: seed: found -1, expected a whole number of at least 0",
        "--set refit=maybe: refit: found 'maybe', expected true or false",
    ]


def test_faults_can_be_had_without_raising(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("task: forecast\nseed: x\nseed: y\nhorizon: 0\n")
    found, faults = faults_of(path)
    assert found == path
    assert [(fault.place.line, fault.path) for fault in faults] == [
        (2, "seed"),
        (3, "seed"),
        (4, "horizon"),
    ]
    path.write_text("task: forecast\n")
    assert faults_of(str(path)) == (path, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "my.yaml:1: found nothing, expected keys such as task: anomaly"),
        ("- 1\n", "my.yaml:1: found [1], expected keys such as task: anomaly"),
        ("5", "my.yaml:1: found 5, expected keys such as task: anomaly"),
        ("horizon: 3\n", "my.yaml:1: task: found nothing, expected 'forecast'"),
        ("a: [", "my.yaml:1: found no valid YAML: expected the node content, but found"),
        (b"task: forecast\n\xff\xfe\n", "my.yaml:2: found bytes that are not UTF-8 text"),
        (b"\x7fELF\x00\x01\x02", "my.yaml:1: found the character '\\x7f', expected text"),
        (b"x" * 1_000_001, "my.yaml: found more than 1,000,000 bytes, expected a recipe"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path, text, expected):
    told = message(load, tmp_path, text).replace(str(tmp_path / "my.yaml"), "my.yaml")
    assert told.startswith(expected)


def test_a_wrong_task_is_told_together_with_the_rest(tmp_path):
    told = message(load, tmp_path, "task: classify\nhorizon: 0\n")
    assert [line.split(": ", 1)[1] for line in told.split("\n")] == [
        "task: found 'classify', expected 'forecast'",
        "horizon: found 0, expected a whole number from 1 to 100000, or auto",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_with_a_byte_order_mark_are_read(tmp_path, encoding):
    assert load(tmp_path, "task: forecast\nhorizon: 7\n".encode(encoding)).get("horizon") == 7


def test_missing_files_folders_and_names_are_told_apart(tmp_path):
    assert "found no such file" in message(Recipe.load, "nope.yaml", "forecast")
    assert "found no such file" in message(Recipe.load, Path("nope"), "forecast")
    assert "found a folder" in message(Recipe.load, str(tmp_path), "forecast")
    told = message(Recipe.load, "quik", "forecast")
    assert told.startswith("unknown recipe 'quik'; did you mean 'forecast/quick'?")
    assert message(Recipe.load, "x" * 5000, "forecast").startswith("unknown recipe")
    assert message(Recipe.load, None, "forcast").startswith(
        "unknown task 'forcast'; did you mean 'forecast'?"
    )


def test_a_file_without_an_ending_is_found_if_it_exists(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine").write_text("task: forecast\nhorizon: 9\n")
    assert Recipe.load("mine", "forecast").get("horizon") == 9
    Path("quick").write_text("task: forecast\nhorizon: 9\n")
    assert Recipe.load("quick", "forecast").name == "forecast/quick"


def test_get_names_the_nearest_key():
    recipe = Recipe.load(None, "forecast", ["network.units=[64, 128]"])
    assert recipe.get("network.units") == (64, 128)
    assert recipe.get("network") is recipe.values.network
    assert "did you mean 'network.units'?" in message(recipe.get, "network.unitz")
    assert "unknown key 'horizon.real'" in message(recipe.get, "horizon.real")


def test_replace_gives_another_recipe_and_leaves_the_first_one():
    recipe = Recipe.load(None, "forecast", ["horizon=auto"])
    other = recipe.replace({"horizon": 12, "network.units": Range(8, 16, 4)})
    assert (recipe.get("horizon"), other.get("horizon")) == ("auto", 12)
    assert other.get("network.units") == Range(8, 16, 4)
    assert other.name == recipe.name
    told = message(recipe.replace, {"horizon": 0, "network.unit": [1]})
    assert told.split("\n") == [
        "--set horizon=0: horizon: found 0, expected a whole number from 1 to 100000, or auto",
        "--set network.unit=[1]: network.unit: found unknown key 'unit', did you mean 'units'?",
    ]


def test_recipes_cannot_be_changed_in_place():
    recipe = Recipe.load(None, "forecast")
    with pytest.raises(ValueError, match="frozen"):
        recipe.values.seed = 3


def test_recipes_load_nothing_heavy():
    code = (
        "import sys\n"
        "from seqtune.recipe.load import Recipe\n"
        "from seqtune.recipe.editor import json_schema\n"
        "from seqtune.recipe.starter import starter\n"
        "import seqtune.cli.recipes\n"
        "Recipe.load('thorough', 'forecast', ['network.units=3']).dimensions()\n"
        "json_schema(), starter('forecast')\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pydantic" in done.stdout.split()
    assert not set(HEAVY) & set(done.stdout.split())
