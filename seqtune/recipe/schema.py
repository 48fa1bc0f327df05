"""The keys that recipes of every task share; each task adds its own in `tasks/<task>/schema.py`.

The defaults written here hold where neither the recipe nor the task's shipped `default` recipe
has the key.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, create_model, field_validator

from seqtune.recipe.baselines import Baselines
from seqtune.recipe.compounds import Many, Mappings, Or
from seqtune.recipe.faults import Flaw, UnfitError, mismatch, unknown_key
from seqtune.recipe.fields import Search, Searchable
from seqtune.recipe.keys import Auto
from seqtune.recipe.kinds import AnyText, Duration, Flag, Number, Text, Whole, Word
from seqtune.recipe.options import with_options
from seqtune.recipe.ranges import Range
from seqtune.recipe.reading import Reading
from seqtune.recipe.section import Section
from seqtune.registry import Architectures, architectures, cells, trackers

MAX_WORKERS, MAX_PER_GPU = 1024, 64
"""What a recipe, which may come from a stranger, can ask of machines."""

MAX_ENSEMBLE = 200
"""More choices than that change no weight by a percent."""

ABOUT_TASK = "What is to be learned from the data; it decides which keys a recipe has."
ABOUT_DATA = "Which columns are used, and how the file is read."
ABOUT_NETWORK = "The network: its architecture, cell and sizes."
ABOUT_TRAINING = "How each network is trained."
ABOUT_BASELINES = "The simple methods that every network must beat."
"""What these keys say of themselves, in every task that has no more to say."""


class CommonNetwork(Section):
    """The network: a recurrent cell and the way in which cells are arranged."""

    architecture: Annotated[Searchable[str], Search(Word(lambda: architectures))] = Field(
        "stacked",
        description="The architecture: how recurrent cells form a network. `seqtune recipes "
        "schema` lists the names; each may have a section of its own options below.",
    )
    cell: Annotated[Searchable[str], Search(Word(lambda: cells))] = Field(
        "lstm", description="The recurrent cell that carries the state from step to step."
    )
    units: Annotated[Searchable[int], Search(Whole(minimum=1))] = Field(
        64, description="Size of each recurrent state: more units can remember more, and cost more."
    )
    layers: Annotated[Searchable[int], Search(Whole(minimum=1))] = Field(
        1, description="Number of recurrent layers, one above the other."
    )
    dropout: Annotated[Searchable[float], Search(Number(minimum=0, below=1))] = Field(
        0.0,
        description="Share of features set to zero at random between layers while training, which "
        "keeps a network from learning the training data by heart.",
    )


def network_for(
    known: Architectures, base: type[CommonNetwork] = CommonNetwork
) -> type[CommonNetwork]:
    """Return the section `network` of a task: its architectures, each with its options.

    Args:
        known: The architectures that the task takes.
        base: The keys that all of them share.
    """
    field = base.model_fields["architecture"]
    kind = Annotated[Searchable[str], Search(Word(lambda: known))]
    narrowed = create_model(
        base.__name__,
        __base__=base,
        __module__=base.__module__,
        architecture=(kind, Field(field.default, description=field.description)),
    )
    return with_options("Network", narrowed, known)


class Training(Section):
    """How a network is trained."""

    learning_rate: Annotated[Searchable[float], Search(Number(above=0))] = Field(
        Range(0.0003, 0.01, log=True),
        description="Learning rate of the optimizer: the setting that matters most.",
    )
    weight_decay: Annotated[Searchable[float], Search(Number(minimum=0))] = Field(
        0.0, description="How strongly weights are pulled towards zero at every step; 0 is off."
    )
    batch_size: Annotated[Searchable[int], Search(Whole(minimum=1))] = Field(
        128, description="Number of training examples per optimizer step."
    )
    steps: Annotated[Searchable[int], Search(Whole(minimum=1))] = Field(
        1500, description="Number of optimizer steps that a trial may take at most."
    )
    patience: Annotated[Searchable[int], Search(Whole(minimum=1))] = Field(
        10,
        description="Number of epochs without a better validation score after which a trial stops.",
    )
    clip_norm: Annotated[Searchable[float], Search(Number(minimum=0))] = Field(
        1.0,
        description="Largest norm of a gradient; a longer one is shortened to it, so that training "
        "does not explode. 0 switches clipping off.",
    )
    average: Annotated[Searchable[str], Search(Word(("none", "ema")))] = Field(
        "none",
        description="What is scored after each epoch, and kept. none: the weights of the last "
        "step; ema: an exponential moving average of them, over about the last tenth of the steps "
        "so far.",
    )
    steps_per_epoch: Annotated[int | Auto, Or(("auto",), Whole(minimum=1))] = Field(
        "auto",
        description="Steps per epoch: the validation score is measured after each epoch. With auto "
        "it follows from the number of training examples.",
    )


class SearchSection(Section):
    """How configurations are searched, and for how long."""

    oracle: Annotated[str, Word(("random", "bayesian", "hyperband", "grid"))] = Field(
        "bayesian", description="What proposes the next configuration, after the portfolio."
    )
    stopping: Annotated[str, Word(("none", "median", "halving"))] = Field(
        "none",
        description="Which trials train on. none: all of them; median: a trial stops where it is "
        "worse than the median of the others; halving: trials begin with a part of their "
        "training, and the best third of them goes on.",
    )
    pause: Annotated[float | Auto, Or(("auto",), Number(above=0, below=1))] = Field(
        "auto",
        description="With stopping halving, the share of its training after which a trial pauses; "
        "auto is a third. Over folds it is rounded up to whole folds, and auto is the first, or as "
        "many as have 16 cases.",
    )
    trial_share: Annotated[float, Number(above=0, maximum=1)] = Field(
        0.2, description="Share of the search that one trial may take at most."
    )
    budget: Annotated[str | float, Duration()] = Field(
        "5m",
        description="Wall time for the whole command, such as 90s, 10m or 2h: preparation, "
        "baselines, search, ensemble, refit and saving.",
    )
    trials: Annotated[int | None, Or((None,), Whole(minimum=0))] = Field(
        None,
        description="Number of trials at most; null means that only the budget ends the search, 0 "
        "that simple methods alone are run.",
    )
    executor: Annotated[str, Word(("auto", "inline", "processes", "ray"))] = Field(
        "auto",
        description="Where trials run: inline in this process, in worker processes, or on a Ray "
        "cluster. auto takes what suits the machine and the data.",
    )
    workers: Annotated[int | Auto, Or(("auto",), Whole(minimum=1, maximum=MAX_WORKERS))] = Field(
        "auto", description="Number of trials that run at the same time; auto counts the devices."
    )
    workers_per_gpu: Annotated[int | Auto, Or(("auto",), Whole(minimum=1, maximum=MAX_PER_GPU))] = (
        Field(
            "auto",
            description="Number of trials that share a GPU; small networks leave most of one idle. "
            "auto is up to 4, one for every two cores to a GPU.",
        )
    )
    address: Annotated[str, Text("auto or an address such as ray://host:10001")] = Field(
        "auto",
        description="Where the Ray cluster is, for the executor ray. auto takes the cluster of the "
        "environment variable RAY_ADDRESS, or starts one on this machine. Another address is given "
        "on the command line: in a file it is refused.",
    )


class Ensemble(Section):
    """How the best networks are combined."""

    size: Annotated[int, Whole(minimum=0, maximum=MAX_ENSEMBLE)] = Field(
        8,
        description="Number of networks, counted with repetition, whose predictions are averaged. "
        "0 and 1 keep the best network alone.",
    )


class RecipeSchema(Section):
    """The keys of a recipe that every task has."""

    task: Annotated[str, Text("the name of a task")] = Field(description=ABOUT_TASK)
    description: Annotated[str, AnyText()] = Field(
        "", description="One line on what the recipe is for, shown in lists."
    )
    backend: Annotated[str, Word(("auto", "tensorflow", "jax"))] = Field(
        "auto",
        description="The library that Keras computes with. auto takes the one that suits the "
        "device.",
    )
    seed: Annotated[int, Whole(minimum=0)] = Field(
        0,
        description="Random seed: the same seed on the same machine with one worker gives the same "
        "leaderboard.",
    )
    data: Reading = Field(default_factory=Reading, description=ABOUT_DATA)
    network: CommonNetwork = Field(default_factory=CommonNetwork, description=ABOUT_NETWORK)
    training: Training = Field(default_factory=Training, description=ABOUT_TRAINING)
    search: SearchSection = Field(
        default_factory=SearchSection,
        description="How configurations are searched, and for how long.",
    )
    ensemble: Ensemble = Field(
        default_factory=Ensemble, description="How the best networks are combined."
    )
    refit: Annotated[bool, Flag()] = Field(
        True,
        description="Whether the chosen networks are trained once more with the validation and "
        "test parts included, so that they know the latest data.",
    )
    baselines: Baselines = Field(default_factory=Baselines, description=ABOUT_BASELINES)
    tracking: Annotated[tuple[str, ...], Many(Word(lambda: trackers), "trackers")] = Field(
        (),
        description="Where the search can be followed from outside. Addresses are not for a recipe "
        "to say: a tracker takes them from its own environment variables, and writes to files "
        "where there are none.",
    )
    portfolio: Annotated[tuple[dict[str, Any], ...], Mappings()] = Field(
        (),
        description="Configurations that are tried first, in this order. Each gives values to some "
        "searchable keys by their dotted path; what it leaves out, or what the recipe does not "
        "allow, takes a middle value of the search.",
    )

    @field_validator("portfolio", mode="after")
    @classmethod
    def _check_portfolio(cls, entries: tuple[object, ...]) -> tuple[dict[str, Any], ...]:
        kinds = cls.searchable()
        checked: list[dict[str, Any]] = []
        flaws: list[Flaw] = []
        for index, entry in enumerate(entries):
            good, bad = _check_entry(entry, kinds)
            checked.append(good)
            flaws += [flaw.below(index) for flaw in bad]
        if flaws:
            raise UnfitError(*flaws)
        return tuple(checked)


def _check_entry(entry: object, kinds: dict[str, Search]) -> tuple[dict[str, Any], list[Flaw]]:
    """Check the values of one configuration; each must be a single value of a searchable key."""
    if not isinstance(entry, dict):
        return {}, list(mismatch(entry, "a mapping from dotted path to value").flaws)
    checked: dict[str, Any] = {}
    flaws: list[Flaw] = []
    for path, value in entry.items():
        if path not in kinds:
            flaws.append(Flaw(unknown_key(path, kinds, "searchable key"), (path,)))
            continue
        try:
            checked[path] = kinds[path].item.check(value)
        except UnfitError as unfit:
            flaws += [flaw.below(path) for flaw in unfit.flaws]
    return checked, flaws
