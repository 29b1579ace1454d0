"""What is to be made up: the options of LEAN's generator, checked.

From LEAN's `ToolBox/RandomDataGenerator/RandomDataGeneratorSettings.cs`; names and defaults are those of
`lean data generate`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, fields

from leanib.data.paths import check_ticker
from leanib.errors import UsageError
from leanib.operations.generate.option_prices import ENGINES

__all__ = ["DENSITIES", "KINDS", "RESOLUTIONS", "GenerateSettings"]

KINDS = {"equity": "usa", "forex": "oanda", "cfd": "oanda", "future": "cme", "crypto": "coinbase", "option": "usa"}
"""The kinds of securities, and the market that each is taken to be of (LEAN's `DefaultBrokerageModel`)."""
RESOLUTIONS = ("tick", "second", "minute", "hour", "daily")
DENSITIES = {"dense": 0.5, "sparse": 5.0, "verysparse": 50.0}
"""The widest step between two prices, in steps of the resolution."""

_FIRST = dt.date(1998, 1, 1)
_MOST_SEED = 2**31 - 1


@dataclass(slots=True)
class GenerateSettings:
    """Texts are taken in any case; percentages are chances of one symbol, from 0 to 100.

    Attributes:
        start: The first day.
        end: The last day.
        tickers: Names; without them `symbol_count` names are drawn.
        security_type: One of `KINDS`.
        market: Empty: the kind's own.
        data_density: One of `DENSITIES`.
        quote_trade_ratio: How many quotes come to a trade, of options, futures and coins.
        random_seed: The same settings and seed make the same files; None draws one.
        option_price_engine: One of `leanib.operations.generate.option_prices.ENGINES`.
        volatility_model_resolution: Of which returns an option's volatility is worked out.
        chain_symbol_count: How many strikes; each has a call and a put.
        overwrite: Replace files that are there; they are kept as `NAME.old`.
    """

    start: dt.date
    end: dt.date
    symbol_count: int = 0
    tickers: tuple[str, ...] = ()
    security_type: str = "equity"
    resolution: str = "minute"
    data_density: str = "dense"
    include_coarse: bool = True
    market: str = ""
    quote_trade_ratio: float = 1.0
    random_seed: int | None = None
    ipo_percentage: float = 5.0
    rename_percentage: float = 30.0
    splits_percentage: float = 15.0
    dividends_percentage: float = 60.0
    dividend_every_quarter_percentage: float = 30.0
    option_price_engine: str = "BaroneAdesiWhaleyApproximationEngine"
    volatility_model_resolution: str = "daily"
    chain_symbol_count: int = 10
    overwrite: bool = False
    seed: int = 0
    """The seed in use."""

    def __post_init__(self) -> None:
        """Check.

        Raises:
            UsageError: an option makes no sense; the text names it.
            DataError: a ticker is no file's name.
        """
        self.security_type = _one_of("--security-type", self.security_type, tuple(KINDS))
        self.resolution = _one_of("--resolution", self.resolution, RESOLUTIONS)
        self.data_density = _one_of("--data-density", self.data_density, tuple(DENSITIES))
        self.volatility_model_resolution = _one_of(
            "--volatility-model-resolution", self.volatility_model_resolution, RESOLUTIONS
        )
        engines = {name.lower(): name for name in ENGINES}
        engine = _one_of("--option-price-engine", self.option_price_engine, tuple(engines), tuple(ENGINES))
        self.option_price_engine = engines[engine]
        self.market = check_ticker(self.market or KINDS[self.security_type], "market").lower()
        self.tickers = tuple(dict.fromkeys(check_ticker(one.strip()).upper() for one in self.tickers if one.strip()))
        self.seed = secrets.randbelow(_MOST_SEED) if self.random_seed is None else self.random_seed
        self._check_days()
        self._check_numbers()
        if self.security_type == "option" and self.resolution != "minute":
            raise UsageError("options are made up by the minute only, as LEAN's are; leave out --resolution")

    def _check_days(self) -> None:
        if self.start < _FIRST:
            raise UsageError(f"--start {self.start} is too early: the calendars begin on {_FIRST}")
        if self.end < self.start:
            raise UsageError(f"--end {self.end} is before --start {self.start}; turn them round")

    def _check_numbers(self) -> None:
        if not self.tickers and self.symbol_count <= 0:
            raise UsageError("say how many symbols to make up (--symbol-count 10) or which (--tickers ABC,XYZ)")
        if self.security_type == "option" and self.chain_symbol_count <= 0:
            raise UsageError("--chain-symbol-count must be 1 or more")
        if not self.quote_trade_ratio >= 0:
            raise UsageError(f"--quote-trade-ratio {self.quote_trade_ratio:g} must be 0 or more")
        for name in (field.name for field in fields(self) if field.name.endswith("_percentage")):
            if not 0 <= getattr(self, name) <= 100:
                raise UsageError(f"--{name.replace('_', '-')} {getattr(self, name):g} must be from 0 to 100")

    @property
    def widest_step(self) -> float:
        """Between two prices, in steps of the resolution."""
        return DENSITIES[self.data_density]

    @property
    def trade_share(self) -> float:
        """The part of the prices that are trades, where the two alternate."""
        return 1 / (1 + self.quote_trade_ratio)


def _one_of(option: str, text: str, known: tuple[str, ...], shown: tuple[str, ...] | None = None) -> str:
    if text.lower() not in known:
        raise UsageError(f"{option} {text} is not known; it is one of {', '.join(shown or known)}")
    return text.lower()
