"""The exchanges that an order may be routed to (`Common/Exchange.cs`)."""

from __future__ import annotations

from typing import ClassVar

from leanib.engine.naming import LeanObject
from leanib.engine.symbols import SecurityType

__all__ = ["Exchange", "primary_exchange"]


class Exchange(LeanObject):
    """An exchange: `Exchange.NASDAQ`; its name, its code in the consolidated tape, its market, what it trades."""

    UNKNOWN: ClassVar[Exchange]
    MEMX: ClassVar[Exchange]
    LTSE: ClassVar[Exchange]
    NASDAQ: ClassVar[Exchange]
    NASDAQ_SC: ClassVar[Exchange]
    NASDAQ_OPTIONS: ClassVar[Exchange]
    BATS: ClassVar[Exchange]
    ARCA: ClassVar[Exchange]
    ARCA_OPTIONS: ClassVar[Exchange]
    NYSE: ClassVar[Exchange]
    SMART: ClassVar[Exchange]
    OTCX: ClassVar[Exchange]
    IEX: ClassVar[Exchange]
    NSX: ClassVar[Exchange]
    FINRA: ClassVar[Exchange]
    ISE: ClassVar[Exchange]
    CSE: ClassVar[Exchange]
    CBOE: ClassVar[Exchange]
    C2: ClassVar[Exchange]
    NASDAQ_BX: ClassVar[Exchange]
    SIAC: ClassVar[Exchange]
    EDGA: ClassVar[Exchange]
    EDGX: ClassVar[Exchange]
    EDGO: ClassVar[Exchange]
    NASDAQ_PSX: ClassVar[Exchange]
    BATS_Y: ClassVar[Exchange]
    BOSTON: ClassVar[Exchange]
    BOX: ClassVar[Exchange]
    AMEX: ClassVar[Exchange]
    BSE: ClassVar[Exchange]
    NSE: ClassVar[Exchange]
    AMEX_OPTIONS: ClassVar[Exchange]
    OPRA: ClassVar[Exchange]
    MIAX: ClassVar[Exchange]
    MIAX_PEARL: ClassVar[Exchange]
    MIAX_EMERALD: ClassVar[Exchange]
    MIAX_SAPPHIRE: ClassVar[Exchange]
    ISE_GEMINI: ClassVar[Exchange]
    ISE_MERCURY: ClassVar[Exchange]
    CME: ClassVar[Exchange]
    EUREX: ClassVar[Exchange]
    CBOT: ClassVar[Exchange]
    CFE: ClassVar[Exchange]
    COMEX: ClassVar[Exchange]
    ICE: ClassVar[Exchange]
    NYMEX: ClassVar[Exchange]
    NYSELIFFE: ClassVar[Exchange]
    CSFB: ClassVar[Exchange]
    PHLX: ClassVar[Exchange]

    def __init__(self, name: str, code: str, market: str, *security_types: SecurityType) -> None:
        self.name = name
        self.code = code or name
        self.market = market
        self.security_types = security_types

    def __str__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.name == other
        return isinstance(other, Exchange) and (self.code, self.market) == (other.code, other.market)

    def __hash__(self) -> int:
        return hash((self.code, self.market))


_EXCHANGES: tuple[tuple[str, str, str, str, tuple[SecurityType, ...]], ...] = (
    ("MEMX", "MEMX", "MM", "usa", (SecurityType.EQUITY,)),
    ("LTSE", "LTSE", "L", "usa", (SecurityType.EQUITY,)),
    ("NASDAQ", "NASDAQ", "Q", "usa", (SecurityType.EQUITY,)),
    ("NASDAQ_SC", "NASDAQ_SC", "S", "usa", (SecurityType.EQUITY,)),
    (
        "NASDAQ_OPTIONS",
        "XNDQ",
        "XNDQ",
        "usa",
        (
            SecurityType.OPTION,
            SecurityType.INDEX_OPTION,
        ),
    ),
    ("BATS", "BATS", "Z", "usa", (SecurityType.EQUITY,)),
    ("ARCA", "ARCA", "P", "usa", (SecurityType.EQUITY,)),
    ("ARCA_OPTIONS", "ARCX", "ARCX", "usa", (SecurityType.OPTION,)),
    ("NYSE", "NYSE", "N", "usa", (SecurityType.EQUITY,)),
    ("SMART", "SMART", "SMART", "usa", (SecurityType.EQUITY,)),
    ("OTCX", "OTCX", "OTCX", "usa", (SecurityType.EQUITY,)),
    ("IEX", "IEX", "IEX", "usa", (SecurityType.EQUITY,)),
    ("NSX", "NSE", "C", "usa", (SecurityType.EQUITY,)),
    ("FINRA", "FINRA", "D", "usa", (SecurityType.EQUITY,)),
    ("ISE", "ISE", "I", "usa", (SecurityType.EQUITY,)),
    ("CSE", "CSE", "M", "usa", (SecurityType.EQUITY,)),
    (
        "CBOE",
        "CBOE",
        "W",
        "usa",
        (
            SecurityType.EQUITY,
            SecurityType.OPTION,
            SecurityType.INDEX_OPTION,
        ),
    ),
    ("C2", "C2", "W", "usa", (SecurityType.OPTION,)),
    ("NASDAQ_BX", "NASDAQ_BX", "B", "usa", (SecurityType.EQUITY,)),
    ("SIAC", "SIAC", "SIAC", "usa", (SecurityType.EQUITY,)),
    ("EDGA", "EDGA", "J", "usa", (SecurityType.EQUITY,)),
    ("EDGX", "EDGX", "K", "usa", (SecurityType.EQUITY,)),
    (
        "EDGO",
        "EDGO",
        "EDGO",
        "usa",
        (
            SecurityType.OPTION,
            SecurityType.INDEX_OPTION,
        ),
    ),
    ("NASDAQ_PSX", "NASDAQ_PSX", "X", "usa", (SecurityType.EQUITY,)),
    ("BATS_Y", "BATS_Y", "Y", "usa", (SecurityType.EQUITY,)),
    ("BOSTON", "BOSTON", "BB", "usa", (SecurityType.EQUITY,)),
    (
        "BOX",
        "BOX",
        "B",
        "usa",
        (
            SecurityType.OPTION,
            SecurityType.INDEX_OPTION,
        ),
    ),
    ("AMEX", "AMEX", "A", "usa", (SecurityType.EQUITY,)),
    ("BSE", "BSE", "BSE", "india", (SecurityType.EQUITY,)),
    ("NSE", "NSE", "NSE", "india", (SecurityType.EQUITY,)),
    ("AMEX_OPTIONS", "AMEX", "A", "usa", (SecurityType.OPTION,)),
    ("OPRA", "OPRA", "O", "usa", (SecurityType.OPTION,)),
    ("MIAX", "MIAX", "M", "usa", (SecurityType.OPTION,)),
    (
        "MIAX_PEARL",
        "MIAX_PEARL",
        "MP",
        "usa",
        (
            SecurityType.OPTION,
            SecurityType.EQUITY,
        ),
    ),
    ("MIAX_EMERALD", "MIAX_EMERALD", "ME", "usa", (SecurityType.OPTION,)),
    (
        "MIAX_SAPPHIRE",
        "MIAX_SAPPHIRE",
        "SPHR",
        "usa",
        (
            SecurityType.OPTION,
            SecurityType.INDEX_OPTION,
        ),
    ),
    ("ISE_GEMINI", "ISE_GEMINI", "H", "usa", (SecurityType.OPTION,)),
    ("ISE_MERCURY", "ISE_MERCURY", "J", "usa", (SecurityType.OPTION,)),
    (
        "CME",
        "CME",
        "CME",
        "cme",
        (
            SecurityType.FUTURE,
            SecurityType.FUTURE_OPTION,
        ),
    ),
    (
        "EUREX",
        "EUREX",
        "EUREX",
        "eurex",
        (
            SecurityType.FUTURE,
            SecurityType.INDEX,
        ),
    ),
    (
        "CBOT",
        "CBOT",
        "CBOT",
        "cbot",
        (
            SecurityType.FUTURE,
            SecurityType.FUTURE_OPTION,
        ),
    ),
    ("CFE", "CFE", "CFE", "cfe", (SecurityType.FUTURE,)),
    ("COMEX", "COMEX", "COMEX", "comex", (SecurityType.FUTURE,)),
    ("ICE", "ICE", "ICE", "ice", (SecurityType.FUTURE,)),
    (
        "NYMEX",
        "NYMEX",
        "NYMEX",
        "nymex",
        (
            SecurityType.FUTURE,
            SecurityType.FUTURE_OPTION,
        ),
    ),
    (
        "NYSELIFFE",
        "NYSELIFFE",
        "NYSELIFFE",
        "nyseliffe",
        (
            SecurityType.FUTURE,
            SecurityType.FUTURE_OPTION,
        ),
    ),
    ("CSFB", "CSFB", "CSFB", "usa", (SecurityType.EQUITY,)),
    (
        "PHLX",
        "PHLX",
        "X",
        "usa",
        (
            SecurityType.OPTION,
            SecurityType.INDEX_OPTION,
        ),
    ),
)

Exchange.UNKNOWN = Exchange("", "", "")
for _attribute, _name, _code, _market, _types in _EXCHANGES:
    setattr(Exchange, _attribute, Exchange(_name, _code, _market, *_types))

_ALIASES = {
    (SecurityType.EQUITY, "usa"): {
        "T": "Q", "NASDAQ_OMX": "Q", "BATS Z": "Z", "BATS_Z": "Z", "NSX": "C", "NSE": "C",
    }
}  # fmt: skip


def primary_exchange(text: str, security_type: SecurityType = SecurityType.EQUITY, market: str = "usa") -> Exchange:
    """The exchange of that name or tape code that trades such securities; `Exchange.UNKNOWN` if there is none."""
    wanted = text.upper()
    wanted = _ALIASES.get((security_type, market), {}).get(wanted, wanted)
    for attribute, name, code, place, types in _EXCHANGES:
        if place == market and security_type in types and wanted in (name, code):
            exchange: Exchange = getattr(Exchange, attribute)
            return exchange
    return Exchange.UNKNOWN
