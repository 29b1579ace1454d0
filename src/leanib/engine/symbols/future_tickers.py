"""Names of futures' options, and months in futures' tickers.

From `FuturesOptionsSymbolMappings.cs`, `FuturesExpiryUtilityFunctions.cs` and `SymbolRepresentation.cs`.
"""

from __future__ import annotations

from datetime import datetime

__all__ = [
    "FUTURES_MONTH_CODES",
    "contract_month_delta",
    "future_option_ticker",
    "future_ticker_of_option",
    "generate_future_ticker",
]

FUTURES_MONTH_CODES = "FGHJKMNQUVXZ"
_OPTION_OF_FUTURE = {
    "EH": "OEH", "KE": "OKE", "TN": "OTN", "UB": "OUB", "YM": "OYM", "ZB": "OZB", "ZC": "OZC", "ZF": "OZF", "ZL": "OZL",
    "ZM": "OZM", "ZN": "OZN", "ZO": "OZO", "ZS": "OZS", "ZT": "OZT", "ZW": "OZW", "RTY": "RTO", "GC": "OG", "HG": "HXE",
    "SI": "SO", "CL": "LO", "HCL": "HCO", "HO": "OH", "NG": "ON", "PA": "PAO", "PL": "PO", "RB": "OB", "YG": "OYG",
    "ZG": "OZG", "ZI": "OZI", "6A": "ADU", "6B": "GBU", "6C": "CAU", "6E": "EUU", "6J": "JPU", "6S": "CHU",
}  # fmt: skip
_FUTURE_OF_OPTION = {option: future for future, option in _OPTION_OF_FUTURE.items()}
# Contracts that expire that many months before the month in their name.
_MONTHS_EXPIRING_EARLY = {
    "AE5": 1, "A9N": 1, "B": 2, "BZ": 2, "CL": 1, "MCL": 1, "RB": 1, "HO": 1, "AYV": 1, "NG": 1, "HH": 1, "HP": 1,
    "HTT": 1, "HCL": 1, "SB": 1, "YO": 1,
}  # fmt: skip


def future_option_ticker(future: str) -> str:
    """The ticker of a future's options: `OG` for `GC`; mostly the future's own."""
    return _OPTION_OF_FUTURE.get(future.upper(), future.upper())


def future_ticker_of_option(option: str) -> str:
    """The ticker of the future under an option: `GC` for `OG`."""
    return _FUTURE_OF_OPTION.get(option.upper(), option.upper())


def contract_month_delta(ticker: str) -> int:
    """Months from a contract's expiry to the month it is named after."""
    return _MONTHS_EXPIRING_EARLY.get(ticker, 0)


def generate_future_ticker(
    underlying: str, expiration: datetime, double_digits_year: bool = True, include_expiration_date: bool = True
) -> str:
    """`ES20Z19`: ticker, day of expiry, code of the contract month, its year."""
    years, month = divmod(expiration.month - 1 + contract_month_delta(underlying), 12)
    year = (expiration.year + years) % (100 if double_digits_year else 10)
    day = f"{expiration.day:02}" if include_expiration_date else ""
    return f"{underlying}{day}{FUTURES_MONTH_CODES[month]}{year}"
