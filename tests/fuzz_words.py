"""What fuzzing puts into inputs: words of their form, and values that stand nowhere in a run."""

from __future__ import annotations

import json
from collections.abc import Callable

from mutation import JUNK, holder, places

BLANK = ("\n", "\r\n", "\r", "\t", " ", "\x00", "\x1a")
DIGITS = ("9" * 25, "9" * 400, "-1", "0", "2.5", "1e400")
TABLE = (
    ', ; | " "" # % nan NA - inf 1e308 1e999 0x1 1_000 2020-01-01 31/12/2020 12:30 24:00 Z AM Jan'
    " 2262-04-12 1677-09-21 0000-00-00 9999-12-31 +14:00 Q1 1.234,5 1,234.5 true column_1 Total"
    " \u20ac \u00a0 \u2212 \ufeff \u0660 \U0001f600"
)
JSON = '{ } [ ] : , " null NaN Infinity true \\ud800 \\u0000 [[[[[[[[ {"a": [] {} ""'
YAML = (
    "task: forecast network: units: &a *a !!int !!float <<: !!binary !!timestamp | > ? - : --- ..."
    " %YAML 1. low: high: log: true choices: 0o17 0x1f .inf .nan ~ ' \" auto when: 10m"
    ' "\\U FFFFFFFF "\\ud800"'
)
SHEET = (
    '<c r="A1" t="s"> <v> </v> t="d" t="e" t="b" t="inlineStr" <row r=" XFD1048576 A0 ref=" <f>'
    " -1 </c> <!DOCTYPE <!ENTITY &a; <sheet r:id= state= numFmtId= &#x110000; ]]> <![CDATA["
)
ABC = (
    "X:1 K:Gm K:none M:6/8 M:C| L:1/8 V:2 [V:1] [K:D] | :| [CEG]2 C/ C// C3/2 ^^C __d' B,, z4 Z9999"
    " (3 (3:0:9 > << - {g} !p! % ]"
)
MIDI = "MThd MTrk \x00\xff/\x00 \x00\xffQ\x03 \x00\xffY\x02 \x90<@ \x80<@ \xf0 \xf7 \xff\x7f"
HEADER = (
    "'descr': '<f8' '|O' '<i8' 'fortran_order': True 'shape': ( ) , { } [('a','<f8')] '<M8[ns]'"
    " 0x 1j \\N{ ()"
)


def words(target: str) -> list[bytes]:
    """Return what is put into the inputs of a target: words of its form."""
    table, plain = (*BLANK, *DIGITS, *TABLE.split(" ")), (*DIGITS, *JSON.split())
    by_target = {
        **dict.fromkeys(("dialect", "delimited", "cells", "roles", "text", "vectors"), table),
        **dict.fromkeys(("json", "run"), plain),
        "note_lists": (*plain, '"train"', '"valid"', "127", "128"),
        "abc": (*BLANK, *DIGITS, *ABC.split(" ")),
        "recipe": (*BLANK, *DIGITS, *YAML.split()),
        "workbook": (*DIGITS, *SHEET.split(" ")),
        "arrays": (*BLANK, *HEADER.split(), *plain),
    }
    if target == "midi":
        return [word.encode("latin-1") for word in MIDI.split(" ")]
    return [word.encode("utf-8") for word in by_target.get(target, ()) if word]


def junk(data: bytes, choose: Callable[[int], int]) -> bytes:
    """Return an input of the target `run` with another value at one place of its JSON.

    Args:
        data: The input.
        choose: Returns a number below another.
    """
    name, _, content = data.partition(b"\n")
    document = json.loads(content.partition(b"\n")[0] if name.endswith(b"l") else content)
    every = list(places(document, ()))
    path = every[choose(len(every))]
    inside, key = holder(document, path), path[-1]
    if choose(len(JUNK) + 1) == len(JUNK):
        del inside[key]
    else:
        inside[key] = JUNK[choose(len(JUNK))]
    return name + b"\n" + json.dumps(document).encode()
