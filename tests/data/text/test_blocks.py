"""Blocks of a long text: the tokens of the pieces are those of the whole."""

from __future__ import annotations

import numpy as np
import pytest

from seqtune.data.text.blocks import cut, rejoined
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import KINDS


def test_a_text_is_cut_where_tokens_end() -> None:
    assert cut("one\ntwo three") == 4
    assert cut("one two") == 3  # the space belongs to the word after it
    assert cut("one") == 3


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_are_the_text_again(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqtune.data.text.blocks.MIN_PIECE", 10)
    blocks = ["Once upon", " a ti", "me there\nwas a", "", "cat"]
    pieces = list(rejoined(blocks))
    assert "".join(pieces) == "".join(blocks)
    assert len(pieces) > 1
    tokens = Tokenizer.fit(["Once upon a time there\nwas acat " * 3], kind, max_tokens=400)
    whole = tokens.encode("".join(blocks))
    assert np.concatenate([tokens.encode(each) for each in pieces]).tolist() == whole.tolist()
