"""Names of months in the larger languages, long and short."""

from __future__ import annotations

import re
import unicodedata

_LONG = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad "
    "grudzień",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
)
_SHORT = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jan feb mrz apr mai jun jul aug sep okt nov dez",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "янв фев мар апр май июн июл авг сен окт ноя дек",
    "oca şub mar nis may haz tem ağu eyl eki kas ara",
    "jän feb mär apr mai juni juli aug sept okt nov dez",
)


def _bare(word: str) -> str:
    lower = word.lower().strip().rstrip(".")
    found = unicodedata.normalize("NFD", lower)
    return "".join(letter for letter in found if not unicodedata.combining(letter))


MONTHS = {
    _bare(word): number
    for line in (*_LONG, *_SHORT)
    for number, word in enumerate(line.split(), start=1)
}
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORD = re.compile(r"[^\W\d_]{3,}\.?")


def month_of(text: str) -> int:
    """Return the number of a month by its name, or as it stands; 0 if it is none.

    Example:
        >>> month_of("März"), month_of("févr."), month_of("7"), month_of("abc")
        (3, 2, 7, 0)
    """
    bare = _bare(text)
    if bare.isdecimal():
        return int(bare) if 1 <= int(bare) <= 12 else 0
    return MONTHS.get(bare, 0)


def in_english(text: str) -> str:
    """Return a date with the name of its month in English and short, so that one form fits all.

    Example:
        >>> in_english("3. März 2021"), in_english("févr. 2020"), in_english("2020-01-31")
        ('3. Mar 2021', 'Feb 2020', '2020-01-31')
    """

    def name(found: re.Match[str]) -> str:
        number = MONTHS.get(_bare(found[0]), 0)
        return ENGLISH[number - 1] if number else found[0]

    return WORD.sub(name, text)
