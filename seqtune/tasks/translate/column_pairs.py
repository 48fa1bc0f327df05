"""Which two columns hold sources and answers: by their names, or by being the only two."""

from __future__ import annotations

from collections.abc import Sequence

PAIRS = (
    *(("source", "target"), ("src", "tgt"), ("src", "trg"), ("input", "output")),
    *(("question", "answer"), ("query", "answer"), ("prompt", "response"), ("prompt", "answer")),
    *(("prompt", "completion"), ("instruction", "response"), ("message", "reply")),
    *(("context", "response"), ("text", "summary"), ("article", "summary"), ("body", "summary")),
    *(("document", "summary"), ("text", "target"), ("mr", "ref"), ("meaning", "reference")),
    *(("word", "phones"), ("word", "pronunciation"), ("word", "phonemes"), ("word", "ipa")),
    *(("spelling", "pronunciation"), ("spelling", "phones"), ("grapheme", "phoneme")),
    *(("graphemes", "phonemes"), ("raw", "normal"), ("raw", "normalized"), ("before", "after")),
)
"""Names of a source and its answer that go together."""

CODES = (
    "ar bg bn ca cs da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn "
    "ko lt lv mk ml mr ms mt my nb nl nn no pl ps pt ro ru si sk sl sq sr sv sw ta te th tl tr uk "
    "ur uz vi zh ara bul ces chi cmn dan deu dut ell eng epo est eus fas fin fra fre gem ger gle "
    "hau heb hin hrv hun hye ind isl ita jpn kat kor lat lav lit mkd nld nob nor pol por ron rum "
    "rus slk slv spa srp swa swe tam tha tur ukr urd vie zho "
    "arabic chinese czech danish dutch english finnish french german greek hebrew hindi hungarian "
    "indonesian italian japanese korean latin norwegian persian polish portuguese romanian russian "
    "spanish swedish thai turkish ukrainian vietnamese"
)
LANGUAGES = frozenset(CODES.split())
"""Codes of ISO 639 and English names; a column of sentences is often called by its language."""

TARGET_NAMES = (
    *("target", "caption", "transcript", "transcription", "answer", "summary", "description"),
    *("sentence", "text", "output", "reference", "ref", "label", "translation", "response"),
)
"""What answers are called beside features or a series, the likeliest first."""


def pair_by_name(names: Sequence[str]) -> tuple[str, str] | None:
    """Return the columns whose names say that they are a source and its answer.

    Args:
        names: The columns, in the order of the file.

    Returns:
        Source and target; two languages in the order of the file. None if no two names do.

    Example:
        >>> pair_by_name(["id", "Question", "answer"]), pair_by_name(["en", "de"])
        (('Question', 'answer'), ('en', 'de'))
    """
    known = {name.strip().lower(): name for name in reversed(names)}
    for source, target in PAIRS:
        if source in known and target in known:
            return known[source], known[target]
    spoken = [name for name in names if language_of(name)]
    return (spoken[0], spoken[1]) if len(spoken) == 2 else None


def partner_by_name(given: str, names: Sequence[str], *, is_source: bool) -> str | None:
    """Return the column that goes with a given one by its name; None if none or several do.

    Args:
        given: The source, or the target.
        names: The columns without a role.
        is_source: Whether the given one is the source.
    """
    own, place = given.strip().lower(), 1 if is_source else 0
    wanted = {pair[place] for pair in PAIRS if pair[1 - place] == own}
    found = [name for name in names if name.strip().lower() in wanted]
    if not found and language_of(given):
        found = [name for name in names if language_of(name)]
    return found[0] if len(found) == 1 else None


def language_of(name: str) -> str:
    """Return the language that a column is called by; "" for none.

    Example:
        >>> language_of("text_en"), language_of("de"), language_of("den")
        ('en', 'de', '')
    """
    parts = name.strip().lower().replace("-", "_").replace(".", "_").split("_")
    own = {parts[0], parts[-1]} & LANGUAGES if len(parts) <= 2 else set()
    return own.pop() if len(own) == 1 else ""
