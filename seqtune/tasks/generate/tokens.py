"""Turning text into tokens and back without losing anything, with a vocabulary of training text.

Four kinds: characters; bytes of UTF-8; words, each with the space before it; and sub-words
(byte-level byte pair encoding). What is said of a text in one kind can be compared with what is
said in another: every text has one sequence of tokens, whose probabilities are those of the text.

- A word that the vocabulary lacks is spelt in characters.
- A character that the vocabulary lacks is `UNKNOWN`, which stands for any of the others in Unicode;
  `surprise` says what it costs to name the one that was meant.

Token `END` stands between two documents: before the first and after the last character of each.
"""

from __future__ import annotations

import codecs
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.reading.encoding import encodable
from seqtune.data.text.vocabulary import (
    MIN_SUBWORDS,
    WORD,
    byte_symbols,
    checked_merges,
    fit_parts,
    library,
    pre_tokenizer,
)

Integers = npt.NDArray[np.int32]

KINDS = ("character", "byte", "word", "subword")

END, UNKNOWN = 0, 1
SPECIALS = ("<end>", "<unknown>")

MAX_TOKEN = 100
"""Characters of a token; longer words are spelt."""

MAX_TOKENS = 200_000
CODE_POINTS = 0x110000 - 0x800
"""Characters that Unicode has room for, without surrogates."""

CHUNK = 1 << 20
"""Characters that are split at a time."""

_PIECE = rf" ?(?:{WORD})|\s"


@dataclass(frozen=True)
class Tokens:
    """A vocabulary and the rule that splits a text; a value, equal where these are equal.

    Args:
        kind: "character", "byte", "word" or "subword".
        vocabulary: Spelling of each id; the first two are `END` and `UNKNOWN`. Bytes are written
            as two hexadecimal digits, sub-words as `seqtune.data.text.tokenizer` has them.
        merges: The pairs that are joined to sub-words, first joined first; else empty.

    Example:
        >>> tokens = Tokens.fit(["banana"], "character", most=100, least_count=1)
        >>> tokens.encode("ban!").tolist(), tokens.decode([2, 3, 4])
        ([4, 2, 3, 1], 'anb')
    """

    kind: str
    vocabulary: tuple[str, ...] = field(repr=False)
    merges: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """How many ids there are, `END` and `UNKNOWN` among them."""
        return len(self.vocabulary)

    @property
    def dtype(self) -> str:
        """The smallest unsigned integers that hold every id."""
        return "uint8" if self.size <= 1 << 8 else "uint16" if self.size <= 1 << 16 else "uint32"

    @classmethod
    def fit(cls, texts: Iterable[str], kind: str, *, most: int, least_count: int) -> Tokens:
        """Take the most frequent tokens of texts; among equally frequent ones the first by text.

        Args:
            texts: Training text in pieces; it is gone through once.
            kind: One of `KINDS`.
            most: The largest size of the vocabulary. Characters of words that have to be spelt
                come on top.
            least_count: How often a word must occur, or a pair of sub-words that is joined.
                Characters are taken from the first occurrence.

        Raises:
            ValueError: The kind is unknown.
        """
        if kind == "byte":
            return cls(kind, (*SPECIALS, *(f"{value:02x}" for value in range(256))))
        if kind == "character":
            return cls(kind, (*SPECIALS, *_frequent(_characters(texts), most - 2, 1)))
        if kind == "subword":
            most = max(most, MIN_SUBWORDS)
            parts, merges = fit_parts(map(encodable, texts), most, least_count)
            return cls(kind, (*SPECIALS, *parts[2:]), merges)
        if kind != "word":
            raise ValueError(f"unknown kind of token '{kind}'; expected {', '.join(KINDS)}")
        words: Counter[str] = Counter()
        letters: Counter[str] = Counter()
        for text in texts:
            words.update(_pieces(text))
            letters.update(text)
        spelt = _frequent(letters, most, 1)
        short = Counter({w: n for w, n in words.items() if 1 < len(w) <= MAX_TOKEN})
        chosen = _frequent(short, most - 2, least_count)
        return cls(kind, (*SPECIALS, *spelt, *chosen))

    def encode(self, text: str) -> Integers:
        """Return the ids of a text, (tokens,), without `END`."""
        text = encodable(text)
        if self.kind == "byte":
            return np.frombuffer(text.encode("utf-8"), np.uint8).astype(np.int32) + 2
        if self.kind == "character":
            return self._id_of_point[_points(text)]
        if self.kind == "subword":
            return np.array(self._splitter.encode(text, add_special_tokens=False).ids, np.int32)
        found: list[int] = []
        known = self.ids
        for word in _pieces(text):
            number = known.get(word)
            found += self._id_of_point[_points(word)].tolist() if number is None else [number]
        return np.array(found, np.int32)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids; `END` has none, and what is no UTF-8 becomes U+FFFD."""
        decoder = self.decoder()
        return "".join(map(decoder.feed, ids)) + decoder.flush()

    def decoder(self) -> Decoder:
        """Return what turns one id after the other into text."""
        return Decoder(self)

    def characters(self, ids: npt.ArrayLike) -> Integers:
        """Return how many characters each id begins; `END` counts none, `UNKNOWN` one."""
        found: Integers = self._lengths[np.asarray(ids)]
        return found

    def unknown_in(self, text: str) -> list[str]:
        """Return the different characters of a text that the vocabulary cannot spell, in order."""
        if self.kind in ("byte", "subword"):
            return []
        return [each for each in dict.fromkeys(encodable(text)) if each not in self.ids]

    @cached_property
    def surprise(self) -> float:
        """What `UNKNOWN` costs beside its own probability, in nats: any character is as likely."""
        known = sum(len(spelling) == 1 for spelling in self.vocabulary[2:])
        return math.log(CODE_POINTS - known) if self.kind in ("character", "word") else 0.0

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each spelling."""
        return {spelling: number for number, spelling in enumerate(self.vocabulary) if number > 1}

    @cached_property
    def spellings(self) -> list[bytes]:
        """The UTF-8 bytes of each id."""
        spelt = self.vocabulary[2:]
        if self.kind == "byte":
            known = [bytes.fromhex(each) for each in spelt]
        elif self.kind == "subword":
            byte_of = {symbol: value for value, symbol in enumerate(byte_symbols())}
            known = [bytes(byte_of.get(symbol, 63) for symbol in each) for each in spelt]
        else:
            known = [each.encode("utf-8") for each in spelt]
        return [b"", "\ufffd".encode(), *known]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes."""
        return {
            "kind": self.kind,
            "vocabulary": list(self.vocabulary),
            "merges": [list(pair) for pair in self.merges],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tokens:
        """Take what `to_dict` gave, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is no vocabulary.
        """
        if not isinstance(values, Mapping) or values.keys() != {"kind", "vocabulary", "merges"}:
            raise ValueError("a vocabulary has other parts than are written")
        kind, found = values["kind"], values["vocabulary"]
        if kind not in KINDS:
            raise ValueError("an unknown kind of token")
        if not isinstance(found, list) or not 2 <= len(found) <= MAX_TOKENS:
            raise ValueError(f"expected a vocabulary of 2 to {MAX_TOKENS:,} tokens")
        longest = {"character": 1, "byte": 2}.get(kind, MAX_TOKEN)
        for token in found[2:]:
            if not isinstance(token, str) or not 1 <= len(token) <= longest:
                raise ValueError(f"expected every token to be a text of 1 to {longest} characters")
            if not token.isascii() and encodable(token) != token:
                raise ValueError("a token holds half a character")
        if tuple(found[:2]) != SPECIALS or len(set(found)) != len(found):
            raise ValueError("expected the end, the unknown, and each token once")
        if kind == "byte" and found[2:] != [f"{value:02x}" for value in range(256)]:
            raise ValueError("expected the 256 bytes in their order")
        merges = checked_merges(kind, values["merges"], tuple(found))
        return cls(kind, tuple(found), merges)

    @cached_property
    def _lengths(self) -> Integers:
        begun = [sum(byte & 0xC0 != 0x80 for byte in spelling) for spelling in self.spellings]
        return np.array(begun, np.int32)

    @cached_property
    def _id_of_point(self) -> Integers:
        ids = np.full(0x110000, UNKNOWN, np.int32)
        for spelling, number in self.ids.items():
            if len(spelling) == 1:
                ids[ord(spelling)] = number
        return ids

    @cached_property
    def _splitter(self) -> Any:
        models, ids = library(), {word: number for number, word in enumerate(self.vocabulary)}
        splitter = models.Tokenizer(models.models.BPE(ids, list(self.merges)))
        splitter.pre_tokenizer = pre_tokenizer("subword")
        return splitter


class Decoder:
    """Turns one id after the other into text; characters come when their last byte is there.

    Args:
        tokens: The vocabulary.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._spellings = tokens.spellings
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, token: int) -> str:
        """Return the text that a token completes."""
        return self._decoder.decode(self._spellings[int(token)])

    def flush(self) -> str:
        """Return what is left: U+FFFD for half a character."""
        return self._decoder.decode(b"", True)


def cut(text: str) -> int:
    """Return where a text that goes on may be cut so that its tokens stay the same.

    After the last line feed, or else before the last space; at its end where there is neither.
    """
    line = text.rfind("\n") + 1
    return line or max(text.rfind(" "), 0) or len(text)


def rejoined(blocks: Iterable[str]) -> Iterator[str]:
    """Yield the same text in pieces that end where tokens may be cut."""
    rest = ""
    for block in blocks:
        rest += block
        if len(rest) >= CHUNK:
            place = cut(rest)
            yield rest[:place]
            rest = rest[place:]
    if rest:
        yield rest


def _points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _characters(texts: Iterable[str]) -> Counter[str]:
    counts = np.zeros(0x110000, np.int64)
    for text in texts:
        found, number = np.unique(_points(encodable(text)), return_counts=True)
        counts[found] += number
    seen = np.flatnonzero(counts)
    return Counter({chr(point): int(counts[point]) for point in seen.tolist()})


def _frequent(counts: Counter[str], most: int, least_count: int) -> list[str]:
    order = sorted(counts, key=lambda token: (-counts[token], token))
    return [token for token in order if counts[token] >= least_count][: max(most, 0)]


def _pieces(text: str) -> list[str]:
    """Return a text cut into words, each with the space before it, and single white space."""
    models = library()
    split = models.pre_tokenizers.Split(models.Regex(_PIECE), "isolated")
    return [word for word, _ in split.pre_tokenize_str(encodable(text))]
