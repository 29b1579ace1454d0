"""Account answers: values, portfolio, positions, summary, PnL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from leanib.simulator.protocol.contracts import ContractFields, position_fields
from leanib.simulator.protocol.fields import UNSET_DOUBLE_TEXT, encode, number
from leanib.simulator.protocol.ids import Answer

_CENT = Decimal("0.01")


def money(value: Decimal) -> str:
    """An amount to the cent."""
    return format(value.quantize(_CENT), "f")


def managed_accounts(accounts: Sequence[str]) -> bytes:
    """The account list; IB ends it with a comma when there is more than one."""
    listed = ",".join(accounts)
    return encode((Answer.MANAGED_ACCOUNTS, 1, listed + "," if len(accounts) > 1 else listed))


def family_codes(pairs: Sequence[tuple[str, str]]) -> bytes:
    """Family codes: (account, code) each."""
    out: list[object] = [Answer.FAMILY_CODES, len(pairs)]
    for pair in pairs:
        out += pair
    return encode(out)


def account_value(key: str, value: str, currency: str, account: str) -> bytes:
    """One updateAccountValue."""
    return encode((Answer.ACCOUNT_VALUE, 2, key, value, currency, account))


def account_time(clock: str) -> bytes:
    """The updateAccountTime, HH:MM."""
    return encode((Answer.ACCOUNT_TIME, 1, clock))


def account_download_end(account: str) -> bytes:
    """The end of an account download."""
    return encode((Answer.ACCOUNT_DOWNLOAD_END, 1, account))


@dataclass(slots=True)
class PortfolioFields:
    """One line of the portfolio."""

    contract: ContractFields
    position: Decimal
    price: Decimal
    value: Decimal
    average_cost: Decimal
    unrealized: Decimal
    realized: Decimal
    account: str


def portfolio_value(line: PortfolioFields) -> bytes:
    """One updatePortfolio."""
    item = line.contract
    return encode(
        (
            Answer.PORTFOLIO_VALUE, 8, item.con_id, item.symbol, item.sec_type, item.expiry, item.strike,
            item.right or "0", item.multiplier_text, item.primary_exchange or item.exchange, item.currency,
            item.local_symbol, item.trading_class, line.position, line.price, money(line.value),
            number(line.average_cost), money(line.unrealized), money(line.realized), line.account,
        )
    )  # fmt: skip


def position(account: str, item: ContractFields, quantity: Decimal, average_cost: Decimal) -> bytes:
    """One position."""
    return encode((Answer.POSITION, 3, account, *position_fields(item), quantity, average_cost))


def position_end() -> bytes:
    """The end of the positions."""
    return encode((Answer.POSITION_END, 1))


def position_multi(
    req_id: int, account: str, item: ContractFields, quantity: Decimal, average_cost: Decimal, model: str = ""
) -> bytes:
    """One positionMulti."""
    return encode((Answer.POSITION_MULTI, 1, req_id, account, *position_fields(item), quantity, average_cost, model))


def position_multi_end(req_id: int) -> bytes:
    """The end of one reqPositionsMulti answer."""
    return encode((Answer.POSITION_MULTI_END, 1, req_id))


def account_update_multi(req_id: int, account: str, model: str, key: str, value: str, currency: str) -> bytes:
    """One accountUpdateMulti."""
    return encode((Answer.ACCOUNT_UPDATE_MULTI, 1, req_id, account, model, key, value, currency))


def account_update_multi_end(req_id: int) -> bytes:
    """The end of one reqAccountUpdatesMulti answer."""
    return encode((Answer.ACCOUNT_UPDATE_MULTI_END, 1, req_id))


def account_summary(req_id: int, account: str, tag: str, value: str, currency: str) -> bytes:
    """One accountSummary."""
    return encode((Answer.ACCOUNT_SUMMARY, 1, req_id, account, tag, value, currency))


def account_summary_end(req_id: int) -> bytes:
    """The end of one account summary."""
    return encode((Answer.ACCOUNT_SUMMARY_END, 1, req_id))


def pnl(req_id: int, daily: Decimal, unrealized: Decimal, realized: Decimal) -> bytes:
    """One pnl update."""
    return encode((Answer.PNL, req_id, money(daily), money(unrealized), money(realized)))


def pnl_single(
    req_id: int, quantity: Decimal, daily: Decimal, unrealized: Decimal, realized: Decimal | None, value: Decimal
) -> bytes:
    """One pnlSingle update; `realized` None is IB's unset double."""
    shown = UNSET_DOUBLE_TEXT if realized is None else money(realized)
    return encode((Answer.PNL_SINGLE, req_id, quantity, money(daily), money(unrealized), shown, money(value)))
