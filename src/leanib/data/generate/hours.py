"""The market-hours database: sessions from kept facts, holidays and early closes from exchange_calendars.

Sessions are those that the exchanges and brokers publish: US equities 9:30-16:00 New York with pre-market from 4:00 and
after-hours until 20:00, US index options 8:30-15:15 Chicago, spot currencies Sunday 17:00 to Friday 17:00 New York,
CME Globex Sunday 17:00 to Friday 16:00 Chicago with an hour's break a day (of equity indices the hours from 9:30
New York on are the regular ones, as in LEAN's database), crypto always.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from leanib.data.calendars import trading_calendar
from leanib.data.generate.plan import INDEX
from leanib.data.market_hours import WEEKDAYS

__all__ = ["FIRST_DAY", "LAST_DAY", "write_market_hours"]

FIRST_DAY = dt.date(1998, 1, 1)
LAST_DAY = dt.date(2028, 12, 31)

_NEW_YORK, _CHICAGO, _UTC = "America/New_York", "America/Chicago", "UTC"
_MIDNIGHT = "1.00:00:00"
_EQUITY_INDICES = ("ES", "MES", "NQ", "MNQ", "RTY", "M2K")
_Segments = list[dict[str, str]]


def write_market_hours(root: Path) -> None:
    """Write `market-hours/market-hours-database.json`."""
    path = root / "market-hours" / "market-hours-database.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"entries": _entries()}, indent=1) + "\n", encoding="utf-8", newline="\n")


def _entries() -> dict[str, Any]:
    return _stocks() | _currencies() | _crypto() | _futures()


def _stocks() -> dict[str, Any]:
    equity = _part("04:00", "09:30", "premarket") + _part("09:30", "16:00") + _part("16:00", "20:00", "postmarket")
    index_hours, option_hours = _part("08:30", "15:15"), _part("09:30", "16:00")
    chicago = _closures("XNYS", hours_back=1)
    return {
        "Equity-usa-[*]": _entry(_NEW_YORK, _NEW_YORK, _workdays(equity), _closures("XNYS")),
        "Option-usa-[*]": _entry(_NEW_YORK, _NEW_YORK, _workdays(option_hours)),
        "Index-usa-[*]": _entry(_CHICAGO, _CHICAGO, _workdays(index_hours), chicago),
        f"Index-usa-{INDEX}": _entry(_NEW_YORK, _NEW_YORK, _workdays(option_hours), _closures("XNYS")),
        "IndexOption-usa-[*]": _entry(_NEW_YORK, _CHICAGO, _workdays(index_hours)),
        "Base-empty-[*]": _entry(_UTC, _UTC, _always()),
    }


def _currencies() -> dict[str, Any]:
    week = _around_the_clock("17:00", "17:00")
    new_year = {"holidays": [_text(day) for day in _fixed_holidays()]}
    metal = _around_the_clock("18:00", "17:00", pause=("17:00", "18:00"))
    entries = {}
    for market in ("oanda", "fxcm", "interactivebrokers"):
        zone = "UTC-05" if market == "fxcm" else _UTC
        entries[f"Forex-{market}-[*]"] = _entry(zone, _NEW_YORK, week, new_year)
        entries[f"Cfd-{market}-[*]"] = _entry(zone, _NEW_YORK, week, new_year)
        for metals in ("XAUUSD", "XAGUSD"):
            entries[f"Cfd-{market}-{metals}"] = _entry(zone, _NEW_YORK, metal)
    return entries


def _crypto() -> dict[str, Any]:
    spot = ("coinbase", "binance", "binanceus", "bitfinex", "bybit", "kraken")
    keys = [f"Crypto-{market}-[*]" for market in spot]
    keys += [f"CryptoFuture-{market}-[*]" for market in ("binance", "bybit", "dydx")]
    return {key: _entry(_UTC, _UTC, _always()) for key in keys}


def _futures() -> dict[str, Any]:
    globex = _around_the_clock("17:00", "16:00", pause=("16:00", "17:00"))
    equity_index = _around_the_clock("18:00", "17:00", pause=("17:00", "18:00"))
    closures = _closures("CMES")
    entries = {
        f"Future-{market}-[*]": _entry(_UTC, _CHICAGO, globex, closures) for market in ("cme", "cbot", "comex")
    }
    for root in _EQUITY_INDICES:
        entries[f"Future-cme-{root}"] = _entry(_UTC, _NEW_YORK, _index_futures(), _closures("CMES", hours_back=-1))
    entries["Future-nymex-[*]"] = _entry(_UTC, _NEW_YORK, equity_index, _closures("CMES", hours_back=-1))
    entries["Future-ice-[*]"] = _entry(_UTC, _NEW_YORK, equity_index, _closures("XNYS"))
    entries["Future-cfe-[*]"] = _entry(_UTC, _CHICAGO, globex, _closures("XNYS", hours_back=1))
    for market in ("cme", "cbot", "comex", "nymex"):
        entries[f"FutureOption-{market}-[*]"] = entries[f"Future-{market}-[*]"]
    return entries


def _index_futures() -> dict[str, _Segments]:
    """The evening before and the morning are extended hours, as LEAN has it."""
    morning, day, evening = (
        _part("00:00", "09:30", "premarket"), _part("09:30", "17:00"), _part("18:00", _MIDNIGHT, "postmarket"),
    )  # fmt: skip
    sunday = _part("18:00", _MIDNIGHT, "premarket")
    return _workdays(morning + day + evening) | {"sunday": sunday, "friday": morning + day}


def _entry(
    data_zone: str, zone: str, days: dict[str, _Segments], closures: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One entry, its days from Sunday on, as in LEAN's file."""
    ordered = {day: days[day] for day in (WEEKDAYS[-1], *WEEKDAYS[:-1])}
    return {"dataTimeZone": data_zone, "exchangeTimeZone": zone, **ordered, **({"holidays": []} | (closures or {}))}


def _part(start: str, end: str, state: str = "market") -> _Segments:
    return [{"start": f"{start}:00", "end": end if end == _MIDNIGHT else f"{end}:00", "state": state}]


def _workdays(segments: _Segments) -> dict[str, _Segments]:
    return {day: segments if number < 5 else [] for number, day in enumerate(WEEKDAYS)}


def _always() -> dict[str, _Segments]:
    return {day: _part("00:00", _MIDNIGHT) for day in WEEKDAYS}


def _around_the_clock(opens: str, closes: str, pause: tuple[str, str] | None = None) -> dict[str, _Segments]:
    """Sunday evening to Friday afternoon, with a pause on the days between."""
    between = _part("00:00", pause[0]) + _part(pause[1], _MIDNIGHT) if pause else _part("00:00", _MIDNIGHT)
    days = _workdays(between)
    return days | {"sunday": _part(opens, _MIDNIGHT), "friday": _part("00:00", closes)}


def _closures(calendar: str, hours_back: int = 0) -> dict[str, Any]:
    """Holidays and early closes of an exchange; `hours_back` turns its clock into the entry's."""
    found = trading_calendar(calendar, FIRST_DAY, LAST_DAY)
    early = {
        _text(day): f"{close.hour - hours_back:02}:{close.minute:02}:00" for day, close in found.early_closes.items()
    }
    return {"holidays": [_text(day) for day in found.holidays], "earlyCloses": early}


def _fixed_holidays() -> list[dt.date]:
    days = [dt.date(year, month, day) for year in range(1998, 2029) for month, day in ((1, 1), (12, 25))]
    return [day for day in days if day.weekday() < 5]


def _text(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year}"
