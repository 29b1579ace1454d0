"""The order types: what each needs, where it may be used, and how faithfully it is worked. Everything else asks here.

Sources: "Available Orders" of the TWS API documentation; the codes in `orderTypes` are those of IB's contract details.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How something is answered."""

    AS_IB = "as IB"
    SIMPLIFIED = "simplified"
    REFUSED = "refused"


class Price(Enum):
    """Does an order type have this price?"""

    NONE = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


NO, MAY, MUST = Price.NONE, Price.OPTIONAL, Price.REQUIRED
#: What can be traded, by IB's security types.
_ALL = frozenset({"STK", "CASH", "FUT", "OPT", "FOP", "CFD", "CRYPTO", "BOND", "BAG"})
_LISTED = _ALL - {"CASH", "CRYPTO", "BOND", "BAG"}
_STOCK_LIKE = frozenset({"STK", "CFD"})
_SINGLE = _ALL - {"BAG", "BOND"}


@dataclass(frozen=True, slots=True)
class OrderType:
    """One order type.

    `aux` is what auxPrice is: "" nothing, "trigger", "offset" (from what it is pegged to), "trail". `peg` is what the
    price hangs on: "middle", "primary" (the own side) or "market" (the other side); with `snap` once, at the start.
    With `rth_only` it works in regular hours whatever the order says (2109), where a market has other hours at all.
    """

    name: str
    code: str
    kinds: frozenset[str] = _ALL
    limit: Price = NO
    aux: str = ""
    triggered: bool = False
    auction: bool = False
    peg: str = ""
    snap: bool = False
    rth_only: bool = False
    level: Level = Level.AS_IB
    how: str = ""


_QUOTES = "the market is one best bid and ask; "
_TYPES = (
    OrderType("MKT", "MKT", rth_only=True, how="fills against the displayed size"),
    OrderType("LMT", "LMT", limit=MUST, how="fills against the displayed size, at the quote or better"),
    OrderType("STP", "STP", _SINGLE | {"BOND"}, aux="trigger", triggered=True,
              how="triggered by the last trade, for currencies, options and bonds by the own side of the quote"),
    OrderType("STP LMT", "STPLMT", _SINGLE | {"BOND"}, MUST, "trigger", triggered=True, how="as STP"),
    OrderType("TRAIL", "TRAIL", _SINGLE, aux="trail", triggered=True, how="by an amount or in percent"),
    OrderType("TRAIL LIMIT", "TRAILLMT", _SINGLE, MAY, "trail", triggered=True, how="with a limit price or an offset"),
    OrderType("MIT", "MIT", _SINGLE, aux="trigger", triggered=True, how="as STP, on the other side"),
    OrderType("LIT", "LIT", _SINGLE, MUST, "trigger", triggered=True, how="as STP LMT, on the other side"),
    OrderType("MOC", "MOC", _STOCK_LIKE | {"FUT"}, auction=True, rth_only=True, level=Level.SIMPLIFIED,
              how="fills whole at the price at the close; refused after the cut-off (Nasdaq 15:55, others 15:50)"),
    OrderType("LOC", "LOC", _STOCK_LIKE | {"FUT"}, MUST, auction=True, rth_only=True, level=Level.SIMPLIFIED,
              how="as MOC, when the limit allows"),
    OrderType("MTL", "MTL", _LISTED, rth_only=True, how="what does not fill at once rests at the price of the fill"),
    OrderType("MKT PRT", "MKTPROT", frozenset({"FUT", "FOP"}), level=Level.SIMPLIFIED,
              how="the protection points are 0.1 % of the price; what does not fill within rests there"),
    OrderType("STP PRT", "STPPROT", frozenset({"FUT", "FOP"}), aux="trigger", triggered=True, level=Level.SIMPLIFIED,
              how="as STP, then as MKT PRT"),
    OrderType("MIDPRICE", "MIDPX", frozenset({"STK"}), MAY, peg="middle", rth_only=True, level=Level.SIMPLIFIED,
              how=_QUOTES + "fills when a trade prints at the middle, or the market crosses it; the limit is the cap"),
    OrderType("REL", "REL", _STOCK_LIKE | {"OPT", "FUT"}, MAY, "offset", peg="primary", level=Level.SIMPLIFIED,
              how=_QUOTES + "the own side plus the offset, up to the limit; fills as MIDPRICE; no percent offsets"),
    OrderType("PEG MID", "PEGMID", _STOCK_LIKE, MAY, "offset", peg="middle", level=Level.SIMPLIFIED,
              how=_QUOTES + "as MIDPRICE, less the offset; offsets at whole and half ticks are those of IBKRATS only"),
    OrderType("PEG MKT", "PEGMKT", _STOCK_LIKE | {"OPT"}, MAY, "offset", peg="market", level=Level.SIMPLIFIED,
              how=_QUOTES + "the other side less the offset; fills as MIDPRICE"),
    OrderType("SNAP MKT", "SNAPMKT", _LISTED, MAY, "offset", peg="market", snap=True,
              how="the other side less the offset, taken once; then a limit order"),
    OrderType("SNAP MID", "SNAPMID", _LISTED, MAY, "offset", peg="middle", snap=True,
              how="the middle less the offset, taken once; then a limit order"),
    OrderType("SNAP PRIM", "SNAPREL", _LISTED, MAY, "offset", peg="primary", snap=True,
              how="the own side plus the offset, taken once; then a limit order"),
)  # fmt: skip
TYPES: dict[str, OrderType] = {one.name: one for one in _TYPES}
#: Other spellings that Gateways take.
ALIASES = {
    "STPLMT": "STP LMT", "TRAILLMT": "TRAIL LIMIT", "TRAILLIMIT": "TRAIL LIMIT", "TRAIL LMT": "TRAIL LIMIT",
    "PEGMID": "PEG MID", "PEGMKT": "PEG MKT", "PEG PRI": "REL", "PEG PRIM": "REL", "SNAPMKT": "SNAP MKT",
    "SNAPMID": "SNAP MID", "SNAPREL": "SNAP PRIM", "SNAP REL": "SNAP PRIM", "SNAPPRIM": "SNAP PRIM",
    "MKTPRT": "MKT PRT", "STPPRT": "STP PRT", "MIDPX": "MIDPRICE",
}  # fmt: skip
#: Types that IB has and the simulator refuses, as IB does where an exchange has not got one (387).
REFUSED = (
    "VOL", "BOX TOP", "PEG BENCH", "PEG BEST", "PEG STK", "PASSV REL", "TRAIL MIT", "TRAIL LIT", "REL + LMT",
    "REL + MKT", "LMT + MKT", "QUOTE", "AUC", "FUNARI",
)  # fmt: skip
#: Times in force and attributes by their codes in `orderTypes`, with the kinds that have them.
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "ALGO": frozenset({"STK", "OPT", "FUT", "CFD"}), "AON": _ALL, "CASHQTY": frozenset({"CASH", "CRYPTO"}),
    "COND": _ALL, "CONDORDER": _ALL, "DAY": _ALL, "FOK": _ALL, "GAT": _ALL, "GTC": _ALL, "GTD": _ALL, "GTT": _ALL,
    "IOC": _ALL, "NGCOMB": frozenset({"BAG"}), "NONALGO": _ALL, "OCA": _ALL,
    "OPG": _STOCK_LIKE, "WHATIF": _ALL,
}  # fmt: skip


def has(code: str, sec_type: str) -> bool:
    """Does `orderTypes` of this kind of instrument list a time in force or an attribute?"""
    return sec_type in _ATTRIBUTES[code]


def order_types(sec_type: str) -> str:
    """What `orderTypes` of contract details lists for a kind of instrument: the codes of what works, sorted."""
    codes = [one.code for one in _TYPES if sec_type in one.kinds]
    return ",".join(sorted(codes + [code for code, kinds in _ATTRIBUTES.items() if sec_type in kinds]))
