"""Account requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.simulator.protocol import account as answers
from leanib.simulator.protocol.fields import Reader
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway, Handler
    from leanib.simulator.session import Session


def managed_accounts(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqManagedAccts."""
    session.send(answers.managed_accounts(gateway.accounts.names))


def family_codes(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqFamilyCodes: individual accounts have none."""
    session.send(answers.family_codes([(name, "") for name in gateway.accounts.names]))


def account_updates(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqAccountUpdates: version, subscribe, account."""
    reader.integer()
    gateway.reports.account_updates(session, reader.boolean(), reader.text())


def positions(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqPositions."""
    gateway.reports.positions(session)


def cancel_positions(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelPositions."""
    gateway.reports.cancel(session, "positions")


def summary(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqAccountSummary: version, id, group, tags."""
    reader.integer()
    gateway.reports.summary(session, reader.integer(), reader.text(), reader.text())


def cancel_summary(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelAccountSummary."""
    reader.integer()
    gateway.reports.cancel(session, "summary", reader.integer())


def positions_multi(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqPositionsMulti: version, id, account, model."""
    reader.integer()
    gateway.reports.positions_multi(session, reader.integer(), reader.text(), reader.text())


def cancel_positions_multi(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelPositionsMulti."""
    reader.integer()
    gateway.reports.cancel(session, "positions multi", reader.integer())


def updates_multi(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqAccountUpdatesMulti: version, id, account, model, ledger and net liquidation only."""
    reader.integer()
    req_id, account, model = reader.integer(), reader.text(), reader.text()
    gateway.reports.updates_multi(session, req_id, account, model, reader.boolean())


def cancel_updates_multi(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelAccountUpdatesMulti."""
    reader.integer()
    gateway.reports.cancel(session, "updates multi", reader.integer())


def pnl(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqPnL: id, account, model."""
    gateway.reports.pnl(session, reader.integer(), reader.text())


def pnl_single(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqPnLSingle: id, account, model, contract id."""
    req_id, account, _ = reader.integer(), reader.text(), reader.text()
    con_id = reader.integer()
    if con_id not in gateway.market.directory.by_id:
        session.error(req_id, 321, f"-'bR' : cause - Invalid contract id {con_id}.")
        return
    gateway.reports.pnl(session, req_id, account, con_id)


def cancel_pnl(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelPnL."""
    gateway.reports.cancel(session, "pnl", reader.integer())


def cancel_pnl_single(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer cancelPnLSingle."""
    gateway.reports.cancel(session, "pnl single", reader.integer())


HANDLERS: dict[Request, Handler] = {
    Request.MANAGED_ACCOUNTS: managed_accounts,
    Request.FAMILY_CODES: family_codes,
    Request.ACCOUNT_UPDATES: account_updates,
    Request.POSITIONS: positions,
    Request.CANCEL_POSITIONS: cancel_positions,
    Request.ACCOUNT_SUMMARY: summary,
    Request.CANCEL_ACCOUNT_SUMMARY: cancel_summary,
    Request.POSITIONS_MULTI: positions_multi,
    Request.CANCEL_POSITIONS_MULTI: cancel_positions_multi,
    Request.ACCOUNT_UPDATES_MULTI: updates_multi,
    Request.CANCEL_ACCOUNT_UPDATES_MULTI: cancel_updates_multi,
    Request.PNL: pnl,
    Request.CANCEL_PNL: cancel_pnl,
    Request.PNL_SINGLE: pnl_single,
    Request.CANCEL_PNL_SINGLE: cancel_pnl_single,
}
