"""The recipes of classification: each is inside its space, and fits the data it is for."""

import pytest
from command_line import DATA

from seqtune.data.reading.source import Source
from seqtune.data.reading.table import read_source
from seqtune.progress import silent
from seqtune.recipe import catalogue
from seqtune.recipe.load import Recipe
from seqtune.search.space import space_size
from seqtune.tasks.classify.prepare import prepare

NAMES = [name for name in catalogue.names() if name.startswith("classify/")]
PAIRS = [
    (name, kind)
    for name in NAMES
    for kind in ("text", "series")
    if name.split("/")[1] in (kind, "default", "quick")
]
KEYS_OF_OTHER = {"text": "series.", "series": "text."}


def settled(name, samples, kind):
    """A recipe with what the data of a kind leaves of it."""
    data = {"text": "messages.csv", "series": "gestures.csv"}[kind]
    return prepare(samples(data), Recipe.load(name, "classify"), silent)[1]


@pytest.fixture(scope="module")
def samples():
    """Read a sample by its name, once."""
    found: dict[str, Source] = {}

    def sample(name):
        if name not in found:
            found[name] = read_source(DATA / name)
        return found[name]

    return sample


@pytest.mark.parametrize("name", NAMES)
def test_portfolios_are_whole_and_inside_the_space(name):
    recipe = Recipe.load(name, "classify")
    space = {found.path: found for found in recipe.dimensions()}
    configurations = recipe.portfolio()
    assert len(configurations) == len(recipe.values.portfolio) >= 2
    for entry, whole in zip(recipe.values.portfolio, configurations, strict=True):
        assert {path: whole[path] for path in entry} == entry, f"{name} has it out of its space"
        assert all(space[path].contains(value) for path, value in whole.items())
    assert len({tuple(sorted(whole.items())) for whole in configurations}) == len(configurations)


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_recipes_have_something_to_begin_with_for_their_kind(name, kind, samples):
    recipe = settled(name, samples, kind)
    assert recipe.get("data.kind") == kind
    assert len(recipe.values.portfolio) >= 2
    searched = {each.path for each in recipe.dimensions() if each.kind != "fixed"}
    assert {"network.architecture", "network.units", "training.learning_rate"} <= searched
    assert not [path for path in searched if path.startswith(KEYS_OF_OTHER[kind])]


@pytest.mark.parametrize("kind", ["text", "series"])
def test_the_recipes_of_a_kind_search_a_part_of_what_default_searches(kind):
    default = {each.path: each for each in Recipe.load(None, "classify").dimensions()}
    own = Recipe.load(kind, "classify")
    assert own.get("data.kind") == kind
    for each in own.dimensions():
        if each.kind == "choice":
            assert all(default[each.path].contains(value) for value in each.choices), each.path
    assert all(any(path.startswith(f"{kind}.") for path in entry) for entry in own.values.portfolio)
    whole = Recipe.load(None, "classify").values.portfolio
    assert [entry for entry in whole if any(path.startswith(f"{kind}.") for path in entry)] == list(
        own.values.portfolio
    )


@pytest.mark.parametrize(("kind", "combinations"), [("text", 16), ("series", 32)])
def test_quick_has_few_combinations(kind, combinations, samples):
    recipe = settled("quick", samples, kind)
    assert space_size(recipe.dimensions()) == combinations
    assert recipe.get("search.budget") == "60s"
    assert recipe.get("search.trials") == 8
