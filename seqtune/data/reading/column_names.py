"""What names of columns say, in the larger languages: parts of a date, ids, places, targets."""

from __future__ import annotations

import re
import unicodedata


def plain(name: str) -> str:
    """Return a name in lower case, without accents, and with single blanks for other signs.

    Example:
        >>> plain("_Größe (GT)"), plain("SETTLEMENT_PERIOD"), plain("saleDate")
        ('große gt', 'settlement period', 'sale date')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    bare = "".join(c for c in unicodedata.normalize("NFD", apart) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip().lower()


def words(name: str) -> set[str]:
    """Return the words of a name."""
    return {*plain(name).split()}


def _any(*names: str) -> frozenset[str]:
    return frozenset(name for line in names for name in line.split())


YEAR = _any("year yr yyyy jahr annee an anno ano jaar rok god год 年 yil")
QUARTER = _any("quarter qtr quartal trimestre kwartaal kwartal ceyrek")
MONTH = _any("month mon mo mm monat mois mese mes maand miesiac mesyats месяц 月 ay")
WEEK = _any("week wk kw kalenderwoche woche semaine settimana semana isoweek")
DAY = _any("day dd tag jour giorno dia dag dzien день 日 gun mday dayofmonth")
DAY_OF_YEAR = _any("doy yday jday dayofyear julian")
HOUR = _any("hour hr hrs hh stunde heure ora hora uur godzina час 時 saat he hourending")
MINUTE = _any("minute min minutes mi minuto minuut minuta")
SECOND = _any("second sec seconds ss sekunde seconde secondo segundo")
PERIOD = _any("period interval slot halfhour halfhourly mtu sp block viertelstunde pte")
CLOCK = _any("time clock uhrzeit zeit heure hora ora tijd tod hhmm timeofday время hour")
DATE = _any(
    "date datum fecha data dato jour day tag time datetime timestamp ds zeit zeitpunkt",
    "buchungsdatum periode period month week дата 日期 tarih",
)
EPOCH = _any("timestamp epoch unix unixtime ts time ds datetime utc posix seconds millis ms t date")
PLACE = _any("lat latitude lon lng long longitude easting northing zip zipcode plz postcode")
ID = _any(
    "id ids nr no num number index idx key code uuid guid rownum rowid row record belegnr sku seq",
    "nummer numero numéro unnamed",
)
LABELS = _any(
    "label labels outlier outliers fault faults failure failures alarm alarms attack incident",
    "changepoint event events flag truth class",
)
TARGETS = ("y", "target", "value", "values")
"""Names that columns to forecast have before others."""

USUAL_TARGETS = _any(
    "sales demand price close amount quantity qty units revenue turnover consumption usage load",
    "passengers visitors visits orders requests count cnt volume traffic production generation",
    "temperature temp average avg mean total betrag menge umsatz preis absatz wert montant ventes",
    "importe ventas valor importo vendite prix precio prezzo nd",
)


PARTS = (
    ("year", YEAR, 1000, 2300),
    ("quarter", QUARTER, 1, 4),
    ("month", MONTH, 1, 12),
    ("week", WEEK, 0, 53),
    ("day", DAY, 1, 31),
    ("day_of_year", DAY_OF_YEAR, 1, 366),
    ("hour", HOUR, 0, 25),
    ("period", PERIOD, 0, 1500),
    ("minute", MINUTE, 0, 59),
    ("second", SECOND, 0, 59),
)
"""Parts of a time that numbers can be: what columns of them are called, their least and most."""


def is_called(name: str, known: frozenset[str]) -> bool:
    """Say whether a name as a whole, or its last or first word, is a known one.

    Example:
        >>> is_called("SETTLEMENT_PERIOD", PERIOD), is_called("monthly", MONTH)
        (True, False)
    """
    parts = plain(name).split()
    return bool(parts) and ("".join(parts) in known or parts[-1] in known or parts[0] in known)
