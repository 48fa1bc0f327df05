"""Which tokens a tokenizer knows: what splits texts, and what is learnt from the training texts."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any

from seqtune.data.reading.encoding import encodable

PADDING, UNKNOWN = "<padding>", "<unknown>"
"""The first two of every vocabulary. No kind of token can be spelled so: `<` always stands alone
or beside other symbols, never beside letters."""

PADDING_ID, UNKNOWN_ID = 0, 1
MIN_SUBWORDS = 2 + 256  # every byte is a token, so that nothing is unknown
MAX_TOKENS = 1_000_000
MAX_WORD = 100
"""Characters of a token; longer words, such as a picture written as text, are not learnt."""

MAX_PART = 32
"""Characters that are merged to one subword at most; it bounds the time for a text without gaps."""

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\x{30FC}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_LETTER = rf"[\p{{L}}\p{{N}}\p{{M}}&&[^{_ALONE}]]"
_PICTURE = r"[\p{S}\p{Cn}\p{Co}][\p{M}\x{1F3FB}-\x{1F3FF}\x{E0020}-\x{E007F}]*"
WORD = "|".join(
    [
        rf"[{_ALONE}]\p{{M}}*",
        rf"{_LETTER}+(?:[\x{{200C}}\x{{200D}}]{_LETTER}+)*",  # joiners inside Persian, Hindi
        r"[\x{1F1E6}-\x{1F1FF}]{2}",  # a flag
        rf"{_PICTURE}(?:\x{{200D}}{_PICTURE})*",  # emoji joined to one
        r"\p{P}\p{M}*",
    ]
)
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


def pre_tokenizer(kind: str) -> Any:
    """Return what splits a text into words, or into the parts that are never merged to one."""
    tokenizers = library()
    steps = tokenizers.pre_tokenizers
    if kind == "word":
        return steps.Split(tokenizers.Regex(WORD), "removed", invert=True)
    split = steps.Split(tokenizers.Regex(_PART), "isolated")
    return steps.Sequence([split, steps.ByteLevel(add_prefix_space=False, use_regex=False)])


def fit_words(texts: Iterable[str], most: int, least_count: int) -> list[str]:
    """Return the most frequent words of texts, the most frequent first."""
    tokenizers = library()
    counter = tokenizers.Tokenizer(tokenizers.models.WordLevel({}, unk_token=UNKNOWN))
    counter.pre_tokenizer = pre_tokenizer("word")
    trainer = tokenizers.trainers.WordLevelTrainer(
        vocab_size=2**31, min_frequency=least_count, show_progress=False
    )
    counter.train_from_iterator(texts, trainer)
    ids = counter.get_vocab()  # numbered by falling count, then by text
    words = (word for word in sorted(ids, key=ids.__getitem__) if len(word) <= MAX_WORD)
    return list(words)[:most]


def fit_characters(texts: Iterable[str], most: int, least_count: int) -> list[str]:
    """Return the most frequent characters of texts, the most frequent first."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    order = sorted(counts, key=lambda character: (-counts[character], character))
    return [character for character in order if counts[character] >= least_count][:most]


def fit_parts(
    texts: Iterable[str], most: int, least_count: int
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Learn byte pair encoding; return the vocabulary and the merges.

    Source: Sennrich, Haddow & Birch (2016), Neural machine translation of rare words with subword
    units; over bytes as in Radford et al. (2019), Language models are unsupervised multitask
    learners.
    """
    tokenizers = library()
    learner = tokenizers.Tokenizer(tokenizers.models.BPE())
    learner.pre_tokenizer = pre_tokenizer("subword")
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=most,
        min_frequency=least_count,
        show_progress=False,
        special_tokens=[PADDING, UNKNOWN],
        initial_alphabet=byte_symbols(),
        max_token_length=MAX_WORD,
    )
    learner.train_from_iterator(texts, trainer)
    model = json.loads(learner.to_str())["model"]
    ids: dict[str, int] = model["vocab"]
    merges = tuple((left, right) for left, right in model["merges"])
    return tuple(sorted(ids, key=ids.__getitem__)), merges


def byte_symbols() -> list[str]:
    """Return the character that stands for each byte, as GPT-2 has it.

    A byte that prints stands for itself, the others for the characters from U+0100 on.
    """
    prints = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(value if value in prints else next(others)) for value in range(256)]


def checked_vocabulary(kind: str, found: Any) -> tuple[str, ...]:
    """Return a vocabulary, read from a file that may be a stranger's.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(found, list) or not 2 <= len(found) <= MAX_TOKENS:
        raise ValueError(f"expected a vocabulary of 2 to {MAX_TOKENS:,} tokens")
    longest = 1 if kind == "character" else MAX_WORD
    for token in found[2:]:
        if not isinstance(token, str) or not 1 <= len(token) <= longest:
            raise ValueError(f"expected every token to be a text of 1 to {longest} characters")
        if not token.isascii() and encodable(token) != token:
            raise ValueError("a token holds half a character")
    if found[:2] != [PADDING, UNKNOWN] or len(set(found)) != len(found):
        raise ValueError("expected padding, unknown, and each token once")
    if kind == "subword" and not set(byte_symbols()) <= set(found):
        raise ValueError("a vocabulary of subwords lacks a byte")
    return tuple(found)


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
    known, merges = set(vocabulary[2:]), []
    for pair in found:
        if not isinstance(pair, list) or [type(part) for part in pair] != [str, str]:
            raise ValueError("expected every merge to be a pair of texts")
        left, right = pair
        if not {left, right, left + right} <= known:
            raise ValueError("a merge of tokens that are not in the vocabulary")
        merges.append((left, right))
    return tuple(merges)
