"""The instruments that exist from the start, and futures and option contracts made from them by date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from leanib.simulator.market.calendar import NYMEX, US_OPTION
from leanib.simulator.market.instruments import FutureRoot, Instrument, forex, index, stable_id, stock

DAY = timedelta(days=1)
MONTH_CODES = "FGHJKMNQUVXZ"

#: symbol, price at the start of 2024, contract id at IB (0 = made up), name, primary exchange, yearly volatility
_STOCKS: tuple[tuple[str, float, int, str, str, float], ...] = (
    ("AAPL", 185.0, 265598, "APPLE INC", "NASDAQ", 0.25),
    ("AMZN", 150.0, 3691937, "AMAZON.COM INC", "NASDAQ", 0.32),
    ("BAC", 33.9, 10098, "BANK OF AMERICA CORP", "NYSE", 0.27),
    ("BF B", 57.1, 0, "BROWN-FORMAN CORP-CLASS B", "NYSE", 0.24),
    ("BRK B", 360.8, 72063691, "BERKSHIRE HATHAWAY INC-CL B", "NYSE", 0.17),
    ("GOOG", 139.6, 208813720, "ALPHABET INC-CL C", "NASDAQ", 0.28),
    ("GOOGL", 138.2, 208813719, "ALPHABET INC-CL A", "NASDAQ", 0.28),
    ("IBM", 161.5, 8314, "INTL BUSINESS MACHINES CORP", "NYSE", 0.2),
    ("INTC", 47.8, 270639, "INTEL CORP", "NASDAQ", 0.35),
    ("JPM", 172.1, 1520593130, "JPMORGAN CHASE & CO", "NYSE", 0.22),
    ("META", 346.3, 107113386, "META PLATFORMS INC-CLASS A", "NASDAQ", 0.35),
    ("MSFT", 370.9, 272093, "MICROSOFT CORP", "NASDAQ", 0.24),
    ("NVDA", 48.2, 4815747, "NVIDIA CORP", "NASDAQ", 0.45),
    ("TSLA", 248.4, 76792991, "TESLA INC", "NASDAQ", 0.5),
    ("WMT", 52.9, 13824, "WALMART INC", "NYSE", 0.17),
    ("XOM", 102.4, 13977, "EXXON MOBIL CORP", "NYSE", 0.24),
)
_ETFS: tuple[tuple[str, float, int, str, str, float], ...] = (
    ("AGG", 99.0, 58666491, "ISHARES CORE U.S. AGGREGATE", "ARCA", 0.06),
    ("BND", 73.3, 43645865, "VANGUARD TOTAL BOND MARKET", "NASDAQ", 0.06),
    ("DIA", 377.0, 73128548, "SPDR DJIA TRUST", "ARCA", 0.12),
    ("GLD", 190.7, 51529211, "SPDR GOLD SHARES", "ARCA", 0.14),
    ("IWM", 199.0, 9579970, "ISHARES RUSSELL 2000 ETF", "ARCA", 0.2),
    ("QQQ", 402.6, 320227571, "INVESCO QQQ TRUST SERIES 1", "NASDAQ", 0.2),
    ("SPY", 472.6, 756733, "SPDR S&P 500 ETF TRUST", "ARCA", 0.15),
    ("TLT", 98.0, 15547841, "ISHARES 20+ YEAR TREASURY BD", "NASDAQ", 0.15),
    ("XLF", 37.6, 4215220, "FINANCIAL SELECT SECTOR SPDR", "ARCA", 0.16),
)
_PAIRS: tuple[tuple[str, str, float, int], ...] = (
    ("AUD", "USD", 0.6763, 14433401),
    ("EUR", "CHF", 0.9301, 12087802),
    ("EUR", "GBP", 0.8669, 12087807),
    ("EUR", "JPY", 155.5, 14321016),
    ("EUR", "USD", 1.0942, 12087792),
    ("GBP", "USD", 1.2620, 12087797),
    ("NZD", "USD", 0.6254, 39453441),
    ("USD", "CAD", 1.3320, 15016062),
    ("USD", "CHF", 0.8500, 12087820),
    ("USD", "JPY", 142.1, 15016059),
)
_INDICES: tuple[tuple[str, float, int, str, float], ...] = (
    ("NDX", 16543.0, 416843, "NASDAQ", 0.2),
    ("RUT", 2012.0, 416888, "RUSSELL", 0.2),
    ("SPX", 4742.0, 416904, "CBOE", 0.15),
    ("VIX", 13.2, 13455763, "CBOE", 0.9),
)
_QUARTERS = "HMUZ"
FUTURES: dict[str, FutureRoot] = {
    root.symbol: root
    for root in (
        FutureRoot("ES", "CME", Decimal(50), Decimal("0.25"), 4790.0, _QUARTERS, Decimal(13200), Decimal(12000),
                   "E-mini S&P 500", underlying=416904),
        FutureRoot("MES", "CME", Decimal(5), Decimal("0.25"), 4790.0, _QUARTERS, Decimal(1320), Decimal(1200),
                   "Micro E-Mini S&P 500", underlying=416904),
        FutureRoot("NQ", "CME", Decimal(20), Decimal("0.25"), 16700.0, _QUARTERS, Decimal(19800), Decimal(18000),
                   "E-mini NASDAQ 100", underlying=416843),
        FutureRoot("MNQ", "CME", Decimal(2), Decimal("0.25"), 16700.0, _QUARTERS, Decimal(1980), Decimal(1800),
                   "Micro E-Mini NASDAQ 100", underlying=416843),
        FutureRoot("CL", "NYMEX", Decimal(1000), Decimal("0.01"), 71.7, MONTH_CODES, Decimal(6600), Decimal(6000),
                   "Light Sweet Crude Oil", NYMEX, 26, 0.35),
        FutureRoot("GC", "COMEX", Decimal(100), Decimal("0.1"), 2068.0, "GJMQVZ", Decimal(9100), Decimal(8300),
                   "Gold", NYMEX, 241, 0.14),
        # Quoted in cents: IB tells a multiplier of 5000 and a price magnifier of 100.
        FutureRoot("ZC", "CBOT", Decimal(50), Decimal("0.25"), 464.0, "HKNUZ", Decimal(1430), Decimal(1300),
                   "Corn Futures", price_magnifier=100),
    )
}  # fmt: skip
#: Underlyings with listed options: index options have their own trading class.
OPTION_CLASSES = {"SPX": "SPXW"}


def base_instruments() -> Iterator[Instrument]:
    """Stocks, ETFs, currency pairs and indices."""
    for symbol, price, con_id, name, primary, volatility in _STOCKS:
        yield stock(symbol, price, con_id=con_id, name=name, primary=primary, volatility=volatility)
    for symbol, price, con_id, name, primary, volatility in _ETFS:
        yield stock(
            symbol, price, con_id=con_id, name=name, primary=primary, volatility=volatility, stock_type="ETF"
        )
    for base, quote, rate, con_id in _PAIRS:
        yield forex(base, quote, rate, con_id)
    for symbol, level, con_id, exchange, volatility in _INDICES:
        yield index(symbol, level, con_id, exchange, volatility)


def third_friday(year: int, month: int) -> date:
    """The usual expiry of monthly options and quarterly index futures."""
    first = date(year, month, 1)
    return first + DAY * ((4 - first.weekday()) % 7 + 14)


def _months_from(day: date, count: int) -> Iterator[tuple[int, int]]:
    for offset in range(count):
        year, month = divmod(day.year * 12 + day.month - 1 + offset, 12)
        yield year, month + 1


def future_contracts(root: FutureRoot, today: date, count: int = 4) -> list[Instrument]:
    """The next `count` listed contracts of a product."""
    found: list[Instrument] = []
    for year, month in _months_from(today, 40):
        code = MONTH_CODES[month - 1]
        expiry = third_friday(year, month)
        if code in root.months and expiry >= today and len(found) < count:
            found.append(_future(root, code, expiry))
    return found


def _future(root: FutureRoot, code: str, expiry: date) -> Instrument:
    local = f"{root.symbol}{code}{expiry.year % 10}"
    return Instrument(
        con_id=stable_id(f"FUT:{root.symbol}:{expiry:%Y%m%d}"),
        symbol=root.symbol,
        sec_type="FUT",
        exchange=root.exchange,
        local_symbol=local,
        trading_class=root.symbol,
        multiplier=root.multiplier,
        price_magnifier=root.price_magnifier,
        expiry=f"{expiry:%Y%m%d}",
        min_tick=root.min_tick,
        long_name=root.name,
        calendar=root.calendar,
        market_rule=root.market_rule,
        price=root.price,
        volatility=root.volatility,
        under_con_id=root.underlying,
        under_symbol=root.symbol,
        under_sec_type="IND",
        initial_margin=root.initial,
        maintenance_margin=root.maintenance,
    )


def option_expirations(today: date) -> list[date]:
    """Four weekly Fridays and eight monthly expirations from `today` on."""
    friday = today + DAY * ((4 - today.weekday()) % 7)
    days = {friday + DAY * 7 * week for week in range(4)}
    days |= {third_friday(year, month) for year, month in _months_from(today, 8)}
    return sorted(day for day in days if day >= today)


def option_strikes(price: float) -> list[Decimal]:
    """Strikes around `price`: 41 of them, on a round grid of about 2 %."""
    grid = next(step for step in (0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 500.0) if step >= price * 0.011)
    middle = round(price / grid)
    return [Decimal(str((middle + n) * grid)).normalize() + 0 for n in range(-20, 21) if middle + n > 0]


def option_chain(under: Instrument, price: float, today: date) -> Iterator[Instrument]:
    """Every listed option of an underlying."""
    strikes = option_strikes(price)
    for expiry in option_expirations(today):
        for strike in strikes:
            for right in "CP":
                yield make_option(under, expiry, strike, right)


def make_option(under: Instrument, expiry: date, strike: Decimal, right: str) -> Instrument:
    """One listed option."""
    root = OPTION_CLASSES.get(under.symbol, under.symbol)
    local = f"{root:<6}{expiry:%y%m%d}{right}{int(strike * 1000):08d}"
    return Instrument(
        con_id=stable_id(f"OPT:{local}"),
        symbol=under.symbol,
        sec_type="OPT",
        currency=under.currency,
        exchange="SMART",
        local_symbol=local,
        trading_class=root,
        multiplier=Decimal(100),
        expiry=f"{expiry:%Y%m%d}",
        strike=strike,
        right=right,
        min_tick=Decimal("0.01"),
        long_name=under.long_name,
        calendar=US_OPTION,
        market_rule=32,
        price=0.0,
        volatility=under.volatility,
        under_con_id=under.con_id,
        under_symbol=under.symbol,
        under_sec_type=under.sec_type,
        valid_exchanges="SMART,AMEX,CBOE,PHLX,ISE,BOX,NASDAQOM",
    )


