"""Reading a prompt that may break off anywhere, also inside a token.

Where tokens are words or parts of words, the end of a prompt is rarely the end of a token: after
"Once up" the model expects no "on", since it has always read " upon" at once; and after a blank it
expects no word, since each word brings its own blank. So the last letters are not read, and the
first tokens that are written have to begin with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END
from seqtune.tasks.generate.inference import Floats, Reader, Remembers, State

_LAST_WORD = re.compile(r" ?[^\W_]*\Z")


@dataclass(frozen=True)
class Begun:
    """A model that has read a text.

    Args:
        logits: (1, vocabulary) of what comes next.
        state: What it remembers.
        pending: Bytes at the end of the text that are not read: what comes next begins with them.
    """

    logits: Floats
    state: State
    pending: bytes = b""

    def then(self, reader: Reader, token: int) -> Begun:
        """Return the same after one more token, which begins with what is pending or is in it."""
        logits, state = reader.advance(self.state, [token])
        return Begun(logits, state, self.pending[len(reader.tokens.spellings[token]) :])


@dataclass(frozen=True)
class Frame:
    """How texts begin and end for a model.

    Args:
        before: What is read before a text, as far as the vocabulary has it.
        may_end: Whether the model may end a text by itself.
        earlier: Tokens of another text that is read first: in training a text follows another,
            and what is remembered of nothing at all was hardly ever seen.
    """

    before: str = ""
    may_end: bool = True
    earlier: Sequence[int] = ()


DOCUMENTS = Frame()
"""Of a model of many documents, which knows how one begins and how one ends."""

ONE_TEXT = Frame(before="\n", may_end=False)
"""Of a model of one long text, which has seen its beginning once and its end never: it knows how a
line begins."""


def read(reader: Reader, text: str, frame: Frame = DOCUMENTS) -> Begun:
    """Read a text from the beginning of a document.

    Args:
        reader: The model.
        text: The text; characters that the vocabulary lacks are read as unknown.
        frame: How texts begin for the model.
    """
    tokens = reader.tokens
    match = _LAST_WORD.search(text)
    last = match[0] if match and tokens.kind in ("word", "subword") else ""
    if tokens.unknown_in(last):
        last = ""
    state = reader.start()
    for token in frame.earlier:
        _, state = reader.advance(state, [token])
    logits, state = reader.advance(state, [END])
    known = "" if tokens.unknown_in(frame.before) else frame.before
    for token in tokens.encode(known + text[: len(text) - len(last)]).tolist():
        logits, state = reader.advance(state, [token])
    if isinstance(reader, Remembers):
        state = reader.before_writing(state)
    return Begun(logits, state, last.encode("utf-8"))


def fitting(tokens: Tokenizer, pending: bytes) -> npt.NDArray[np.bool_]:
    """Return which tokens can come where some bytes are pending, (vocabulary,).

    Those that begin with them, and those that they begin with.
    """
    return np.array(
        [
            bool(spelling) and (spelling.startswith(pending) or pending.startswith(spelling))
            for spelling in tokens.spellings
        ]
    )


def allowed_next(tokens: Tokenizer, begun: Begun, may_follow: npt.NDArray[np.bool_]) -> Floats:
    """Return the logits of what comes next, minus infinity where it is not to be written.

    Args:
        tokens: The vocabulary.
        begun: What was read.
        may_follow: (vocabulary,) what the text so far allows.
    """
    if begun.pending:  # the prompt ends within a token, which is read before anything is written
        fits = fitting(tokens, begun.pending)
        may_follow = fits & may_follow if (fits & may_follow).any() else fits
    return np.where(may_follow, begun.logits, -np.inf)
