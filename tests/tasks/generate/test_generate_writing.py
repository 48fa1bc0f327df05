"""Writing text with a reader: prompts, ends, and next words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from seqtune.baselines.generate import kneser_ney
from seqtune.data.ragged import Ragged
from seqtune.data.text.tokenizer import Tokenizer
from seqtune.data.text.vocabulary import END, UNKNOWN
from seqtune.errors import UsageError
from seqtune.tasks.generate.next_words import next_words
from seqtune.tasks.generate.predictions import method_predictions
from seqtune.tasks.generate.prompt import ONE_TEXT, fitting, read
from seqtune.tasks.generate.request import Request, request_of
from seqtune.tasks.generate.sampling import SamplingSettings
from seqtune.tasks.generate.simple_reader import SimpleReader
from seqtune.tasks.generate.writing import write

TALE = "The king has a cat. The king has a hat. The queen has a cat."
GREEDY = SamplingSettings(temperature=0)
KINDS = ("character", "byte", "word")


def reader_of(texts: Sequence[str], kind: str, order: int = 30) -> SimpleReader:
    """N-grams that know the texts by heart."""
    tokens = Tokenizer.fit(texts, kind, max_tokens=500, min_count=1)
    documents = Ragged.from_list([[*tokens.encode(text).tolist(), END] for text in texts])
    return SimpleReader(kneser_ney.fit(documents, tokens.size, order=order), tokens)


@pytest.fixture(scope="module", params=KINDS)
def reader(request: pytest.FixtureRequest) -> SimpleReader:
    return reader_of([TALE], request.param)


def test_what_is_known_by_heart_is_written_again_until_its_end(reader: SimpleReader) -> None:
    heard: list[str] = []
    (found,) = write(reader, Request("", 500, GREEDY), heard.append)
    assert (found.text, found.ended) == (TALE, "end")
    assert "".join(heard) == TALE
    assert found.seconds > 0 and found.tokens == len(reader.tokens.encode(TALE)) + 1


def test_the_prompt_stands_before_the_text_and_is_no_part_of_its_length(
    reader: SimpleReader,
) -> None:
    heard: list[str] = []
    (found,) = write(reader, Request("The king has", 6, GREEDY), heard.append)
    assert (found.prompt, found.text, found.ended) == ("The king has", " a cat", "length")
    assert found.whole == "".join(heard) == "The king has a cat"


@pytest.mark.parametrize("prompt", ["The quee", "The queen", "The queen ", "The queen h", "The "])
def test_a_prompt_may_break_off_anywhere(reader: SimpleReader, prompt: str) -> None:
    """The vocabulary of words has ` queen`, but neither ` quee` nor a blank before a blank."""
    (found,) = write(reader, Request(prompt, 500, GREEDY))
    assert found.whole in (TALE, "The queen has a cat.", TALE.replace("king", "queen", 1))


def test_a_text_ends_before_a_stop_text_over_several_tokens(reader: SimpleReader) -> None:
    (found,) = write(reader, Request("The", 500, GREEDY, stops=["a hat", "cat."]))
    assert (found.text, found.ended) == (" king has a ", "stop")


def test_a_seed_writes_the_same_again_whatever_the_number_of_texts(reader: SimpleReader) -> None:
    choice = SamplingSettings(temperature=1.5, seed=4)
    three = write(reader, Request("The", 40, choice, count=3))
    one = write(reader, Request("The", 40, choice))
    assert three[0].text == one[0].text
    assert len({text.text for text in three}) == 3
    other = write(reader, Request("The", 40, SamplingSettings(temperature=1.5, seed=5)))
    assert other[0].text != one[0].text


def test_an_unknown_character_is_read_and_never_written() -> None:
    reader = reader_of(["aab"], "character", order=2)
    (found,) = write(reader, Request("€", 50, SamplingSettings(temperature=1000.0, seed=1)))
    assert found.prompt == "€" and set(found.text) <= {"a", "b"}


def test_a_prompt_of_an_unknown_word_is_read_in_whole() -> None:
    reader = reader_of([TALE], "word")
    begun = read(reader, "The €uro")
    assert begun.pending == b""
    assert np.isfinite(begun.logits).all()


def test_a_model_of_one_long_text_begins_with_a_line_and_never_ends() -> None:
    reader = reader_of(["ab\nba"], "character")
    (found,) = write(reader, Request("", 50, GREEDY), frame=ONE_TEXT)
    assert found.text.startswith("ba") and len(found.text) == 50
    assert next_words(reader, "", 1, ONE_TEXT)[0].word == "ba"
    other = reader_of(["ab"], "character")  # it has no line break to begin with
    assert write(other, Request("", 2, GREEDY), frame=ONE_TEXT)[0].text == "ab"


@pytest.mark.parametrize(("kind", "text", "pending"), [
    ("character", "The ki", b""),
    ("byte", "The ki", b""),
    ("word", "The ki", b" ki"),
    ("word", "The king ", b" "),
    ("word", "The king.", b""),
    ("word", "", b""),
    ("word", "The", b"The"),
])  # fmt: skip
def test_only_what_may_be_part_of_a_token_is_not_read(kind: str, text: str, pending: bytes) -> None:
    assert read(reader_of([TALE], kind), text).pending == pending


def test_tokens_fit_what_is_pending_by_beginning_with_it_or_being_its_beginning() -> None:
    tokens = Tokenizer.fit(["a king a kin a"], "word", max_tokens=50, min_count=1)
    found = fitting(tokens, b" kin")
    spelt = {tokens.spellings[number] for number in np.flatnonzero(found).tolist()}
    assert spelt == {b" ", b" king", b" kin"}


def test_words_after_a_text_have_the_probability_of_their_tokens_and_their_end() -> None:
    """After `x`: `ab` in two of four texts, `a` and `b` in one each; nothing is smoothed away."""
    texts = ["x ab.", "x ab.", "x a.", "x b."]
    for kind in KINDS:
        found = next_words(reader_of(texts, kind, order=6), "x", 3)
        assert found[0].word == "ab"
        assert {each.word for each in found} == {"ab", "a", "b"}
        assert found[0].probability > found[1].probability
        assert 0.4 < sum(each.probability for each in found) <= 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_that_breaks_off_is_completed(kind: str) -> None:
    found = next_words(reader_of([TALE], kind), "The king has a cat. The qu", 2)
    assert found[0].word == "queen" and found[0].probability > 0.3


@pytest.mark.parametrize("kind", KINDS)
def test_signs_and_the_end_end_a_word_and_a_sign_is_a_word(kind: str) -> None:
    reader = reader_of([TALE], kind)
    assert next_words(reader, TALE[:-1], 1)[0].word == "."
    assert next_words(reader, "The king has a", 1)[0].word == "cat"


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_any_script_are_whole(kind: str) -> None:
    found = next_words(reader_of(["größer als über Öl"], kind), "größer als", 1)
    assert found[0].word == "über"


def test_after_the_end_of_all_that_is_known_words_are_few_but_nothing_breaks() -> None:
    assert next_words(reader_of(["a"], "character"), "a", 5) is not None
    with pytest.raises(UsageError, match="0 words"):
        next_words(reader_of(["a"], "character"), "a", 0)


@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_those_of_one_step_after_the_other(kind: str) -> None:
    reader = reader_of([TALE], kind)
    ids = reader.tokens.encode("The cat has €")
    told = reader.model.read(Ragged(ids, np.array([0, len(ids)])))
    logits, state = reader.advance(reader.start(), [END])
    expected = []
    for token in ids.tolist():
        cost = reader.tokens.surprise if token == UNKNOWN else 0.0
        expected.append(logits[0, token] - cost)
        logits, state = reader.advance(state, [token])
    made = method_predictions(reader.tokens, ids, told)
    assert np.log(made[:, 0]) == pytest.approx(expected)


def test_a_document_that_ends_is_forgotten() -> None:
    reader = reader_of([TALE], "character")
    _, state = reader.advance(reader.start(), [END])
    begun, _ = reader.advance(reader.start(), [END])
    for token in reader.tokens.encode("The queen").tolist():
        _, state = reader.advance(state, [token])
    again, _ = reader.advance(state, [END])
    assert again == pytest.approx(begun)


def test_texts_are_read_side_by_side_as_they_are_alone() -> None:
    reader = reader_of([TALE], "character")
    both, state = reader.advance(reader.start(2), [END, END])
    a, b = reader.tokens.encode("Ta").tolist()
    both, _ = reader.advance(state, [a, b])
    for row, token in enumerate((a, b)):
        _, alone = reader.advance(reader.start(), [END])
        logits, _ = reader.advance(alone, [token])
        assert both[row] == pytest.approx(logits[0])


@pytest.mark.parametrize(("values", "hint"), [
    ({"count": 0}, "--count"),
    ({"length": 0}, "--length"),
    ({"stops": [""]}, "--stop"),
])  # fmt: skip
def test_a_request_out_of_range_is_refused_with_its_flag(
    values: dict[str, object], hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        Request(**values)  # type: ignore[arg-type]
    assert refused.value.hint.startswith(hint)


def test_a_request_takes_values_named_as_the_flags() -> None:
    assert request_of("a", 7, stop="x", temperature=0.5, top_k=3, top_p=0.9, seed=2) == Request(
        "a", 7, SamplingSettings(0.5, 3, 0.9, 2), ("x",)
    )
    assert request_of("", 7, stop=["x", "y"]).stops == ("x", "y")
