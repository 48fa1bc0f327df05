"""Made-up tables in which covariates matter, each with the roles of its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

Draw = np.random.Generator


@dataclass(frozen=True)
class Table:
    """A table with the options that give its columns their roles.

    Args:
        frame: The rows.
        options: Words after `--set`.
    """

    frame: pd.DataFrame
    options: tuple[str, ...]


def wandering(draw: Draw, steps: int, share: float, deviation: float) -> np.ndarray:
    """Return an autoregression of the first order, (steps,)."""
    noise = draw.normal(0, deviation, steps)
    for step in range(1, steps):
        noise[step] += share * noise[step - 1]
    return noise


def weekly_promotion(draw: Draw) -> Table:
    """Weeks; a promotion, known ahead, brings 60 on a level of 100."""
    promo = draw.random(204) < 0.25
    units = 100 + 60 * promo + wandering(draw, 204, 0.6, 4)
    frame = pd.DataFrame({"week": pd.date_range("2018-01-01", periods=204, freq="W-MON")})
    frame["units"], frame["promo"] = units.round(1), np.where(promo, "yes", "no")
    return Table(frame, ("data.future=[promo]", "horizon=8"))


def daily_holidays(draw: Draw) -> Table:
    """Three years of days with a week, a slow trend and about ten holidays a year, known ahead."""
    day = np.arange(3 * 365)
    week = np.array([5, 0, -2, -1, 8, 30, 20])[day % 7]
    holiday = draw.random(len(day)) < 0.03
    value = 200 + 0.05 * day + week - 90 * holiday + wandering(draw, len(day), 0.7, 6)
    frame = pd.DataFrame({"day": pd.date_range("2021-01-01", periods=len(day))})
    frame["visits"], frame["holiday"] = value.round(), holiday.astype(int)
    return Table(frame, ("data.future=[holiday]", "horizon=14"))


def hourly_price(draw: Draw) -> Table:
    """Sixteen weeks of hours; the load falls with the price, which is known a day ahead."""
    hour = np.arange(16 * 7 * 24)
    daily = 60 * np.sin(2 * np.pi * (hour % 24 - 7) / 24) - 30 * (hour // 24 % 7 > 4)
    price = 40 + wandering(draw, len(hour), 0.9, 5) + 60 * (draw.random(len(hour)) < 0.05)
    load = 400 + daily - 1.5 * (price - 40) + wandering(draw, len(hour), 0.8, 6)
    frame = pd.DataFrame({"hour": pd.date_range("2024-01-01", periods=len(hour), freq="h")})
    frame["load"], frame["price"] = load.round(1), price.round(1)
    return Table(frame, ("data.future=[price]", "horizon=24"))


def shops_of_their_own(draw: Draw) -> Table:
    """Twelve shops of other sizes, whose promotions bring between nothing and twice the level."""
    parts = []
    for shop in range(12):
        level, effect = float(np.exp(draw.normal(4, 1))), draw.uniform(0, 2)
        promo = draw.random(160) < 0.2
        value = level * (1 + effect * promo) + level * wandering(draw, 160, 0.6, 0.08)
        part = pd.DataFrame({"week": pd.date_range("2020-01-06", periods=160, freq="7D")})
        parts.append(part.assign(shop=f"s{shop:02}", sales=value.round(2), promo=promo.astype(int)))
    roles = ("data.future=[promo]", "data.series=shop", "horizon=8")
    return Table(pd.concat(parts, ignore_index=True), roles)


def monthly_campaign(draw: Draw) -> Table:
    """Twelve years of months; campaigns in words, known ahead, each of another effect."""
    month = np.arange(144)
    campaign = draw.choice(["none", "radio", "tv"], 144, p=[0.6, 0.2, 0.2])
    effect = pd.Series(campaign).map({"none": 0.0, "radio": 25.0, "tv": 70.0}).to_numpy()
    season = 30 * np.sin(2 * np.pi * month / 12)
    value = 150 + 0.4 * month + season + effect + wandering(draw, 144, 0.5, 6)
    frame = pd.DataFrame({"month": pd.date_range("2010-01-01", periods=144, freq="MS")})
    frame["orders"], frame["campaign"] = value.round(), campaign
    return Table(frame, ("data.future=[campaign]", "horizon=12"))


def daily_leading(draw: Draw) -> Table:
    """Two years of days; a past covariate leads the target by three days."""
    day = np.arange(730)
    leading = wandering(draw, 733, 0.9, 3)
    week = np.array([0, 1, 2, 2, 4, -8, -10])[day % 7]
    value = 80 + week + 2 * leading[:-3] + wandering(draw, 730, 0.3, 2)
    frame = pd.DataFrame({"day": pd.date_range("2022-01-01", periods=730)})
    frame["calls"], frame["index"] = value.round(1), leading[3:].round(2)
    return Table(frame, ("data.past=[index]", "data.target=calls", "horizon=7"))


def hourly_mode(draw: Draw) -> Table:
    """Ten weeks of hours; a machine's mode in words is planned, and stays for some hours."""
    hour = np.arange(10 * 7 * 24)
    starts = np.cumsum(draw.integers(3, 16, len(hour)))
    number = np.searchsorted(starts, hour)
    names = np.array(["idle", "heat", "press", "wash"])[draw.integers(0, 4, len(hour))]
    mode = names[number]
    power = pd.Series(mode).map({"idle": 5.0, "heat": 60.0, "press": 35.0, "wash": 20.0})
    value = (
        power.to_numpy() + 4 * np.sin(2 * np.pi * hour / 24) + wandering(draw, len(hour), 0.8, 2)
    )
    frame = pd.DataFrame({"hour": pd.date_range("2024-03-01", periods=len(hour), freq="h")})
    frame["power"], frame["mode"] = value.round(2), mode
    return Table(frame, ("data.future=[mode]", "horizon=24"))


def discounts_and_dips(draw: Draw) -> Table:
    """Sixty products by day: a discount lifts sales by a factor, and the day after lacks them."""
    parts = []
    for product in range(60):
        level, lift = float(np.exp(draw.normal(3, 1))), draw.uniform(1.2, 2.5)
        day = np.arange(300)
        discount = draw.random(300) < 0.1
        week = np.array([1.0, 0.9, 0.9, 1.0, 1.2, 1.5, 0.6])[day % 7]
        factor = np.where(discount, lift, 1.0) * np.where(np.roll(discount, 1), 0.7, 1.0)
        value = draw.poisson(level * week * factor * np.exp(wandering(draw, 300, 0.8, 0.05)))
        part = pd.DataFrame({"day": pd.date_range("2023-01-01", periods=300)})
        part = part.assign(product=f"p{product:02}", sales=value, discount=discount.astype(int))
        parts.append(part)
    roles = ("data.future=[discount]", "data.series=product", "horizon=14")
    return Table(pd.concat(parts, ignore_index=True), roles)


CHOSEN_ON: tuple[Callable[[Draw], Table], ...] = (
    weekly_promotion,
    daily_holidays,
    hourly_price,
    shops_of_their_own,
)
"""Tables on which defaults were chosen."""

UNSEEN: tuple[Callable[[Draw], Table], ...] = (
    monthly_campaign,
    daily_leading,
    hourly_mode,
    discounts_and_dips,
)
"""Tables that took no part in it."""
