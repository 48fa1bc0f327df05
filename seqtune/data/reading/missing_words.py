"""Words that stand for a missing value where numbers or times are expected."""

from __future__ import annotations

PLAIN = (
    *("", "-", "?", "NA", "N/A", "n/a", "na", "#N/A", "<NA>", "NaN", "nan", "NAN", "NaT"),
    *("null", "NULL", "Null", "None", "none", "NONE"),
)
"""Taken without a word."""

_SIGNS = (
    *(".", "..", "...", "…", "*", "**", "***", "--", "---", "–", "—", "~", ":", "\\N"),
    *("#VALUE!", "#DIV/0!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#N/A N/A", "#NV", "#WERT!"),
    *("1.#QNAN", "-1.#IND", "1.#IND", "-nan", "-NaN", "+nan"),
)
_LETTERS = (
    *("n.a.", "n.d.", "n. a.", "k.a.", "k. a.", "s.d.", "s/d", "n/d", "nil", "void", "missing"),
    *("unavailable", "unknown", "undefined", "invalid", "not available", "not applicable"),
    *("no data", "nodata", "no value", "not measured", "empty", "blank", "absent", "fehlt"),
    *("unbekannt", "inconnu", "desconocido", "sconosciuto"),
)

_CASES = (str.lower, str.upper, str.title)
UNUSUAL = (*_SIGNS, *(in_case(word) for word in _LETTERS for in_case in _CASES))
"""Taken too, and said; other words have to be named with `data.missing`."""

WORDS = (*PLAIN, *dict.fromkeys(UNUSUAL))
