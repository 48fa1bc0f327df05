"""Turning texts into sequences of tokens, with a vocabulary fitted on the training texts only.

Three kinds of tokens: words, parts of words (byte-level byte pair encoding) and characters. Any
script is taken: writing systems without spaces between words (Chinese, Japanese, Thai, Lao,
Khmer, Burmese, Tibetan) give one word per character with its marks, and an emoji with its skin
tone, its joined emoji or its flag is one word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.encoding import encodable
from seqtune.data.text.vocabulary import (
    MAX_TOKENS,
    MIN_SUBWORDS,
    PADDING,
    UNKNOWN,
    UNKNOWN_ID,
    byte_symbols,
    checked_merges,
    checked_vocabulary,
    fit_characters,
    fit_parts,
    fit_words,
    library,
    pre_tokenizer,
)

KINDS = ("word", "subword", "character")
CHUNK_CHARACTERS = 1 << 20
FORMAT = 1


@dataclass(frozen=True, eq=False)
class Encoded:
    """Texts as tokens.

    Args:
        tokens: One sequence per text, none empty.
        truncated: How many texts were shortened.
    """

    tokens: Ragged
    truncated: int


@dataclass(frozen=True)
class Tokenizer:
    """A vocabulary and the rule that splits a text; a value, equal where these are equal.

    A text is first brought to Unicode's NFKC form, lower-cased where `lower` says so, and each
    stretch of white space in it made one space.

    Args:
        kind: "word", "subword" or "character".
        lower: Whether capitals are made small.
        vocabulary: Spelling of each id; the first two are padding and unknown.
        merges: The pairs that are joined to subwords, first joined first; else empty.

    Example:
        >>> tokenizer = Tokenizer.fit(["good film", "bad film"], "word", most=100, least_count=1)
        >>> tokenizer.words()
        ['<padding>', '<unknown>', 'film', 'bad', 'good']
        >>> tokenizer.encode(["Good, bad film!"], None).tokens.values
        array([4, 1, 3, 2, 1], dtype=int32)
    """

    kind: str
    lower: bool
    vocabulary: tuple[str, ...] = field(repr=False)
    merges: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """How many ids there are: 0 (padding), 1 (unknown), and the tokens."""
        return len(self.vocabulary)

    @classmethod
    def fit(
        cls, texts: Iterable[str], kind: str, *, most: int, least_count: int, lower: bool = True
    ) -> Tokenizer:
        """Take the most frequent tokens of texts; among equally frequent ones the first by text.

        Args:
            texts: The training texts; they are gone through once. Without any, the vocabulary is
                padding and unknown (and the 256 bytes, for subwords).
            kind: "word", "subword" or "character".
            most: The largest size of the vocabulary, padding and unknown counted.
            least_count: How often a token must occur; for subwords, how often a pair must stand
                side by side to be joined.
            lower: Whether capitals are made small.

        Raises:
            ValueError: The kind is unknown, or `most` or `least_count` is out of range.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind of token '{kind}'; expected {', '.join(KINDS)}")
        least = MIN_SUBWORDS if kind == "subword" else 2
        if not least <= most <= MAX_TOKENS:
            raise ValueError(f"a vocabulary of {most}; expected {least} to {MAX_TOKENS:,}")
        if least_count < 1:
            raise ValueError(f"a least count of {least_count}; expected at least 1")
        normal = (_normal(text, kind, lower) for text in texts)
        if kind == "subword":
            return cls(kind, lower, *fit_parts(normal, most, least_count))
        fit = fit_words if kind == "word" else fit_characters
        return cls(kind, lower, (PADDING, UNKNOWN, *fit(normal, most - 2, least_count)))

    def encode(self, texts: Sequence[str], longest: int | None) -> Encoded:
        """Turn texts into tokens.

        Args:
            texts: Any texts; one without a token gives the single token 1 (unknown).
            longest: Tokens per text at most: of a longer one the first three quarters of
                `longest` are kept and the last quarter (rounded down), for the end often tells
                most. None keeps all.

        Raises:
            ValueError: `longest` is below 1.
        """
        if longest is not None and longest < 1:
            raise ValueError(f"at most {longest} tokens per text; expected at least 1")
        parts, lengths, truncated = [np.empty(0, np.int32)], [np.empty(0, np.int64)], 0
        for chunk in _chunks(_normal(text, self.kind, self.lower) for text in texts):
            tokens = _filled(*self._ids(chunk))
            if longest is not None:
                truncated += int((tokens.lengths > longest).sum())
                tokens = _shortened(tokens, longest)
            parts.append(tokens.values)
            lengths.append(tokens.lengths)
        return Encoded(_ragged(np.concatenate(parts), np.concatenate(lengths)), truncated)

    def words(self) -> list[str]:
        r"""Return the text of each id.

        A subword that begins a word begins with a space; bytes that are not a whole character
        are shown as `\xe4`.
        """
        if self.kind != "subword":
            return list(self.vocabulary)
        byte_of = {symbol: value for value, symbol in enumerate(byte_symbols())}
        parts = (bytes(byte_of.get(symbol, 63) for symbol in part) for part in self.vocabulary[2:])
        return [PADDING, UNKNOWN, *(part.decode("utf-8", "backslashreplace") for part in parts)]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes."""
        return {
            "format": FORMAT,
            "kind": self.kind,
            "lower": self.lower,
            "vocabulary": list(self.vocabulary),
            "merges": [list(pair) for pair in self.merges],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tokenizer:
        """Take what `to_dict` gave, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is not a tokenizer; nothing of it is executed, its size is bounded.
        """
        if not isinstance(values, Mapping) or values.get("format") != FORMAT:
            raise ValueError(f"not a tokenizer of format {FORMAT}")
        kind, lower = values.get("kind"), values.get("lower")
        if not isinstance(kind, str) or kind not in KINDS or not isinstance(lower, bool):
            raise ValueError("a tokenizer without a known kind, or without `lower`")
        vocabulary = checked_vocabulary(kind, values.get("vocabulary"))
        merges = checked_merges(kind, values.get("merges"), vocabulary)
        return cls(kind, lower, vocabulary, merges)

    def _ids(self, texts: list[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return the ids of all texts, (tokens,), and how many each text has, (texts,)."""
        if self.kind == "character":
            lengths = np.array([len(text) for text in texts], np.int64)
            points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
            return self._id_of_point[points], lengths
        encodings = self._splitter.encode_batch_fast(texts, add_special_tokens=False)
        ids = [encoding.ids for encoding in encodings]
        lengths = np.array([len(part) for part in ids], np.int64)
        return np.fromiter(chain.from_iterable(ids), np.int32, int(lengths.sum())), lengths

    @cached_property
    def _id_of_point(self) -> npt.NDArray[np.int32]:
        ids = np.full(0x110000, UNKNOWN_ID, np.int32)
        ids[[ord(character) for character in self.vocabulary[2:]]] = np.arange(2, self.size)
        return ids

    @cached_property
    def _splitter(self) -> Any:
        tokenizers = library()
        ids = {word: number for number, word in enumerate(self.vocabulary)}
        if self.kind == "word":
            splitter = tokenizers.Tokenizer(tokenizers.models.WordLevel(ids, unk_token=UNKNOWN))
        else:
            splitter = tokenizers.Tokenizer(tokenizers.models.BPE(ids, list(self.merges)))
        splitter.pre_tokenizer = pre_tokenizer(self.kind)
        return splitter


@cache
def _nfkc() -> Any:
    """Return the library's NFKC: linear in time, where Python's is not for a pile of marks."""
    return library().normalizers.NFKC()


def _normal(text: str, kind: str, lower: bool) -> str:
    """Return a text in the form in which it is split."""
    if not text.isascii():
        text = _nfkc().normalize_str(encodable(text))
    text = " ".join((text.lower() if lower else text).split())
    return f" {text}" if text and kind == "subword" else text


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
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


def _filled(ids: npt.NDArray[np.int32], lengths: npt.NDArray[np.int64]) -> Ragged:
    """Give the sequences that are empty the one token for unknown."""
    starts = np.cumsum(lengths) - lengths
    ids = np.insert(ids, starts[lengths == 0], UNKNOWN_ID)
    return _ragged(ids, np.maximum(lengths, 1))


def _shortened(tokens: Ragged, longest: int) -> Ragged:
    """Cut the middle out of sequences longer than `longest`."""
    lengths = np.minimum(tokens.lengths, longest)
    short = _ragged(np.empty(int(lengths.sum()), np.int32), lengths)
    sequence = np.repeat(np.arange(len(tokens)), lengths)
    position = np.arange(len(short.values)) - short.offsets[sequence]
    head = longest - longest // 4
    left_out = np.where(position >= head, (tokens.lengths - lengths)[sequence], 0)
    return Ragged(tokens.values[tokens.offsets[sequence] + position + left_out], short.offsets)


def _ragged(values: npt.NDArray[np.int32], lengths: npt.NDArray[np.int64]) -> Ragged:
    return Ragged(values, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]))
