"""Write the made-up sample text: tales.

    python data/make_tales.py [FOLDER]

tales.txt holds short tales in plain English (about 150 KB), one below the other, two blank lines
apart: a title, then a few paragraphs. They come from a grammar with a seeded generator, so that a
second run changes nothing. There is something to learn at every distance: how words are spelt, `a`
before one word and `an` before another, which pronoun and which verb goes with whom, how many of a
thing there are, that what was lost is what is found, that who helped is thanked by name, and that
quotation marks are closed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TALES = 130
SEED = 20240104

SHE, HE = ("she", "her", "her"), ("he", "him", "his")
"""Subject, object, possessive."""

PEOPLE = (
    *((name, SHE) for name in ("Ada", "Brida", "Elin", "Iselda", "Maren", "Orla", "Tamsin", "Una")),
    *((name, HE) for name in ("Anselm", "Corin", "Edric", "Ivo", "Jorn", "Osric", "Perrin", "Wat")),
)
TRADES = (
    *("baker", "miller", "weaver", "shepherd", "ferryman's child", "ink maker", "apple seller"),
    *("clockmaker", "honey farmer", "lamp lighter", "potter", "old king's youngest cook"),
)
TRAITS = ("stubborn", "cheerful", "curious", "idle", "impatient", "quiet", "brave", "absent-minded")
HOMES = (
    *("at the edge of the salt marsh", "under a hill shaped like a loaf", "by the slow river"),
    *("in a town with seven bridges", "where the north road ends", "beside an orchard of plums"),
)
THINGS = {
    "silver bell": "rang by itself when snow was near",
    "iron key": "opened no door that anybody knew",
    "amber comb": "smelled of summer",
    "copper kettle": "sang before it boiled",
    "old fiddle": "could make a stone weep",
    "blue lantern": "burned without oil",
    "oak spoon": "never let a soup go bad",
    "wooden horse": "pointed its nose to the sea",
}
HELPERS = {
    "fox": "barked",
    "heron": "croaked",
    "otter": "whistled",
    "owl": "hooted",
    "hedgehog": "grumbled",
    "ant": "piped",
    "eel": "bubbled",
    "goat": "bleated",
}
WANTS = {
    "a thorn out of my paw": "pulled out the thorn",
    "a crust of your bread": "shared the bread",
    "a song that I do not know": "sang the oldest song of the village",
    "somebody to hold my ladder": "held the ladder until dusk",
    "an honest answer": "answered honestly",
}
PLACES = (
    *("the glass mountain", "the forest of birches", "the sunken tower", "the valley of geese"),
    *("the empty market", "the island of reeds", "the upper meadow", "the cave of echoes"),
)
KEEPERS = ("giant", "widow", "sleepy judge", "innkeeper", "magpie queen", "old ferryman")
RIDDLES = {
    "What has a bed and never sleeps?": "a river",
    "What has teeth and cannot bite?": "a comb",
    "What grows when you take from it?": "a hole",
    "What goes up the hill and down the hill and stands still?": "the road",
    "What is full of holes and still holds water?": "a sponge",
    "What speaks every language and has no tongue?": "an echo",
    "What gets wet while it dries you?": "a towel",
}
MORALS = (
    "Since that day nobody in the village says that {trait} people come to nothing.",
    "And if the {thing} has not been lost again, it is there to this day.",
    "The {helper} came to the feast as well, and ate more than anybody.",
    "Whoever walks to {place} may still find the marks of {name}'s boots.",
    "As for the {keeper}, nobody has asked a harder question since.",
)
NUMBERS = ("two", "three", "four", "five", "seven", "nine")
SPANS = ("day", "night", "week", "winter")

LOOKS = (
    *("grey", "crooked", "tall", "empty", "icy", "rusty", "warm", "ugly", "narrow", "golden"),
    *("old", "patient", "enormous", "wet", "dusty", "ragged", "yellow", "silent", "broken"),
)
SIGHTS = (
    *("crow", "mill", "cart", "willow", "stone", "ladder", "boat", "scarecrow", "well", "oak"),
    *("cat", "chimney", "gate", "cloud", "bee", "donkey", "wall", "haystack", "stranger", "moth"),
)
DOING = (
    *("waiting", "leaning", "creaking", "turning", "sleeping", "dripping", "shining", "trembling"),
    *("humming", "standing", "rocking", "smoking"),
)
BESIDE = ("beside", "behind", "under", "above", "not far from", "in front of", "between")
TIMES = (
    *("At dawn", "Towards noon", "In the evening", "On the second day", "After the rain"),
    *("Before the moon rose", "Later", "In the fog", "When the wind turned"),
)
WONDERS = (
    *("nobody was surprised", "{name} walked faster", "{she} counted them twice"),
    *("the air smelled of {smell}", "{name} thought of {smell}", "not a word was said"),
    *("it looked like a sign", "{she} forgot {hers} hunger", "the road turned to the {side}"),
)
SMELLS = ("smoke", "apples", "wet wool", "bread", "tar", "mint", "old paper", "the sea")
SIDES = ("left", "right", "north", "south", "east", "west")


@dataclass(frozen=True)
class Tale:
    """Who and what a tale is about; the same from its title to its end."""

    words: dict[str, str]

    def say(self, template: str) -> str:
        """Put the tale's words in a template: `{a thing}` with its article, `{Name}` capital."""
        return re.sub(r"{(a |A )?(\w+)}", self._fill, template)

    def _fill(self, place: re.Match[str]) -> str:
        article, name = place[1], place[2]
        word = self.words[name.lower()]
        if article:
            return f"{article.strip()}{'n' if word[0] in 'aeiou' else ''} {word}"
        return word[0].upper() + word[1:] if name[0].isupper() else word


def pick(random: np.random.Generator, choices: Sequence[str]) -> str:
    """Return one of the choices."""
    return choices[int(random.integers(len(choices)))]


def cast(random: np.random.Generator) -> Tale:
    """Draw who and what a tale is about."""
    name, (subject, object_, possessive) = PEOPLE[int(random.integers(len(PEOPLE)))]
    others = [other for other, _ in PEOPLE if other != name]
    thing, helper = pick(random, list(THINGS)), pick(random, list(HELPERS))
    want, riddle = pick(random, list(WANTS)), pick(random, list(RIDDLES))
    places = random.permutation(len(PLACES))
    words = {
        "name": name, "she": subject, "her": object_, "hers": possessive,
        "rival": pick(random, others),
        "trade": pick(random, TRADES), "trait": pick(random, TRAITS), "home": pick(random, HOMES),
        "thing": thing, "virtue": THINGS[thing],
        "helper": helper, "says": HELPERS[helper], "want": want, "deed": WANTS[want],
        "place": PLACES[int(places[0])], "farther": PLACES[int(places[1])],
        "keeper": pick(random, KEEPERS), "riddle": riddle, "answer": RIDDLES[riddle],
        "number": pick(random, NUMBERS), "span": pick(random, SPANS),
    }  # fmt: skip
    return Tale(words)


def sights(random: np.random.Generator, *, several: bool) -> str:
    """Return one or several of a thing, with how it looks: `an icy gate`, `three icy gates`."""
    what = f"{pick(random, LOOKS)} {pick(random, SIGHTS)}"
    if several:
        return f"{pick(random, NUMBERS)} {what}s"
    return f"a{'n' if what[0] in 'aeiou' else ''} {what}"


def scenery(random: np.random.Generator) -> str:
    """Return the template of a sentence about the way, in which nearly every word is free."""
    between = pick(random, BESIDE)
    are_several = bool(random.random() < 0.4)
    subject = sights(random, several=are_several)
    place = sights(random, several=between == "between")
    wonder = pick(random, WONDERS).replace("{smell}", pick(random, SMELLS))
    wonder = wonder.replace("{side}", pick(random, SIDES))
    wonder = wonder.replace("them", "them" if are_several else "the steps")
    verb = f"{'were' if are_several else 'was'} {pick(random, DOING)}"
    end = pick(random, (f", and {wonder}.", f", but {wonder}.", "."))
    return f"{pick(random, TIMES)} {subject} {verb} {between} {place}{end}"


def with_scenery(random: np.random.Generator, paragraph: str, most: int) -> str:
    """Put up to so many sentences about the way before a paragraph."""
    before = [scenery(random) for _ in range(int(random.integers(1, most + 1)))]
    return " ".join([*before, paragraph])


def beginning(random: np.random.Generator) -> str:
    """Return the template of the first paragraph: who, where, and what is lost."""
    first = pick(
        random,
        (
            "Once there was {a trait} {trade} called {name}, who lived {home}.",
            "{Home} there lived {a trade} named {name}, and a more {trait} one was hard to find.",
            "Long ago, {home}, {a trait} {trade} by the name of {name} kept a small house.",
        ),
    )
    second = pick(
        random,
        (
            "{Name} owned nothing of worth but {a thing}, which {virtue}.",
            "On {hers} wall hung {a thing}. It {virtue}, and {she} would not sell it for gold.",
            "From {hers} grandmother {she} had {a thing} that {virtue}.",
        ),
    )
    third = pick(
        random,
        (
            "One morning the {thing} was gone.",
            "But {rival} was jealous, and one night {rival} carried the {thing} away.",
            "Then came a storm that lasted {number} {span}s, and after it the {thing} was nowhere.",
        ),
    )
    return f"{first} {second} {third}"


def journey(random: np.random.Generator) -> str:
    """Return the template of the way: a helper with a wish."""
    leave = pick(
        random,
        (
            "So {name} put on {hers} boots and walked for {number} {span}s.",
            "{Name} did not cry for long. {She} locked the door and walked to {place}.",
            '"I will find it," said {name}, "if I have to walk for {number} {span}s."',
        ),
    )
    meet = pick(
        random,
        (
            'At {place} {she} met {a helper}. "Give me {want}," {says} the {helper}, '
            '"and I will tell you where your {thing} is."',
            'Near {place} {a helper} sat in the way. "What I need is {want}," {says} the {helper}.',
        ),
    )
    deed = pick(
        random,
        (
            'So {name} {deed}. "Go on to {farther}," {says} the {helper}, "and ask the {keeper}."',
            '{Name} was tired, but {she} {deed} all the same. "Thank you," {says} the {helper}. '
            '"The {keeper} of {farther} has it."',
        ),
    )
    return f"{leave} {meet} {deed}"


def trial(random: np.random.Generator) -> str:
    """Return the template of the riddle."""
    ask = pick(
        random,
        (
            'The {keeper} of {farther} did not look up. "{riddle}" asked the {keeper}.',
            'At {farther} the {keeper} was waiting. "You may have the {thing} if you can tell me '
            'this. {riddle}"',
        ),
    )
    think = pick(
        random,
        (
            "{Name} thought for {number} {span}s.",
            "{Name} thought of {hers} house, and of the {helper}, and laughed.",
            "Nobody had ever known it. {Rival} had not known it either.",
        ),
    )
    solve = pick(
        random,
        (
            '"That is {answer}," said {name}. And the {keeper} gave {her} the {thing}.',
            '"{Answer}," {she} said at last. The {keeper} sighed and handed over the {thing}.',
        ),
    )
    return f"{ask} {think} {solve}"


def ending(random: np.random.Generator) -> str:
    """Return the template of the way home, with one or two morals."""
    home = pick(
        random,
        (
            "{Name} carried the {thing} home, and on the way {she} thanked the {helper}.",
            "On the way back {she} passed {place} and thanked the {helper}. Then {name} hung the "
            "{thing} in its old place.",
            "It took {name} {number} {span}s to walk home, and the {helper} went with {her}.",
        ),
    )
    morals = [MORALS[number] for number in random.permutation(len(MORALS)).tolist()]
    return " ".join([home, *morals[: int(random.integers(1, 3))]])


def tale(random: np.random.Generator) -> str:
    """Return one tale: its title and its paragraphs, each line a paragraph."""
    about = cast(random)
    title = pick(random, ("{NAME} AND THE {THING}", "THE {THING}", "{NAME} AND THE {HELPER}"))
    parts = [
        beginning(random),
        f"{journey(random)} {scenery(random)}",
        with_scenery(random, trial(random), 3),
        with_scenery(random, ending(random), 2),
    ]
    return "\n".join([about.say(title).upper(), *map(about.say, parts)])


def tales() -> str:
    """Return all tales, two blank lines apart."""
    random = np.random.default_rng(SEED)
    return "\n\n\n".join(tale(random) for _ in range(TALES)) + "\n"


def main(folder: Path) -> None:
    """Write the text into a folder."""
    (folder / "tales.txt").write_text(tales(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
