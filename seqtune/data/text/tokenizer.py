"""Turning texts into sequences of tokens and back, with a vocabulary of the training texts only.

Five kinds of tokens: characters; bytes of UTF-8; words; sub-words (byte-level byte pair
encoding); and symbols, which stand between blanks and are kept whole (phones, notes). Any
script is taken: writing systems without spaces between words (Chinese, Japanese, Thai, Lao, Khmer,
Burmese, Tibetan) give one word per character with its marks, and an emoji with its skin tone, its
joined emoji or its flag is one word.

Texts that are to be written again are taken exactly: nothing is lost, a word has the space before
it, and a word that the vocabulary lacks is spelled in characters. Every text then has one sequence
of tokens, and what a model says of a text in one kind can be compared with what it says in another.
Texts that are only read may be normalized first: fewer tokens, each more frequent.

One class in one file of a little over 300 lines: encoding and decoding must stay inverse.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.data.ragged import Ragged
from seqtune.data.reading.encoding import encodable
from seqtune.data.text.decoder import Decoder
from seqtune.data.text.sequences import Ids, Lengths, filled, ragged, shortened
from seqtune.data.text.vocabulary import (
    KINDS,
    MAX_TOKENS,
    MIN_SUBWORDS,
    SPECIALS,
    SYMBOL,
    UNKNOWN,
    byte_symbols,
    checked_merges,
    checked_vocabulary,
    chunks,
    fit_characters,
    fit_subwords,
    fit_symbols,
    fit_words,
    hexadecimal_bytes,
    library,
    points,
    pre_tokenizer,
)

NORMALIZATIONS = ("none", "nfkc", "nfkc_lower")

CODE_POINTS = 0x110000 - 0x800
"""Characters that Unicode has room for, without surrogates."""


SPLIT = ("word", "subword")
"""Kinds of token that a library splits texts into."""


@dataclass(frozen=True)
class Tokenizer:
    """A vocabulary and the rule that splits a text; a value, equal where these are equal.

    Args:
        kind: "character", "byte", "word", "subword" or "symbol".
        normalization: "none" takes texts exactly. "nfkc" brings them to Unicode's NFKC form and
            makes every run of white space one space; words then come without spaces. "nfkc_lower"
            makes capitals small as well.
        vocabulary: Spelling of each id; the first two are the end and the unknown. Bytes are
            written as two hexadecimal digits, a sub-word with a character for each of its bytes.
        merges: The pairs that are joined to sub-words, first joined first; else empty.

    Example:
        >>> tokenizer = Tokenizer.fit(["banana"], "character", max_tokens=100)
        >>> tokenizer.encode("ban!").tolist(), tokenizer.decode([2, 3, 4])
        ([4, 2, 3, 1], 'anb')
    """

    kind: str
    normalization: str
    vocabulary: tuple[str, ...] = field(repr=False)
    merges: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """How many ids there are, the end and the unknown among them."""
        return len(self.vocabulary)

    @property
    def is_exact(self) -> bool:
        """Whether a text comes back from its tokens as it was; symbols with one blank between."""
        return self.normalization == "none"

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages that splitting a text loads."""
        return () if self.is_exact and self.kind not in SPLIT else ("tokenizers",)

    @property
    def dtype(self) -> str:
        """The smallest unsigned integers that hold every id."""
        return "uint8" if self.size <= 1 << 8 else "uint16" if self.size <= 1 << 16 else "uint32"

    @classmethod
    def fit(
        cls,
        texts: Iterable[str],
        kind: str,
        *,
        max_tokens: int,
        min_count: int = 1,
        normalization: str = "none",
    ) -> Tokenizer:
        """Take the most frequent tokens of texts; among equally frequent ones the first by text.

        Args:
            texts: The training texts, or one in pieces; they are gone through once.
            kind: "character", "byte", "word", "subword" or "symbol".
            max_tokens: The largest size of the vocabulary, the end and the unknown counted. The
                characters in which exact words are spelled come on top.
            min_count: How often a token must occur; for sub-words, how often a pair must stand side
                by side to be joined. Of exact texts every character is taken.
            normalization: "none", "nfkc" or "nfkc_lower".

        Raises:
            ValueError: An argument is unknown, or out of range.
        """
        _check(kind, normalization)
        fewest = MIN_SUBWORDS if kind == "subword" else len(SPECIALS)
        if not fewest <= max_tokens <= MAX_TOKENS:
            raise ValueError(f"max_tokens is {max_tokens}; expected {fewest} to {MAX_TOKENS:,}")
        if min_count < 1:
            raise ValueError(f"min_count is {min_count}; expected at least 1")
        tokenizer = cls(kind, normalization, SPECIALS)
        normal, most = map(tokenizer._normal, texts), max_tokens - len(SPECIALS)
        merges: tuple[tuple[str, str], ...] = ()
        if kind == "byte":
            found = hexadecimal_bytes()
        elif kind == "character":
            found = fit_characters(normal, most, 1 if tokenizer.is_exact else min_count)
        elif kind == SYMBOL:
            found = fit_symbols(normal, most, min_count)
        elif kind == "word":
            found = fit_words(normal, most, min_count, is_exact=tokenizer.is_exact)
        else:
            found, merges = fit_subwords(normal, max_tokens, min_count)
        return cls(kind, normalization, (*SPECIALS, *found), merges)

    def encode(self, text: str) -> Ids:
        """Return the ids of a text, (tokens,)."""
        return self._ids([self._normal(text)])[0]

    def encode_batch(self, texts: Sequence[str], max_length: int | None) -> tuple[Ragged, int]:
        """Turn texts into tokens.

        Args:
            texts: Any texts; one without a token gives the single token for unknown.
            max_length: Tokens per text at most: of a longer one the first three quarters of
                `max_length` are kept and the last quarter (rounded down), for the end is often the
                most informative. None keeps all.

        Returns:
            One sequence per text, none empty; and how many of them were shortened.

        Raises:
            ValueError: `max_length` is below 1.
        """
        if max_length is not None and max_length < 1:
            raise ValueError(f"at most {max_length} tokens per text; expected at least 1")
        parts, lengths, truncated = [np.empty(0, np.int32)], [np.empty(0, np.int64)], 0
        for chunk in chunks(map(self._normal, texts)):
            tokens = filled(*self._ids(chunk))
            if max_length is not None:
                truncated += int((tokens.lengths > max_length).sum())
                tokens = shortened(tokens, max_length)
            parts.append(tokens.values)
            lengths.append(tokens.lengths)
        return ragged(np.concatenate(parts), np.concatenate(lengths)), truncated

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids; the end has none, and what is no UTF-8 becomes U+FFFD.

        Raises:
            ValueError: The tokens are words of normalized texts, which lack the spaces between.
        """
        if self.kind == "word" and not self.is_exact:
            raise ValueError("words of normalized texts cannot be joined to a text")
        decoder = self.decoder()
        return decoder.feed_all(ids) + decoder.flush()

    def decoder(self) -> Decoder:
        """Return what turns one id after the other into text."""
        return Decoder(self.spellings, " " if self.kind == SYMBOL else "")

    def words(self) -> list[str]:
        r"""Return what each id is shown as; bytes that are not a whole character as `\xe4`."""
        known = self.spellings[len(SPECIALS) :]
        return [*SPECIALS, *(each.decode("utf-8", "backslashreplace") for each in known)]

    def characters(self, ids: npt.ArrayLike) -> Ids:
        """Return how many characters each id begins; the end counts none, the unknown one.

        The blank between two symbols is not counted.
        """
        found: Ids = self._characters[np.asarray(ids)]
        return found

    def unknown_in(self, text: str) -> list[str]:
        """Return the different characters of a text that the vocabulary cannot spell, in order.

        Of symbols, those that it does not know.
        """
        if self.kind in ("byte", "subword"):
            return []
        normal = self._normal(text)
        parts = normal.split() if self.kind == SYMBOL else normal
        return [each for each in dict.fromkeys(parts) if each not in self.ids]

    @cached_property
    def surprise(self) -> float:
        """What the unknown costs beside its own probability, in nats.

        It stands for any character that the vocabulary lacks, each as likely as the other. An
        unknown symbol, of which there is no end, is counted as one character.
        """
        known = sum(len(spelling) == 1 for spelling in self.ids)
        is_open = self.kind in ("character", "word", SYMBOL)
        return math.log(CODE_POINTS - known) if is_open else 0.0

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each token, without the end and the unknown."""
        return {token: number for number, token in enumerate(self.vocabulary) if number > UNKNOWN}

    @cached_property
    def spellings(self) -> list[bytes]:
        """The UTF-8 bytes of each id."""
        known = self.vocabulary[len(SPECIALS) :]
        if self.kind == "byte":
            spelled = [bytes.fromhex(each) for each in known]
        elif self.kind == "subword":
            byte_of = {symbol: value for value, symbol in enumerate(byte_symbols())}
            spelled = [bytes(byte_of[symbol] for symbol in each) for each in known]
        else:
            spelled = [each.encode("utf-8") for each in known]
        return [b"", "\ufffd".encode(), *spelled]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes."""
        return {
            "kind": self.kind,
            "normalization": self.normalization,
            "vocabulary": list(self.vocabulary),
            "merges": [list(pair) for pair in self.merges],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Tokenizer:
        """Take what `to_dict` gave, from a file that may be damaged or a stranger's.

        Raises:
            ValueError: It is not a tokenizer; nothing of it is executed, its size is bounded.
        """
        if not isinstance(values, Mapping) or values.keys() != {*cls.__dataclass_fields__}:
            raise ValueError(f"not a tokenizer: expected {', '.join(cls.__dataclass_fields__)}")
        kind, normalization = values["kind"], values["normalization"]
        _check(kind, normalization)
        vocabulary = checked_vocabulary(kind, values["vocabulary"])
        return cls(
            kind, normalization, vocabulary, checked_merges(kind, values["merges"], vocabulary)
        )

    def _normal(self, text: str) -> str:
        """Return a text in the form in which it is split."""
        if self.is_exact:
            return encodable(text)
        if not text.isascii():
            text = _nfkc().normalize_str(encodable(text))
        text = " ".join((text.lower() if self.normalization == "nfkc_lower" else text).split())
        return f" {text}" if text and self.kind == "subword" else text

    def _ids(self, texts: list[str]) -> tuple[Ids, Lengths]:
        """Return the ids of all texts, (tokens,), and how many each text has, (texts,)."""
        if self.kind == "character":
            return self._id_of_point[points("".join(texts))], np.array([*map(len, texts)], np.int64)
        if self.kind == "byte":
            encoded = [text.encode("utf-8") for text in texts]
            ids = np.frombuffer(b"".join(encoded), np.uint8).astype(np.int32) + len(SPECIALS)
            return ids, np.array([*map(len, encoded)], np.int64)
        if self.kind == SYMBOL:
            found = [[self.ids.get(each, UNKNOWN) for each in text.split()] for text in texts]
        elif self.kind == "word" and self.is_exact:
            found = [self._spelled(text) for text in texts]
        else:
            encodings = self._splitter.encode_batch_fast(texts, add_special_tokens=False)
            found = [encoding.ids for encoding in encodings]
        lengths = np.array([len(part) for part in found], np.int64)
        return np.fromiter(chain.from_iterable(found), np.int32, int(lengths.sum())), lengths

    def _spelled(self, text: str) -> list[int]:
        """Return the ids of the words of a text; an unknown word is spelled in characters."""
        found: list[int] = []
        for word, _ in self._splitter.pre_tokenizer.pre_tokenize_str(text):
            number = self.ids.get(word)
            found += self._id_of_point[points(word)].tolist() if number is None else [number]
        return found

    @cached_property
    def _characters(self) -> Ids:
        begun = [sum(byte & 0xC0 != 0x80 for byte in spelling) for spelling in self.spellings]
        return np.array(begun, np.int32)

    @cached_property
    def _id_of_point(self) -> Ids:
        ids = np.full(0x110000, UNKNOWN, np.int32)
        known = {ord(token): number for token, number in self.ids.items() if len(token) == 1}
        ids[list(known)] = list(known.values())
        return ids

    @cached_property
    def _splitter(self) -> Any:
        models = library().models
        numbers = {token: number for number, token in enumerate(self.vocabulary)}
        if self.kind == "word":
            splitter = library().Tokenizer(models.WordLevel(numbers, unk_token=SPECIALS[UNKNOWN]))
        else:
            splitter = library().Tokenizer(models.BPE(numbers, list(self.merges)))
        splitter.pre_tokenizer = pre_tokenizer(self.kind, is_exact=self.is_exact)
        return splitter


def _check(kind: object, normalization: object) -> None:
    if kind not in (*KINDS, SYMBOL):
        raise ValueError(f"unknown kind of token '{kind}'; expected {', '.join((*KINDS, SYMBOL))}")
    if normalization not in NORMALIZATIONS:
        known = ", ".join(NORMALIZATIONS)
        raise ValueError(f"unknown normalization '{normalization}'; expected {known}")


@cache
def _nfkc() -> Any:
    """Return the library's NFKC: linear in time, where Python's is not for a pile of marks."""
    return library().normalizers.NFKC()
