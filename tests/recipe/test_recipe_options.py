import itertools

import pytest
from pydantic import ValidationError

from seqtune.errors import RecipeError
from seqtune.recipe.options import options_section, with_options
from seqtune.recipe.schema import CommonNetwork
from seqtune.registry import Registry, architectures

NUMBERS = itertools.count()
WINDOW = (
    '"""Looks through a window."""\n'
    "raise RuntimeError('imported')\n"
    "OPTIONS = {'width': {'type': 'integer', 'minimum': 2, 'default': 8, 'description': 'Wide.'},\n"
    "           'mode': {'enum': ['soft', 'hard'], 'default': 'soft'}}\n"
)


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """Return a function that makes a registry from file names and texts."""

    def make(**files):
        package = f"plugins_of_test_{next(NUMBERS)}"
        folder = tmp_path / package
        folder.mkdir()
        for name, text in {"__init__": "", **files}.items():
            (folder / f"{name}.py").write_text(text)
        return Registry(package, "architecture")

    monkeypatch.syspath_prepend(tmp_path)
    return make


def test_each_plugin_has_a_section_of_its_own_options(registry):
    plugins = registry(window=WINDOW, plain='"""Nothing to set."""\n')
    network = with_options("Network", CommonNetwork, plugins)
    values = network.model_validate({"window": {"width": [4, 8]}})
    assert values.window.width == (4, 8)
    assert values.window.mode == "soft"
    assert "plain" not in network.model_fields
    assert network.model_fields["window"].description == (
        "Options of the architecture window: Looks through a window."
    )
    assert network.section("window").model_fields["width"].description == "Wide."


@pytest.mark.parametrize("options", [{"width": 1}, {"mode": "sof"}, {"depth": 1}, {"width": None}])
def test_options_are_checked_by_what_the_plugin_declares(registry, options):
    network = with_options("Network", CommonNetwork, registry(window=WINDOW))
    with pytest.raises(ValidationError):
        network.model_validate({"window": options})


def test_an_option_without_a_default_is_refused(registry):
    plugins = registry(window="OPTIONS = {'width': {'type': 'integer'}}\n")
    with pytest.raises(RecipeError, match="default of option width of architecture window: found"):
        options_section("window", plugins)


def test_a_plugin_named_like_a_shared_key_is_refused(registry):
    with pytest.raises(RecipeError, match="architecture 'units' is named like a key"):
        with_options("Network", CommonNetwork, registry(units="OPTIONS = {}\n"))


def test_every_architecture_here_declares_valid_options():
    for name in architectures:
        for option, field in options_section(name, architectures).model_fields.items():
            assert field.description, f"{name}.{option} has no description"
