import pytest

from seqtune.errors import RecipeError
from seqtune.recipe.load import Recipe
from seqtune.recipe.ranges import Range


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("network.units=[32,64]", "network.units", (32, 64)),
        ("network.units=96", "network.units", 96),
        (
            "training.learning_rate={min: 1e-4, max: 1e-2, log: true}",
            "training.learning_rate",
            Range(0.0001, 0.01, log=True),
        ),
        ("training.learning_rate=1e-4", "training.learning_rate", 0.0001),
        ("data.time=null", "data.time", None),
        ("data.time=", "data.time", None),
        ("data.target='12'", "data.target", "12"),
        ("data.target=a=b", "data.target", "a=b"),
        ("data.target=no", "data.target", "no"),
        ("search.budget=90s", "search.budget", "90s"),
        (" horizon = 3", "horizon", 3),
        ("network.segment.length=[6, 12]", "network.segment.length", (6, 12)),
        ("network={units: 5}", "network.units", 5),
        ("portfolio=[]", "portfolio", ()),
    ],
)
def test_values_are_yaml(text, path, value):
    recipe = Recipe.load(None, "forecast", [text])
    assert recipe.get(path) == value
    assert recipe.get("network.cell") == Recipe.load(None, "forecast").get("network.cell")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("horizon", "--set horizon: found no '=', expected key.path=value"),
        ("=3", "--set =3: found the key '', expected key.path=value"),
        ("network..units=3", "--set network..units=3: found the key 'network..units', expected"),
        ("horizon=[3", "--set horizon=[3: horizon: found no valid YAML: "),
        ("horizon=a: b: c", "--set horizon=a: b: c: horizon: found no valid YAML: "),
        ("foo.bar=1", "--set foo.bar=1: foo: found unknown key 'foo', expected one of task, "),
        ("network.unit=1", "--set network.unit=1: network.unit: found unknown key 'unit', did you"),
        ("horizon.x=1", "--set horizon.x=1: horizon: found {x: 1}, expected a whole number"),
        ("network=5", "--set network=5: network: found 5, expected a section with the keys"),
        ("network.units=[1, x]", "--set network.units=[1, x]: network.units[1]: found 'x', expec"),
        ("network.segment.length=0", "--set network.segment.length=0: network.segment.length: "),
        ("task=classify", "--set task=classify: task: found 'classify', expected 'forecast'"),
    ],
)
def test_faults_name_the_override_as_it_was_typed(text, told):
    with pytest.raises(RecipeError) as caught:
        Recipe.load(None, "forecast", [text])
    assert caught.value.message.startswith(told)
    assert "\n" not in caught.value.message
    assert caught.value.hint == "seqtune recipes new forecast  (explains every key)"


def test_an_override_mends_a_faulty_key_of_the_file(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("task: forecast\nhorizon: 0\n")
    assert Recipe.load(path, "forecast", ["horizon=3"]).get("horizon") == 3


def test_faults_of_the_file_and_of_overrides_keep_their_places(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("task: forecast\nnetwork:\n  units: 0\n  layers: 0\n")
    with pytest.raises(RecipeError) as caught:
        Recipe.load(path, "forecast", ["network.layers=-1"])
    places = [line.split(": ")[0] for line in caught.value.message.split("\n")]
    assert places == [f"{path}:3", "--set network.layers=-1"]
    assert caught.value.hint == f"correct the file, then: seqtune recipes check {path}"


def test_a_value_that_yaml_keeps_for_itself_is_taken_as_it_stands() -> None:
    recipe = Recipe.load(None, "forecast", ["data.dates=%d.%m.%Y"])
    assert recipe.get("data.dates") == "%d.%m.%Y"
