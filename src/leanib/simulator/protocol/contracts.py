"""Contracts on the wire: what a request asks for, and the answers about contracts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from leanib.simulator.protocol import versions
from leanib.simulator.protocol.fields import Reader, encode
from leanib.simulator.protocol.ids import Answer


@dataclass(slots=True)
class ContractQuery:
    """What a client wrote into the contract fields of a request; empty means not given."""

    con_id: int = 0
    symbol: str = ""
    sec_type: str = ""
    expiry: str = ""
    strike: Decimal | None = None
    right: str = ""
    multiplier: str = ""
    exchange: str = ""
    primary_exchange: str = ""
    currency: str = ""
    local_symbol: str = ""
    trading_class: str = ""
    include_expired: bool = False
    sec_id_type: str = ""
    sec_id: str = ""
    legs: list[ComboLeg] = field(default_factory=list)


@dataclass(slots=True)
class ComboLeg:
    """One leg of a BAG contract."""

    con_id: int
    ratio: int
    action: str
    exchange: str
    extra: Sequence[str] = ("0", "0", "", "-1")  # openClose, shortSaleSlot, designatedLocation, exemptCode


class ContractFields(Protocol):
    """What an instrument has to offer to be written into an answer."""

    @property
    def con_id(self) -> int:
        """IB's contract id."""

    @property
    def symbol(self) -> str:
        """The symbol of the asset or underlying."""

    @property
    def sec_type(self) -> str:
        """STK, CASH, IND, FUT, OPT."""

    @property
    def expiry(self) -> str:
        """YYYYMMDD, empty without."""

    @property
    def strike(self) -> Decimal:
        """0 without."""

    @property
    def right(self) -> str:
        """C, P or empty."""

    @property
    def exchange(self) -> str:
        """Where orders go."""

    @property
    def primary_exchange(self) -> str:
        """Where it is listed."""

    @property
    def currency(self) -> str:
        """What it is quoted in."""

    @property
    def local_symbol(self) -> str:
        """The exchange's name."""

    @property
    def trading_class(self) -> str:
        """The class of derivatives."""

    @property
    def multiplier_text(self) -> str:
        """Empty for stocks."""


def read_contract(reader: Reader, primary: bool = True) -> ContractQuery:
    """The twelve contract fields of most requests (eleven, without the primary exchange, in exerciseOptions)."""
    query = ContractQuery(con_id=reader.integer(), symbol=reader.text(), sec_type=reader.text().upper())
    query.expiry = reader.text()
    query.strike = reader.decimal() or None
    query.right = reader.text()[:1].upper().replace("?", "").replace("0", "")
    query.multiplier, query.exchange = reader.text(), reader.text()
    if primary:
        query.primary_exchange = reader.text()
    query.currency, query.local_symbol, query.trading_class = reader.text(), reader.text(), reader.text()
    return query


def read_simple_legs(reader: Reader, query: ContractQuery) -> None:
    """The legs of a BAG in a data request: conId, ratio, action, exchange each."""
    if query.sec_type == "BAG":
        for _ in range(reader.count()):
            query.legs.append(ComboLeg(reader.integer(), reader.integer(), reader.text(), reader.text()))


def position_fields(item: ContractFields) -> tuple[object, ...]:
    """The contract as positions carry it: eleven fields, the exchange empty as IB sends it."""
    return (
        item.con_id, item.symbol, item.sec_type, item.expiry, item.strike, item.right, item.multiplier_text,
        "", item.currency, item.local_symbol, item.trading_class,
    )  # fmt: skip


def order_fields(item: ContractFields, exchange: str = "") -> tuple[object, ...]:
    """The contract as orders and executions carry it: eleven fields with the exchange the order went to."""
    return (
        item.con_id, item.symbol, item.sec_type, item.expiry, item.strike, item.right or "?", item.multiplier_text,
        exchange or item.exchange, item.currency, item.local_symbol, item.trading_class,
    )  # fmt: skip


@dataclass(slots=True, frozen=True)
class DetailFields:
    """What contract details say beyond the contract itself."""

    market_name: str
    min_tick: Decimal
    order_types: str
    valid_exchanges: str
    under_con_id: int
    long_name: str
    contract_month: str
    industry: str
    category: str
    subcategory: str
    time_zone: str
    trading_hours: str
    liquid_hours: str
    sec_ids: tuple[tuple[str, str], ...]
    agg_group: int
    under_symbol: str
    under_sec_type: str
    market_rules: str
    stock_type: str
    min_size: Decimal
    size_increment: Decimal
    suggested_size: Decimal
    last_trade_time: str = ""
    price_magnifier: int = 1


def contract_details(version: int, req_id: int, item: ContractFields, detail: DetailFields) -> bytes:
    """One contractDetails message."""
    last_trade = f"{item.expiry} {detail.last_trade_time} {detail.time_zone}" if item.expiry else ""
    out: list[object] = [Answer.CONTRACT_DATA]
    if version < versions.SIZE_RULES:
        out.append(8)
    out += [req_id, item.symbol, item.sec_type, last_trade.strip()]
    if version >= versions.LAST_TRADE_DATE:
        out.append(item.expiry)
    out += [item.strike, item.right, item.exchange]
    out += [item.currency, item.local_symbol, detail.market_name, item.trading_class, item.con_id, detail.min_tick]
    if version < versions.SIZE_RULES:
        out.append(100 if item.sec_type == "STK" else 1)  # mdSizeMultiplier
    out += [item.multiplier_text, detail.order_types, detail.valid_exchanges, detail.price_magnifier]
    out += [detail.under_con_id, detail.long_name, item.primary_exchange, detail.contract_month]
    out += [detail.industry, detail.category, detail.subcategory, detail.time_zone]
    out += [detail.trading_hours, detail.liquid_hours, "", 0, len(detail.sec_ids)]
    for pair in detail.sec_ids:
        out += pair
    out += [detail.agg_group, detail.under_symbol, detail.under_sec_type, detail.market_rules]
    out.append(item.expiry)
    if version >= versions.STOCK_TYPE:
        out.append(detail.stock_type)
    if version == versions.FRACTIONAL_SIZES:
        out.append(detail.size_increment)  # sizeMinTick, in this one version only
    if version >= versions.SIZE_RULES:
        out += [detail.min_size, detail.size_increment, detail.suggested_size]
    if version >= versions.INELIGIBILITY_REASONS:
        out.append(0)
    return encode(out)


@dataclass(slots=True, frozen=True)
class BondFields:
    """What only bonds have."""

    cusip: str
    coupon: Decimal
    maturity: str


def bond_details(version: int, req_id: int, item: ContractFields, detail: DetailFields, bond: BondFields) -> bytes:
    """One bondContractDetails message."""
    out: list[object] = [Answer.BOND_CONTRACT_DATA]
    if version < versions.SIZE_RULES:
        out.append(6)
    out += [req_id, item.symbol, item.sec_type, bond.cusip, bond.coupon, bond.maturity, "", "", "", "FIXED"]
    out += [False, False, False, ""]  # convertible, callable, puttable; what else describes it
    out += [item.exchange, item.currency, detail.market_name, item.trading_class, item.con_id, detail.min_tick]
    if version < versions.SIZE_RULES:
        out.append(1)  # mdSizeMultiplier
    out += [detail.order_types, detail.valid_exchanges, "", "", False, "", detail.long_name]
    if version >= versions.BOND_TRADING_HOURS:
        out += [detail.time_zone, detail.trading_hours, detail.liquid_hours]
    out += ["", 0, len(detail.sec_ids)]
    for pair in detail.sec_ids:
        out += pair
    out += [detail.agg_group, detail.market_rules]
    if version >= versions.SIZE_RULES:
        out += [detail.min_size, detail.size_increment, detail.suggested_size]
    return encode(out)


def contract_details_end(req_id: int) -> bytes:
    """The end of one contractDetails answer."""
    return encode((Answer.CONTRACT_DATA_END, 1, req_id))


def symbol_samples(
    version: int, req_id: int, matches: Sequence[tuple[ContractFields, Sequence[str], str]]
) -> bytes:
    """Answer to reqMatchingSymbols: (contract, derivative security types, description) each."""
    out: list[object] = [Answer.SYMBOL_SAMPLES, req_id, len(matches)]
    for item, derivatives, description in matches:
        out += [item.con_id, item.symbol, item.sec_type, item.primary_exchange, item.currency]
        out += [len(derivatives), *derivatives]
        if version >= versions.BOND_ISSUER:
            out += [description, ""]
    return encode(out)


def option_parameters(
    req_id: int,
    exchange: str,
    under_con_id: int,
    trading_class: str,
    multiplier: str,
    expirations: Sequence[str],
    strikes: Sequence[Decimal],
) -> bytes:
    """One option chain of an underlying on one exchange."""
    out: list[object] = [Answer.OPTION_PARAMETER, req_id, exchange, under_con_id, trading_class, multiplier]
    out += [len(expirations), *expirations, len(strikes), *strikes]
    return encode(out)


def market_rule(rule_id: int, increments: Iterable[tuple[Decimal, Decimal]]) -> bytes:
    """The price increments (low edge, increment) of a market rule."""
    pairs = list(increments)
    out: list[object] = [Answer.MARKET_RULE, rule_id, len(pairs)]
    for pair in pairs:
        out += pair
    return encode(out)
