"""The symbol-properties database, from kept facts: exchanges' contract specifications and brokers' price increments.

Columns: see `leanib.data.symbol_properties`. Futures are those whose specifications CME Group publishes.
"""

from __future__ import annotations

from pathlib import Path

from leanib.data.generate.plan import INDEX

__all__ = ["write_symbol_properties"]

_HEADER = (
    "market,symbol,type,description,quote_currency,contract_multiplier,minimum_price_variation,lot_size,market_ticker,"
    "minimum_order_size,price_magnifier,strike_multiplier"
)

_USA = """\
usa,[*],equity,,USD,1,0.01,1
usa,[*],option,,USD,100,0.01,1
usa,[*],index,,USD,1,0.01,1
usa,[*],indexoption,,USD,100,0.01,1
usa,{index},index,Equal-weighted index of the five sample stocks,USD,1,0.01,1
usa,SPX,index,S&P 500 Index,USD,1,0.01,1
usa,NDX,index,Nasdaq 100 Index,USD,1,0.01,1
usa,VIX,index,Cboe Volatility Index,USD,1,0.01,1
"""

_EUROPE = ("CHF", "CZK", "DKK", "EUR", "GBP", "HUF", "NOK", "PLN", "SEK", "TRY")
_MAJORS = tuple(sorted((*_EUROPE, "AUD", "CAD", "CNH", "HKD", "JPY", "MXN", "NZD", "SGD", "USD", "ZAR")))
_SENIORITY = ("EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF")
_COARSE = frozenset({"JPY", "HUF"})

_METALS = (("XAUUSD", "Gold/US Dollar", "0.001"), ("XAGUSD", "Silver/US Dollar", "0.0001"))

_INDEX_CFDS = (
    ("SPX500USD", "US SPX 500", "USD"),
    ("NAS100USD", "US Nas 100", "USD"),
    ("US30USD", "US Wall St 30", "USD"),
    ("DE30EUR", "Germany 30", "EUR"),
    ("UK100GBP", "UK 100", "GBP"),
)

_COINS = (
    ("BTC", "Bitcoin", "0.01", "0.00000001"),
    ("ETH", "Ether", "0.01", "0.00000001"),
    ("LTC", "Litecoin", "0.01", "0.00000001"),
    ("BCH", "Bitcoin Cash", "0.01", "0.00000001"),
)

_FUTURES = """\
cme,ES,E-mini S&P 500,50,0.25
cme,MES,Micro E-mini S&P 500,5,0.25
cme,NQ,E-mini Nasdaq-100,20,0.25
cme,MNQ,Micro E-mini Nasdaq-100,2,0.25
cme,RTY,E-mini Russell 2000,50,0.1
cme,M2K,Micro E-mini Russell 2000,5,0.1
cme,6A,Australian Dollar,100000,0.00005
cme,6B,British Pound,62500,0.0001
cme,6C,Canadian Dollar,100000,0.00005
cme,6E,Euro FX,125000,0.00005
cme,6J,Japanese Yen,12500000,0.0000005
cme,6S,Swiss Franc,125000,0.00005
cme,LE,Live Cattle,40000,0.00025
cme,BTC,Bitcoin,5,5
cbot,YM,E-mini Dow,5,1
cbot,MYM,Micro E-mini Dow,0.5,1
cbot,ZB,US Treasury Bond,1000,0.03125
cbot,ZN,10-Year Treasury Note,1000,0.015625
cbot,ZF,5-Year Treasury Note,1000,0.0078125
cbot,ZT,2-Year Treasury Note,2000,0.00390625
cbot,ZC,Corn,5000,0.0025
cbot,ZS,Soybeans,5000,0.0025
cbot,ZW,Chicago SRW Wheat,5000,0.0025
nymex,CL,Crude Oil,1000,0.01
nymex,MCL,Micro Crude Oil,100,0.01
nymex,NG,Henry Hub Natural Gas,10000,0.001
nymex,RB,RBOB Gasoline,42000,0.0001
nymex,HO,NY Harbor ULSD,42000,0.0001
nymex,PL,Platinum,50,0.1
comex,GC,Gold,100,0.1
comex,MGC,Micro Gold,10,0.1
comex,SI,Silver,5000,0.005
comex,HG,Copper,25000,0.0005
cfe,VX,Cboe Volatility Index,1000,0.05
"""


def write_symbol_properties(root: Path) -> None:
    """Write `symbol-properties/symbol-properties-database.csv`."""
    path = root / "symbol-properties" / "symbol-properties-database.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [_HEADER, *_USA.format(index=INDEX).splitlines(), *_forex(), *_cfds(), *_crypto(), *_futures()]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def _forex() -> list[str]:
    """Every pair of the majors, the senior currency first; FXCM deals in lots of 1000 units, Oanda in single units."""
    lots = {"oanda": 1, "fxcm": 1000, "interactivebrokers": 1}
    return [
        f"{market},{base}{quote},forex,{base}/{quote},{quote},1,{_increment(quote)},{lot}"
        for market, lot in lots.items()
        for base in _MAJORS
        for quote in _MAJORS
        if base != quote and _rank(base) < _rank(quote)
    ]


def _increment(quote: str) -> str:
    return "0.001" if quote in _COARSE else "0.00001"


def _rank(currency: str) -> tuple[int, str]:
    return (_SENIORITY.index(currency), "") if currency in _SENIORITY else (len(_SENIORITY), currency)


def _cfds() -> list[str]:
    lines = []
    for market in ("oanda", "fxcm", "interactivebrokers"):
        lines += [f"{market},{name},cfd,{text},USD,1,{increment},1" for name, text, increment in _METALS]
        lines += [f"{market},{name},cfd,{text},{currency},1,0.1,1" for name, text, currency in _INDEX_CFDS]
    return lines


def _crypto() -> list[str]:
    lines = []
    for coin, text, increment, lot in _COINS:
        lines.append(f"coinbase,{coin}USD,crypto,{text}-US Dollar,USD,1,{increment},{lot},{coin}-USD,0.0001")
        lines.append(f"coinbase,{coin}EUR,crypto,{text}-Euro,EUR,1,{increment},{lot},{coin}-EUR,0.0001")
        lines.append(f"kraken,{coin}USD,crypto,{text}-US Dollar,USD,1,{increment},{lot},{coin}USD,0.0001")
        lines.append(f"bitfinex,{coin}USD,crypto,{text}-US Dollar,USD,1,{increment},{lot},t{coin}USD,0.0001")
        lines.append(f"binance,{coin}USDT,crypto,{text}-Tether,USDT,1,{increment},0.00001,{coin}USDT,5")
        lines.append(f"bybit,{coin}USDT,crypto,{text}-Tether,USDT,1,{increment},0.00001,{coin}USDT,5")
        lines.append(f"binance,{coin}USDT,cryptofuture,{text}-Tether perpetual,USDT,1,{increment},0.001,{coin}USDT,5")
        lines.append(f"bybit,{coin}USDT,cryptofuture,{text}-Tether perpetual,USDT,1,{increment},0.001,{coin}USDT,5")
    return lines


def _futures() -> list[str]:
    lines = []
    for line in _FUTURES.splitlines():
        market, root, text, multiplier, increment = line.split(",")
        lines.append(f"{market},{root},future,{text} Futures,USD,{multiplier},{increment},1,,,1")
    return lines
