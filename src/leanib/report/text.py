"""A result's figures as a person reads them: with units, and no longer than they need to be."""

from __future__ import annotations

import re

__all__ = ["money", "statistic_text"]

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "CAD": "C$", "AUD": "A$"}
_LARGE = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
_NUMBER = re.compile(r"^([^\d-]*)(-?\d[\d,]*(?:\.\d+)?)$")
_MONEY = ("Start Equity", "End Equity", "Total Fees", "Estimated Strategy Capacity")
_DAYS = ("Drawdown Recovery",)


def money(value: float, currency: str) -> str:
    """An amount: `$420 M`, `-$1,250.50`."""
    sign, symbol = "-" if value < 0 else "", _SYMBOLS.get(currency, f"{currency} ")
    size = abs(value)
    for factor, unit in _LARGE:
        if size >= factor:
            return f"{sign}{symbol}{size / factor:,.4g} {unit}"
    return f"{sign}{symbol}{size:,.2f}"


def statistic_text(name: str, value: str, currency: str) -> str:
    """One of LEAN's statistics, with its unit: `$420000000.00` becomes `$420 M`, `603` of a recovery `603 days`."""
    text = str(value)
    found = _NUMBER.match(text)
    if found is None:
        return text
    number = float(found[2].replace(",", ""))
    if name in _MONEY:
        return money(number, currency)
    if name in _DAYS:
        return f"{text} day" if number == 1 else f"{text} days"
    return text
