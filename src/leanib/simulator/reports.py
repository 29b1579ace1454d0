"""Streams about accounts: updates, summaries, positions, PnL, and their multi variants."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.simulator.account.ledger import Ledger, Position
from leanib.simulator.account.values import Value, ledger_values, segment_values
from leanib.simulator.clock import Timer
from leanib.simulator.protocol import account as answers
from leanib.simulator.protocol.account import PortfolioFields

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session

ACCOUNT_SECONDS = 180.0
PNL_SECONDS = 1.0
ZERO = Decimal(0)


@dataclass(slots=True, eq=False)
class _Stream:
    """One subscription; `shown` remembers what the client has, so that only news is sent."""

    session: Session
    kind: str
    req_id: int
    account: str
    model: str = ""
    tags: tuple[str, ...] = ()
    con_id: int = 0
    ledger_only: bool = False
    shown: dict[object, object] = field(default_factory=dict)
    timer: Timer | None = None


class Reports:
    """All account streams."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.accounts = gateway.accounts
        self.streams: dict[tuple[int, str, int], _Stream] = {}
        self.accounts.listeners.append(self._changed)

    # account updates

    def account_updates(self, session: Session, subscribe: bool, account: str) -> None:
        """Answer reqAccountUpdates: one account at a time and client."""
        key = (session.number, "updates", 0)
        known = self.streams.get(key)
        name = account or self.accounts.default
        if known is not None:
            self._stop(key)
        if not subscribe:
            return
        if name not in self.accounts.ledgers:
            session.error(-1, 321, f"-'bP' : cause - Invalid account code '{name}'.")
            return
        if known is not None and known.account != name:
            session.error(-1, 2100)
        stream = _Stream(session, "updates", 0, name)
        self.streams[key] = stream
        self._download(stream)
        session.send(answers.account_download_end(name))
        self._every(stream, ACCOUNT_SECONDS)

    def _download(self, stream: _Stream) -> None:
        for key, value, currency in self.gateway.faults.arrange(self.accounts.values(stream.account)):
            if stream.shown.get((key, currency)) != value:
                stream.shown[key, currency] = value
                stream.session.send(answers.account_value(key, value, currency, stream.account))
        ledger = self.accounts.ledgers[stream.account]
        for position in ledger.positions.values():
            self._portfolio(stream, position)
        local = self.gateway.clock.now().astimezone(self.gateway.zone)
        stream.session.send(answers.account_time(f"{local:%H:%M}"))

    def _portfolio(self, stream: _Stream, position: Position) -> None:
        item = position.instrument
        mark = self.accounts.mark(item)
        value = position.value(mark)
        state = (position.quantity, mark, position.realized)
        fresh = ("portfolio", item.con_id) not in stream.shown
        if stream.shown.get(("portfolio", item.con_id)) == state or (fresh and not position.quantity):
            return
        stream.shown["portfolio", item.con_id] = state
        unrealized = value - position.cost if position.quantity else ZERO
        line = PortfolioFields(
            item, position.quantity, mark, value, position.average_cost.quantize(Decimal("1E-8")), unrealized,
            position.realized, stream.account,
        )  # fmt: skip
        stream.session.send(answers.portfolio_value(line))

    # positions

    def positions(self, session: Session) -> None:
        """Answer reqPositions: all holdings of all accounts, then changes."""
        stream = _Stream(session, "positions", 0, "")
        self.streams[session.number, "positions", 0] = stream
        for ledger in self.accounts.ledgers.values():
            for position in ledger.held():
                self._position(stream, ledger.account, position)
        session.send(answers.position_end())

    def positions_multi(self, session: Session, req_id: int, account: str, model: str) -> None:
        """Answer reqPositionsMulti."""
        if account and account not in self.accounts.ledgers:
            session.error(req_id, 321, f"-'bP' : cause - Invalid account code '{account}'.")
            return
        stream = _Stream(session, "positions multi", req_id, account, model)
        self.streams[session.number, "positions multi", req_id] = stream
        for ledger in self._ledgers(account):
            for position in ledger.held():
                self._position(stream, ledger.account, position)
        session.send(answers.position_multi_end(req_id))

    def _position(self, stream: _Stream, account: str, position: Position) -> None:
        cost = position.average_cost.quantize(Decimal("1E-8"))
        item, quantity = position.instrument, position.quantity
        if stream.kind == "positions":
            message = answers.position(account, item, quantity, cost)
        else:
            message = answers.position_multi(stream.req_id, account, item, quantity, cost, stream.model)
        stream.session.send(message)

    # summaries

    def summary(self, session: Session, req_id: int, group: str, tags: str) -> None:
        """Answer reqAccountSummary: values of all accounts, then changes every three minutes."""
        wanted = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
        if not wanted:
            session.error(req_id, 321, "-'bQ' : cause - The account summary request names no tags.")
            return
        active = [key for key in self.streams if key[:2] == (session.number, "summary")]
        if len(active) >= 2 and (session.number, "summary", req_id) not in self.streams:
            session.error(req_id, 322, "-'cQ' : cause - Maximum number of account summary requests exceeded")
            return
        stream = _Stream(session, "summary", req_id, "" if group in {"", "All"} else group, tags=wanted)
        self.streams[session.number, "summary", req_id] = stream
        self._summarize(stream)
        session.send(answers.account_summary_end(req_id))
        self._every(stream, ACCOUNT_SECONDS)

    def _summarize(self, stream: _Stream) -> None:
        for ledger in self._ledgers(stream.account):
            for tag, value, currency in self.gateway.faults.arrange(self._summary_values(ledger, stream.tags)):
                if stream.shown.get((ledger.account, tag, currency)) != value:
                    stream.shown[ledger.account, tag, currency] = value
                    stream.session.send(
                        answers.account_summary(stream.req_id, ledger.account, tag, value, currency)
                    )

    def _summary_values(self, ledger: Ledger, tags: tuple[str, ...]) -> list[Value]:
        figures = self.accounts.valuation.figures(ledger)
        known = {key: (key, value, currency) for key, value, currency in segment_values(figures, ledger.base)}
        out: list[Value] = []
        for tag in tags:
            if not tag.startswith("$LEDGER"):
                out += [known[tag]] if tag in known else []  # tags that do not exist are ignored
                continue
            only = {"$LEDGER": "BASE", "$LEDGER:ALL": ""}.get(tag, tag.partition(":")[2])
            out += ledger_values(ledger, self.accounts.valuation, figures, only)
        return out

    def updates_multi(self, session: Session, req_id: int, account: str, model: str, ledger_only: bool) -> None:
        """Answer reqAccountUpdatesMulti."""
        if account and account not in self.accounts.ledgers:
            session.error(req_id, 321, f"-'bP' : cause - Invalid account code '{account}'.")
            return
        stream = _Stream(session, "updates multi", req_id, account, model, ledger_only=ledger_only)
        self.streams[session.number, "updates multi", req_id] = stream
        self._update_multi(stream)
        session.send(answers.account_update_multi_end(req_id))
        self._every(stream, ACCOUNT_SECONDS)

    def _update_multi(self, stream: _Stream) -> None:
        for ledger in self._ledgers(stream.account):
            values = self.accounts.values(ledger.account)
            if stream.ledger_only:
                values = ledger_values(ledger, self.accounts.valuation, self.accounts.figures(ledger.account))
            for key, value, currency in self.gateway.faults.arrange(values):
                if stream.shown.get((ledger.account, key, currency)) != value:
                    stream.shown[ledger.account, key, currency] = value
                    stream.session.send(
                        answers.account_update_multi(stream.req_id, ledger.account, stream.model, key, value, currency)
                    )

    # profit and loss

    def pnl(self, session: Session, req_id: int, account: str, con_id: int = 0) -> None:
        """Answer reqPnL, or reqPnLSingle when `con_id` is given: about once a second while it changes."""
        if account not in self.accounts.ledgers:
            session.error(req_id, 321, f"-'bR' : cause - Invalid account code '{account}'.")
            return
        kind = "pnl single" if con_id else "pnl"
        stream = _Stream(session, kind, req_id, account, con_id=con_id)
        self.streams[session.number, kind, req_id] = stream
        self._pnl(stream)
        self._every(stream, PNL_SECONDS)

    def _pnl(self, stream: _Stream) -> None:
        message = self._pnl_single(stream) if stream.con_id else self._pnl_total(stream)
        if stream.shown.get("pnl") != message:
            stream.shown["pnl"] = message
            stream.session.send(message)

    def _pnl_total(self, stream: _Stream) -> bytes:
        figures = self.accounts.figures(stream.account)
        return answers.pnl(stream.req_id, figures.daily, figures.unrealized, figures.realized)

    def _pnl_single(self, stream: _Stream) -> bytes:
        position = self.accounts.ledgers[stream.account].positions.get(stream.con_id)
        if position is None:
            return answers.pnl_single(stream.req_id, ZERO, ZERO, ZERO, None, ZERO)
        mark = self.accounts.mark(position.instrument)
        value = position.value(mark)
        return answers.pnl_single(
            stream.req_id, position.quantity, position.daily(mark), value - position.cost, position.realized, value
        )

    # common

    def replay(self) -> None:
        """Send positions and portfolio to their streams again (fault)."""
        for stream in list(self.streams.values()):
            for ledger in self._ledgers(stream.account):
                for position in ledger.held():
                    if stream.kind.startswith("positions"):
                        self._position(stream, ledger.account, position)
                    elif stream.kind == "updates":
                        stream.shown.pop(("portfolio", position.instrument.con_id), None)
                        self._portfolio(stream, position)

    def cancel(self, session: Session, kind: str, req_id: int = 0) -> None:
        """Stop one stream; unknown ones are ignored, as the Gateway does."""
        self._stop((session.number, kind, req_id))

    def forget(self, session: Session) -> None:
        """A client is gone."""
        for key in [key for key in self.streams if key[0] == session.number]:
            self._stop(key)

    def _stop(self, key: tuple[int, str, int]) -> None:
        stream = self.streams.pop(key, None)
        if stream is not None and stream.timer is not None:
            stream.timer.cancel()

    def _ledgers(self, account: str) -> list[Ledger]:
        return [ledger for name, ledger in self.accounts.ledgers.items() if account in {"", name}]

    def _every(self, stream: _Stream, seconds: float) -> None:
        stream.timer = self.gateway.clock.call_later(seconds, self._due, stream, seconds)

    def _due(self, stream: _Stream, seconds: float) -> None:
        self._every(stream, seconds)
        if self.gateway.desk.link_up:
            self._refresh(stream)

    def _refresh(self, stream: _Stream) -> None:
        if stream.kind == "updates":
            self._download(stream)
        elif stream.kind == "summary":
            self._summarize(stream)
        elif stream.kind == "updates multi":
            self._update_multi(stream)
        else:
            self._pnl(stream)

    def _changed(self, account: str, position: Position | None) -> None:
        """The books changed: account and position streams say so at once."""
        for stream in list(self.streams.values()):
            if stream.account not in {"", account}:
                continue
            if stream.kind in {"positions", "positions multi"}:
                if position is not None:
                    self._position(stream, account, position)
            elif stream.kind == "updates":
                self._download(stream)
            elif stream.kind in {"pnl", "pnl single"}:
                self._pnl(stream)
