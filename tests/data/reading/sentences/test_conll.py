"""Files with a line per token: what is a row, and that the file is written back as it was."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqtune.data.reading.open import open_source, open_undecided
from seqtune.data.reading.opened import OpenedFile
from seqtune.data.reading.read_options import ReadOptions
from seqtune.data.reading.sentences.conll import ConllSource, read_conll
from seqtune.data.reading.source import Source
from seqtune.errors import DataError
from seqtune.recipe.load import Recipe

COLUMNS = ("token", "tag")

CONLLU = """\
# newdoc id = d
# sent_id = 1
# text = Don't 8 it
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
1\tDo\tdo\tAUX\tVBP\t_\t3\taux\t_\t_
2\tn't\tnot\tPART\t_\tPolarity=Neg\t3\tadvmod\t_\t_
3\tdo\tdo\tVERB\tVB\tVerbForm=Inf\t0\troot\t_\t_
3.1\tit\tit\tPRON\t_\t_\t_\t_\t_\t_

# sent_id = 2
1\t#\t#\t_\tNN\t_\t0\troot\t_\t_

"""


def read(folder: Path, content: str | bytes, name: str = "a.conll") -> ConllSource:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with OpenedFile(path) as file:
        found = read_conll(file, ReadOptions(), COLUMNS)
    assert found is not None
    return found


def rows(source: Source, *names: str) -> list[list[str]]:
    return [source.texts(name) for name in names or source.names]


def refusal(folder: Path, content: str, name: str = "a.conll") -> DataError:
    with pytest.raises(DataError) as fault:
        read(folder, content, name)
    assert fault.value.hint
    return fault.value


def test_a_blank_line_ends_a_sentence(tmp_path: Path) -> None:
    found = read(tmp_path, "a\tX\nb\tO\n\n\nc\tO")
    assert found.names == ("sentence", "token", "tag")
    assert rows(found) == [["1", "1", "2"], ["a", "b", "c"], ["X", "O", "O"]]
    assert found.where(2) == f"{tmp_path / 'a.conll'}:5"
    assert found.notes[0] == "sentences: 2; tokens, a line for each: 3"
    assert (found.token_column, found.label_column) == ("token", "tag")


def test_the_columns_of_conllu_have_their_names(tmp_path: Path) -> None:
    found = read(tmp_path, CONLLU, "a.conllu")
    assert found.names[:5] == ("sentence", "id", "form", "lemma", "upos")
    assert rows(found, "form") == [["Do", "n't", "do", "#"]]
    assert rows(found, "sentence") == [["1", "1", "1", "2"]]
    assert rows(found, "upos") == [["AUX", "PART", "VERB", ""]]  # `_` is no part of speech
    assert rows(found, "feats") == [["_", "Polarity=Neg", "VerbForm=Inf", "_"]]  # but no features
    said = " ".join(found.notes)
    assert "multi-word tokens, which stay as they are and are not learnt: 1" in said
    assert "empty nodes, which stay as they are and are not learnt: 1" in said
    assert found.label_column == ""


def test_conllu_is_known_by_its_ten_columns(tmp_path: Path) -> None:
    assert read(tmp_path, CONLLU, "a.txt").form.is_conllu


def test_only_the_cells_of_tokens_change(tmp_path: Path) -> None:
    found = read(tmp_path, CONLLU.replace("\n", "\r\n"), "a.conllu")
    assert found.filled_in("upos", {}) == CONLLU.replace("\n", "\r\n")
    written = found.filled_in("upos", ["A", "B", "C", "D"])
    expected = CONLLU.replace("\tAUX\t", "\tA\t").replace("\tPART\t", "\tB\t")
    expected = expected.replace("\tVERB\t", "\tC\t").replace("#\t#\t_\t", "#\t#\tD\t")
    assert written == expected.replace("\n", "\r\n")


def test_a_mapping_fills_some_rows(tmp_path: Path) -> None:
    found = read(tmp_path, "a\tX\nb\tO\n\nc\tO\n")
    assert found.filled_in("tag", {1: "Y"}) == "a\tX\nb\tY\n\nc\tO\n"


def test_a_column_that_a_file_lacks_becomes_its_last(tmp_path: Path) -> None:
    assert read(tmp_path, "a\n\nb\n").filled_in("tag", ["X", "O"]) == "a\tX\n\nb\tO\n"
    found = read(tmp_path, "a N O\nb V O\n\n")
    assert found.filled_in("slot", ["X", "Y"]) == "a N O X\nb V O Y\n\n"


def test_a_label_with_a_blank_tears_no_line(tmp_path: Path) -> None:
    assert read(tmp_path, "a O\nb O\n").filled_in("tag", ["not this", ""]) == "a not_this\nb _\n"
    assert read(tmp_path, "a\tO\n").filled_in("tag", ["x\ty z"]) == "a\tx_y z\n"


@pytest.mark.parametrize("mark, encoding", [("\ufeff", "utf-8"), ("", "utf-16"), ("", "cp1252")])
def test_what_is_written_is_utf8_with_the_mark_that_came(
    tmp_path: Path, mark: str, encoding: str
) -> None:
    found = read(tmp_path, f"{mark}schön\tX\nè\tO\n".encode(encoding))
    assert rows(found, "token") == [["schön", "è"]]
    assert found.filled_in("tag", ["A", "B"]) == f"{mark}schön\tA\nè\tB\n"


def test_a_compressed_file_is_read_and_written(tmp_path: Path) -> None:
    found = read(tmp_path, gzip.compress(b"a\tX\n\nb\tO\n"), "a.conll.gz")
    assert found.filled_in("tag", ["O", "O"]) == "a\tO\n\nb\tO\n"


def test_blanks_for_tabs_are_read_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, "EU NNP  B-ORG\nrejects VBZ O\n\n. . O\n")
    assert found.names == ("sentence", "token", "column_2", "tag")
    assert rows(found, "tag") == [["B-ORG", "O", "O"]]
    assert any("by blanks, not by tabs" in note for note in found.notes)
    assert found.filled_in("tag", {0: "O"}) == "EU NNP  O\nrejects VBZ O\n\n. . O\n"


def test_some_lines_with_blanks_for_tabs_are_read_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, "a\tX\nb\tO\nc  O\n\n")
    assert rows(found, "token", "tag") == [["a", "b", "c"], ["X", "O", "O"]]
    assert f"lines with blanks for tabs: 1, the first at {tmp_path / 'a.conll'}:3" in found.notes
    assert found.filled_in("tag", ["1", "2", "3"]) == "a\t1\nb\t2\nc  3\n\n"


def test_a_token_may_hold_blanks_where_tabs_part_columns(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "10 000\tX\n\u2028\tO\n"), "token") == [["10 000", "\u2028"]]


def test_document_marks_and_comments_are_no_tokens(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O\n\n# id 1\na N O\n\n# id 2\n# N O\n\n"
    found = read(tmp_path, text)
    assert rows(found, "sentence", "token") == [["1"], ["a"]]  # sentences begin with `# `
    assert found.filled_in("tag", ["Y"]) == text.replace("a N O", "a N Y")


def test_a_number_sign_is_a_token_where_no_comments_are(tmp_path: Path) -> None:
    found = read(tmp_path, "#\tX\n1\tO\n\nb\tO\n# c d\n")
    assert rows(found, "token") == [["#", "1", "b"]]


@pytest.mark.parametrize(
    "first", ["# global.columns = ID FORM UPOS", "#global.columns=ID FORM UPOS"]
)
def test_a_comment_names_the_columns(tmp_path: Path, first: str) -> None:
    found = read(tmp_path, f"{first}\n1-2\tab\t_\n1\ta\tX\n2\tb\tY\n", "a.conllup")
    assert found.names == ("sentence", "id", "form", "upos")
    assert rows(found, "form") == [["a", "b"]]


def test_columns_named_twice_are_named_anew(tmp_path: Path) -> None:
    assert read(tmp_path, "# global.columns = A A\na\tX\n").names[1:] == ("token", "tag")


def test_a_first_line_names_the_columns(tmp_path: Path) -> None:
    text = "Token\tPOS\tNER\na\tN\tO\n\nb\tN\tO\n"
    found = read(tmp_path, text)
    assert found.names == ("sentence", "Token", "POS", "NER")
    assert found.filled_in("NER", {0: "X"}) == text.replace("a\tN\tO", "a\tN\tX")


def test_a_first_column_of_numbers_counts_the_tokens(tmp_path: Path) -> None:
    found = read(tmp_path, "# http://x\n1\ta\tB-PER\tO\n2\tb\tO\tO\n\n1\tc\tO\tO\n", "a.iob2")
    assert found.names == ("sentence", "id", "token", "column_3", "tag")


@pytest.mark.parametrize("line, found", [("c", "1 column found"), ("c\tX\tY", "3 columns found")])
def test_a_line_with_another_number_of_columns_is_refused(
    tmp_path: Path, line: str, found: str
) -> None:
    fault = refusal(tmp_path, f"a\tX\nb\tO\n\n{line}\nd\tO\n")
    assert fault.message == f"{tmp_path / 'a.conll'}:4: {found}, 2 expected (token, tag)"


def test_a_number_of_a_token_that_is_none_is_refused(tmp_path: Path) -> None:
    fault = refusal(tmp_path, CONLLU.replace("3.1\t", "x\t"), "a.conllu")
    assert "a.conllu:8: 'x' is no number" in fault.message


@pytest.mark.parametrize("content", ["\n\n", "# a\n", "-DOCSTART-\tO\n"])
def test_a_file_without_tokens_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.conll"
    path.write_text(content)
    with pytest.raises(DataError):
        open_source(path, Recipe.load(None, "tag"))


def test_a_token_of_ten_thousand_characters_is_read(tmp_path: Path) -> None:
    assert rows(read(tmp_path, f"{'x' * 10_000}\tX\n"), "token") == [["x" * 10_000]]


@pytest.mark.parametrize("content", [
    "a,b\n1,2\n3,4\n", "x\ty\n1\t2\n\n3\t4\n", "a text of words\n\nand more of it here\n",
    "time,value\n1,2\n\n3,4\n", '{"a": 1}\n\n{"a": 2}\n',
])  # fmt: skip
def test_other_files_are_no_such_files_by_what_is_in_them(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(content)
    with OpenedFile(path) as file:
        assert read_conll(file, ReadOptions(), COLUMNS) is None


def test_the_ending_or_the_task_opens_a_file_as_sentences(tmp_path: Path) -> None:
    for name in ("a.conll", "a.txt"):
        (tmp_path / name).write_text("a\tX\nb\tO\n\nc\tO\n")
    for task in ("tag", "classify"):
        recipe = Recipe.load(None, task)
        found = open_source(tmp_path / "a.conll", recipe)
        assert isinstance(found, ConllSource)
        assert isinstance(open_source(tmp_path / "a.txt", recipe), ConllSource) == (task == "tag")
        assert isinstance(open_undecided(tmp_path / "a.conll", recipe), ConllSource)


def test_a_recipe_of_steps_opens_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("x\ty\na\tb\n\nc\td\n")
    recipe = Recipe.load(None, "tag", values={"data.kind": "steps"})
    assert not isinstance(open_source(tmp_path / "a.tsv", recipe), ConllSource)


LINES = st.lists(
    st.one_of(
        st.just(""),
        st.sampled_from(["# c", "-DOCSTART- x", "1-2\ta", "a b", "a  b\t", " ", "\t", "#\tX"]),
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
        st.tuples(st.text("ab\u2028 é", max_size=3), st.text("XO-", max_size=2)).map("\t".join),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_any_lines_are_read_and_written_back_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, has_end: bool
) -> None:
    content = end.join(lines) + (end if has_end else "")
    try:
        found = read(tmp_path_factory.mktemp("fuzz"), content)
    except DataError:
        return
    except AssertionError:
        assert not content.strip()
        return
    assert found.filled_in(found.names[-1], {}) == content
    again = found.filled_in(found.names[1], found.texts(found.names[1]))
    assert len(re.split(r"\r\n|\n|\r", again)) == len(re.split(r"\r\n|\n|\r", content))
