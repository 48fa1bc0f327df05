"""Media types: what a request holds, and what its answer is to be."""

from __future__ import annotations

from seqtune.serve.problem import Problem

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"

FORMS = (JSON, CSV, PARQUET)

SYNONYMS = {
    "application/csv": CSV,
    "application/parquet": PARQUET,
    "application/x-parquet": PARQUET,
}
ANY = frozenset(("*/*", "application/*", ""))


def media_of(content_type: str) -> str:
    """Return the media type of a request.

    Raises:
        Problem: It is none that is read, or no UTF-8.

    Example:
        >>> media_of("text/csv; charset=UTF-8")
        'text/csv'
    """
    if content_type in FORMS:
        return content_type
    name, _, rest = content_type.partition(";")
    name = name.strip().lower()
    name = SYNONYMS.get(name, name)
    charset = rest.strip().lower().replace('"', "").replace(" ", "")
    if name not in FORMS or charset.removeprefix("charset=") not in ("", "utf-8", "utf8"):
        raise Problem(
            415,
            f"found Content-Type {content_type[:80]!r}, expected {', '.join(FORMS)}, in UTF-8",
            headers=(("accept", ", ".join(FORMS)),),
        )
    return name


def wanted_media(accept: str, given: str) -> str:
    """Return the media type of an answer: the first one that the client takes.

    Args:
        accept: The header `Accept`; empty for none.
        given: The media type of the request, which answers have where anything is taken.

    Raises:
        Problem: None of them can be made.

    Example:
        >>> wanted_media("text/html, text/csv;q=0.9, */*;q=0.1", JSON)
        'text/csv'
    """
    if accept in FORMS:
        return accept
    names = [each.partition(";")[0].strip().lower() for each in accept.split(",")]
    for name in names:
        name = SYNONYMS.get(name, name)
        if name in FORMS:
            return name
    if any(name in ANY for name in names):
        return given
    if "text/*" in names:
        return CSV
    raise Problem(406, f"found Accept {accept[:80]!r}, expected one of {', '.join(FORMS)}")
