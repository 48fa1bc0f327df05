"""Which tokens a tokenizer knows: what splits texts, and what is learnt from the training texts."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.encoding import encodable

KINDS = ("character", "byte", "word", "subword")
"""What texts are split into, so that they can be put together again."""

SYMBOL = "symbol"
"""What stands between blanks, kept whole: phones, notes, amino acids."""

SPECIALS = ("<end>", "<unknown>")
"""The first two of every vocabulary. No part of a text can be spelled so: `<` always stands alone
or beside other symbols, never beside letters. Of symbols between blanks, these two are unknown."""

END, UNKNOWN = 0, 1
"""Ids of the specials. `END` stands behind a text: between two documents, and as padding."""

MIN_SUBWORDS = len(SPECIALS) + 256
"""Every byte is a token, so that no sub-word is unknown."""

MAX_TOKENS = 1_000_000
MAX_TOKEN = 100
"""Characters of a token; longer words, such as a picture written as text, are not learnt."""

MAX_PART = 32
"""Characters of a sub-word at most; it bounds the time for a text without gaps."""

CHUNK_CHARACTERS = 1 << 20

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\x{30FC}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_LETTER = rf"[\p{{L}}\p{{N}}\p{{M}}&&[^{_ALONE}]]"
_PICTURE = r"[\p{S}\p{Cn}\p{Co}][\p{M}\x{1F3FB}-\x{1F3FF}\x{E0020}-\x{E007F}]*"
_WORD = "|".join(
    [
        rf"[{_ALONE}]\p{{M}}*",
        rf"{_LETTER}+(?:[\x{{200C}}\x{{200D}}]{_LETTER}+)*",  # joiners inside Persian, Hindi
        r"[\x{1F1E6}-\x{1F1FF}]{2}",  # a flag
        rf"{_PICTURE}(?:\x{{200D}}{_PICTURE})*",  # emoji joined to one
        r"\p{P}\p{M}*",
    ]
)
_SPACED_WORD = rf" ?(?:{_WORD})|\s"
_PART = (
    rf" ?[\p{{L}}\p{{M}}]{{1,{MAX_PART}}}| ?\p{{N}}{{1,3}}"
    rf"| ?[^ \p{{L}}\p{{M}}\p{{N}}]{{1,{MAX_PART}}}| "
)


def library() -> Any:
    """Import the tokenizers library, single-threaded unless the user has set it otherwise.

    Its threads and a later fork of the process (a search that runs trials beside each other)
    would leave the child waiting for ever; the library then warns, and that only once it is late.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import tokenizers

    return tokenizers


def pre_tokenizer(kind: str, *, is_exact: bool) -> Any:
    """Return what splits a text into words, or into the parts that are never merged to one.

    Args:
        kind: "word" or "subword".
        is_exact: Whether white space is kept: each word has the space before it.
    """
    tokenizers = library()
    steps = tokenizers.pre_tokenizers
    if kind == "subword":
        split = steps.Split(tokenizers.Regex(_PART), "isolated")
        return steps.Sequence([split, steps.ByteLevel(add_prefix_space=False, use_regex=False)])
    if is_exact:
        return steps.Split(tokenizers.Regex(_SPACED_WORD), "isolated")
    return steps.Split(tokenizers.Regex(_WORD), "removed", invert=True)


def points(text: str) -> npt.NDArray[np.uint32]:
    """Return the code point of every character, (characters,)."""
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield texts in lists of about a million characters, so that memory stays small."""
    chunk: list[str] = []
    characters = 0
    for text in texts:
        chunk.append(text)
        characters += len(text) + 1
        if characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


class CharacterCounts:
    """How often each character occurs in texts."""

    def __init__(self) -> None:
        self._counts = np.zeros(0x110000, np.int64)

    def count(self, texts: Iterable[str]) -> Iterator[str]:
        """Yield the texts as they are, and count their characters."""
        for chunk in chunks(texts):
            found, number = np.unique(points("".join(chunk)), return_counts=True)
            self._counts[found] += number
            yield from chunk

    def most_frequent(self, most: int, min_count: int) -> list[str]:
        """Return characters, the most frequent first, equally frequent ones by code point."""
        seen = np.flatnonzero(self._counts >= min_count)
        order = seen[np.argsort(-self._counts[seen], kind="stable")]
        return [chr(point) for point in order[:most].tolist()]


def fit_characters(texts: Iterable[str], most: int, min_count: int) -> list[str]:
    """Return the most frequent characters of texts, the most frequent first."""
    counts = CharacterCounts()
    for _ in counts.count(texts):
        pass
    return counts.most_frequent(most, min_count)


def fit_words(texts: Iterable[str], most: int, min_count: int, *, is_exact: bool) -> list[str]:
    """Return the most frequent words of texts, the most frequent first.

    Args:
        texts: The texts; they are gone through once.
        most: How many at most.
        min_count: How often a word occurs at least.
        is_exact: Whether every text can be spelled: the characters come first, on top of the words.
    """
    tokenizers, characters = library(), CharacterCounts()
    counter = tokenizers.Tokenizer(tokenizers.models.WordLevel({}, unk_token=SPECIALS[UNKNOWN]))
    counter.pre_tokenizer = pre_tokenizer("word", is_exact=is_exact)
    trainer = tokenizers.trainers.WordLevelTrainer(
        vocab_size=2**31, min_frequency=min_count, show_progress=False
    )
    counter.train_from_iterator(characters.count(texts) if is_exact else texts, trainer)
    ids = counter.get_vocab()  # numbered by falling count, then by text
    shortest = 2 if is_exact else 1
    ordered = sorted(ids, key=ids.__getitem__)
    words = [word for word in ordered if shortest <= len(word) <= MAX_TOKEN][:most]
    return [*characters.most_frequent(most, 1), *words] if is_exact else words


def fit_symbols(texts: Iterable[str], most: int, min_count: int) -> list[str]:
    """Return the most frequent symbols of texts, the most frequent first, then by text."""
    counts = Counter(symbol for text in texts for symbol in text.split())
    known = [
        (-count, symbol)
        for symbol, count in counts.items()
        if count >= min_count and len(symbol) <= MAX_TOKEN and symbol not in SPECIALS
    ]
    return [symbol for _, symbol in sorted(known)[:most]]


def fit_subwords(
    texts: Iterable[str], size: int, min_count: int
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Learn byte pair encoding; return the tokens and the merges.

    Source: Sennrich, Haddow & Birch (2016), Neural machine translation of rare words with subword
    units; over bytes as in Radford et al. (2019), Language models are unsupervised multitask
    learners.
    """
    tokenizers = library()
    learner = tokenizers.Tokenizer(tokenizers.models.BPE())
    learner.pre_tokenizer = pre_tokenizer("subword", is_exact=True)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=min_count,
        show_progress=False,
        special_tokens=list(SPECIALS),
        initial_alphabet=byte_symbols(),
        max_token_length=MAX_TOKEN,
    )
    learner.train_from_iterator(texts, trainer)
    model = json.loads(learner.to_str())["model"]
    ids: dict[str, int] = model["vocab"]
    merges = tuple((left, right) for left, right in model["merges"])
    return sorted(ids, key=ids.__getitem__)[len(SPECIALS) :], merges


def byte_symbols() -> list[str]:
    """Return the character that represents each byte, as in GPT-2.

    A printable byte represents itself, the others are the characters from U+0100 on.
    """
    prints = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(value if value in prints else next(others)) for value in range(256)]


def checked_vocabulary(kind: str, found: Any) -> tuple[str, ...]:
    """Return a vocabulary, read from a file that may be a stranger's.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(found, list) or not len(SPECIALS) <= len(found) <= MAX_TOKENS:
        raise ValueError(f"expected a vocabulary of {len(SPECIALS)} to {MAX_TOKENS:,} tokens")
    longest = {"character": 1, "byte": 2}.get(kind, MAX_TOKEN)
    tokens = found[len(SPECIALS) :]
    for token in tokens:
        if not isinstance(token, str) or not 1 <= len(token) <= longest:
            raise ValueError(f"expected every token to be a text of 1 to {longest} characters")
        if not token.isascii() and encodable(token) != token:
            raise ValueError("a token holds half a character")
    if tuple(found[: len(SPECIALS)]) != SPECIALS or len(set(found)) != len(found):
        raise ValueError(f"expected {', '.join(SPECIALS)}, and each token once")
    if kind == SYMBOL and not all(token.split() == [token] for token in tokens):
        raise ValueError("a symbol holds a blank")
    if kind == "byte" and tokens != hexadecimal_bytes():
        raise ValueError("expected the 256 bytes in their order")
    symbols = set(byte_symbols())
    if kind == "subword" and not symbols <= set(tokens):
        raise ValueError("a vocabulary of sub-words lacks a byte")
    if kind == "subword" and not all(symbols.issuperset(token) for token in tokens):
        raise ValueError("a sub-word holds what stands for no byte")
    return tuple(found)


def hexadecimal_bytes() -> list[str]:
    """Return the spelling of each byte: two hexadecimal digits."""
    return [f"{value:02x}" for value in range(256)]


def checked_merges(
    kind: str, found: Any, vocabulary: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return the merges of a vocabulary, read from a file that may be a stranger's.

    Raises:
        ValueError: They are none.
    """
    most = len(vocabulary) if kind == "subword" else 0
    if not isinstance(found, list) or len(found) > most:
        raise ValueError(f"expected a list of at most {most} merges")
    known, merges = set(vocabulary[len(SPECIALS) :]), []
    for pair in found:
        if not isinstance(pair, list) or [type(part) for part in pair] != [str, str]:
            raise ValueError("expected every merge to be a pair of texts")
        left, right = pair
        if not {left, right, left + right} <= known:
            raise ValueError("a merge of tokens that are not in the vocabulary")
        merges.append((left, right))
    return tuple(merges)
