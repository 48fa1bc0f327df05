"""What tokens sources and answers are split into, and their vocabularies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.text.hangul import in_letters
from seqtune.data.text.sequences import Lengths, ragged, shortened
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, SYMBOL, UNKNOWN
from seqtune.progress import Assumption, Listener
from seqtune.tasks.translate.schema import MAX_ANSWER

SAMPLE = 2_000

FEW_WORDS = 1.5
"""Texts of so many words on average are single words, or a script without blanks."""

SHORT, DIGITS = 32, 0.2
"""Short texts of which such a share is digits, as dates are, are spelled too."""

MAX_LENGTH = 400
"""Tokens that are taken where nobody says; longer texts cost more time than they tell."""

LONGEST = max(MAX_ANSWER, 10_000)
"""Tokens or steps that a codec may say at most."""


def choose_tokens(
    side: str, kind: str, texts: Sequence[str], asked: Any, listener: Listener
) -> tuple[str, ...]:
    """Return the kinds of token among which the search chooses.

    Args:
        side: "source" or "target".
        kind: "text" or "symbols".
        texts: Texts of that side.
        asked: The recipe's value.
        listener: Hears of a guess.
    """
    if kind == "symbols":
        return (SYMBOL,)
    if asked != "auto":
        wanted = asked if isinstance(asked, tuple) else (asked,)
        spelled = tuple(each for each in wanted if each != SYMBOL)
        return spelled or (SYMBOL,)
    taken = ("character",) if is_spelled(texts) else ("word", "subword")
    why = "single words, or short and full of digits" if len(taken) == 1 else "sentences"
    what = f"tokens of {'sources' if side == 'source' else 'answers'}"
    listener(Assumption(what, " or ".join(taken), why, f"--set tokens.{side}=KIND"))
    return taken


def is_spelled(texts: Sequence[str]) -> bool:
    """Say whether texts are best read and written in characters.

    Example:
        >>> is_spelled(["abandon", "aa"]), is_spelled(["3 May 2020"]), is_spelled(["a red bird"])
        (True, True, False)
    """
    sample = texts[:: 1 + len(texts) // SAMPLE]
    words = sum(len(text.split()) for text in sample)
    characters = sum(map(len, sample))
    digits = sum(map(str.isdigit, "".join(sample)))
    is_short = characters <= SHORT * len(sample)
    return words <= FEW_WORDS * len(sample) or (is_short and digits >= DIGITS * characters)


@dataclass(frozen=True)
class Tokens:
    """Texts of a side as tokens of a kind.

    Args:
        tokenizer: Fitted on the training texts.
        longest: Tokens at most.
        ids: The tokens of each text.
        cut: How many texts are longer.
    """

    tokenizer: Tokenizer
    longest: int
    ids: Ragged
    cut: int

    def unknown(self, chosen: npt.NDArray[np.bool_]) -> int:
        """Return how many of some texts hold what the vocabulary cannot spell."""
        lacking = np.flatnonzero(self.ids.values == UNKNOWN)
        texts = np.unique(np.searchsorted(self.ids.offsets, lacking, "right") - 1)
        return int(chosen[texts].sum())

    def counts(self, rows: npt.NDArray[np.int64]) -> tuple[int, ...]:
        """Return how often each id is in some texts, (vocabulary,); the end once in each."""
        some = Ragged.from_list(self.ids.select(rows))
        counts = np.bincount(some.values, minlength=self.tokenizer.size)
        counts[END] = len(rows)
        return tuple(counts.tolist())


def fit_tokens(
    side: str,
    kind: str,
    texts: Sequence[str],
    is_learnt: npt.NDArray[np.bool_],
    settings: Any,
) -> Tokens:
    """Learn the vocabulary of a side from training texts, and split all texts with it.

    Words and sub-words of sources are brought to one form (NFKC) and a rare word is unknown. All
    else is exact: answers come back from their tokens as they were, and their rare words are
    spelled in characters. Characters of sources that are syllables of Hangul are read as letters.

    Args:
        side: "source" or "target".
        kind: A kind of token.
        texts: All texts.
        is_learnt: (texts,) whether each is a training text.
        settings: The recipe's section `tokens`.
    """
    is_read = side == "source" and kind in ("word", "subword")
    if side == "source":
        texts = as_read(texts, kind)
    tokenizer = Tokenizer.fit(
        [text for text, learnt in zip(texts, is_learnt.tolist(), strict=True) if learnt],
        kind,
        max_tokens=settings.vocabulary,
        min_count=1 if kind == SYMBOL else settings.least_count,
        normalization="nfkc" if is_read else "none",
    )
    whole, _ = tokenizer.encode_batch(texts, None)
    longest = settings.longest
    if longest == "auto":  # a source may be longer than those of training, an answer may not
        longest = MAX_LENGTH
        if side == "target":
            longest = int(min(whole.lengths[is_learnt].max(), MAX_LENGTH))
    ids, cut = without_end(whole, longest)
    if cut and side == "source":
        ids = shortened(whole, longest)
    return Tokens(tokenizer, longest, ids, cut)


def as_read(texts: Sequence[str], kind: str) -> Sequence[str]:
    """Return source texts in the form in which they are split into tokens of a kind."""
    return [in_letters(text) for text in texts] if kind == "character" else texts


def without_end(tokens: Ragged, longest: int) -> tuple[Ragged, int]:
    """Cut off what is behind the first `longest` tokens; return also how many were cut."""
    lengths: Lengths = np.minimum(tokens.lengths, longest)
    cut = int((tokens.lengths > longest).sum())
    if not cut:
        return tokens, 0
    short = ragged(np.empty(int(lengths.sum()), np.int32), lengths)
    sequence = np.repeat(np.arange(len(tokens)), lengths)
    position = np.arange(len(short.values)) - short.offsets[sequence]
    return Ragged(tokens.values[tokens.offsets[sequence] + position], short.offsets), cut


def read_tokenizers(values: Any) -> dict[str, Tokenizer]:
    """Read tokenizers by kind, from a file that may be a stranger's.

    Raises:
        ValueError: They are something else.
    """
    if not isinstance(values, Mapping):
        raise ValueError("its tokenizers are not as they are written")
    found = {str(kind): Tokenizer.from_dict(each) for kind, each in values.items()}
    if any(kind != each.kind for kind, each in found.items()):
        raise ValueError("a tokenizer is of another kind")
    return found


def read_longest(values: Any, kinds: Sequence[str]) -> dict[str, int]:
    """Read how many tokens, or steps, are taken at most, by kind.

    Raises:
        ValueError: They are something else.
    """
    if not isinstance(values, Mapping) or {*values} != {*kinds}:
        raise ValueError("its lengths are not those of its tokens")
    for value in values.values():
        if type(value) is not int or not 1 <= value <= LONGEST:
            raise ValueError(f"a length in it is none, or beyond {LONGEST:,}")
    return dict(values)
