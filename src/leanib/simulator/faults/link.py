"""Faults behind the Gateway: the link to IBKR, data farms, silent data death, competing sessions, read-only API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.errors import UsageError
from leanib.simulator.clock import SECOND_US
from leanib.simulator.faults.mark import fault
from leanib.simulator.protocol import versions
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.clock import Timer
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.protocol.fields import Reader
    from leanib.simulator.session import Session

#: Codes of a farm: broken, OK; and its usual name.
FARMS = {"market": (2103, 2104, "usfarm"), "history": (2105, 2106, "ushmds"), "definitions": (2157, 2158, "secdefil")}
_NEED_LINK = frozenset(
    str(int(kind)).encode()
    for kind in (
        Request.PLACE_ORDER,
        Request.CANCEL_ORDER,
        Request.GLOBAL_CANCEL,
        Request.CONTRACT_DETAILS,
        Request.HISTORICAL_DATA,
        Request.HISTORICAL_TICKS,
        Request.MATCHING_SYMBOLS,
        Request.OPTION_PARAMETERS,
        Request.EXERCISE_OPTIONS,
    )
)
_ORDER_REQUESTS = frozenset(
    {Request.PLACE_ORDER, Request.CANCEL_ORDER, Request.GLOBAL_CANCEL, Request.EXERCISE_OPTIONS}
)
_READ_ONLY = _ORDER_REQUESTS | {
    Request.OPEN_ORDERS,
    Request.ALL_OPEN_ORDERS,
    Request.AUTO_OPEN_ORDERS,
    Request.COMPLETED_ORDERS,
}
READ_ONLY_TEXT = "-'bN' : cause - The API interface is currently in Read-Only mode."


class LinkFaults:
    """Mixin: what happens between the Gateway and IBKR."""

    gateway: Gateway
    _timers: list[Timer]

    def _init_link(self) -> None:
        self._held: list[tuple[Session, bytes]] = []
        self._silent = False
        self._broken: set[str] = set()
        self.competing_session = False
        self.is_read_only = False

    def clear_link(self) -> None:
        """End every fault of this family without a message."""
        self._silent = self.competing_session = self.is_read_only = False
        self._broken.clear()
        self.gateway.desk.link_up = True
        self._deliver()

    @property
    def data_dead(self) -> bool:
        """Is no market data flowing, for whatever reason?"""
        return self._silent or self.competing_session or "market" in self._broken or not self.gateway.desk.link_up

    def history_broken(self) -> bool:
        """Is the historical data farm down?"""
        return "history" in self._broken

    @staticmethod
    def _needs_link(payload: bytes) -> bool:
        return payload.split(b"\0", 1)[0] in _NEED_LINK

    def _deliver(self) -> None:
        held, self._held = self._held, []
        for session, payload in held:
            if not session.closed:
                self.gateway.handle(session, payload)

    def _refused_by_link(self, session: Session, kind: Request | None, reader: Reader) -> bool:
        """Answer what the faults forbid; True when the request goes no further."""
        if self.is_read_only and kind in _READ_ONLY:
            req_id = -1
            if kind in {Request.PLACE_ORDER, Request.CANCEL_ORDER}:
                if kind is Request.CANCEL_ORDER and session.version < versions.MANUAL_ORDER_INDICATOR:
                    reader.integer()
                req_id = reader.integer()
            session.error(req_id, 321, READ_ONLY_TEXT)
            return True
        if kind is Request.HISTORICAL_DATA and self.history_broken():
            session.error(reader.integer(), 162, "HMDS server disconnect occurred.  Attempting reconnection...")
            return True
        return False

    # the faults

    @fault
    def lose_link(self, code: int = 1100) -> None:
        """Lose the link to IBKR (1100, or 2110): no ticks, no fills; orders and look-ups wait unanswered."""
        self.gateway.desk.link_up = False
        self.gateway.broadcast(code)

    @fault
    def restore_link(self, data_lost: bool = False, code: int = 0) -> None:
        """Restore the link: 1102, or 1101 with every data subscription lost; `code` lies about which it was."""
        self.gateway.desk.link_up = True
        if data_lost:
            self.gateway.feeds.lose()
        self.gateway.broadcast(code or (1101 if data_lost else 1102))
        self._deliver()
        for order in list(self.gateway.desk.open_orders()):
            self.gateway.desk.work(order)

    @fault
    def message(self, code: int, text: str = "", req_id: int = -1) -> None:
        """Send any system message to everybody, true or not."""
        for session in self.gateway.clients():
            session.error(req_id, code, text)

    @fault
    def storm(self, code: int = 1100, every: float = 4.0, seconds: float = 15 * 3600.0) -> None:
        """Send a system message every so often for so long."""
        if not every > 0:
            raise UsageError(f"storm needs a time between two messages, not {every:g} s; give every=4")
        clock = self.gateway.clock
        end = clock.now_us() + round(seconds * SECOND_US)

        def again() -> None:
            self.message(code)
            if clock.now_us() + round(every * SECOND_US) <= end:
                self._timers.append(clock.call_later(every, again))

        again()

    @fault
    def farm_down(self, farm: str = "market", name: str = "") -> None:
        """Break a data farm: market (2103), history (2105) or definitions (2157)."""
        broken, _, usual = self._farm(farm)
        self._broken.add(farm)
        self.gateway.broadcast(broken, name or usual)

    @fault
    def farm_up(self, farm: str = "market", name: str = "") -> None:
        """Repair a data farm (2104, 2106, 2158)."""
        _, fine, usual = self._farm(farm)
        self._broken.discard(farm)
        self.gateway.broadcast(fine, name or usual)

    def _farm(self, farm: str) -> tuple[int, int, str]:
        if farm not in FARMS:
            raise UsageError(f"there is no farm {farm!r}; choose one of {', '.join(FARMS)}")
        return FARMS[farm]

    @fault
    def kill_data(self) -> None:
        """Stop all market data without a word."""
        self._silent = True

    @fault
    def revive_data(self) -> None:
        """End `kill_data`."""
        self._silent = False

    @fault
    def lose_subscriptions(self) -> None:
        """Forget every data subscription without a word."""
        self.gateway.feeds.lose()

    @fault
    def compete(self) -> None:
        """A live session elsewhere takes the market data: 10197 on every ticker, and on new ones."""
        self.competing_session = True
        for one in list(self.gateway.feeds.ticks.by_key.values()):
            one.session.error(one.req_id, 10197)

    @fault
    def stop_competing(self) -> None:
        """The other session is gone."""
        self.competing_session = False

    @fault
    def kick_session(self) -> None:
        """Another login with the same user takes over: 1100, then everybody is dropped."""
        self.gateway.broadcast(1100)
        for session in list(self.gateway.sessions):
            session.close()

    @fault
    def read_only(self, on: bool = True) -> None:
        """Switch the read-only API: 321 on orders and on requests for orders."""
        self.is_read_only = on

    @fault
    def bust(self) -> None:
        """A bust event: real-time bars die with 10225."""
        self.gateway.feeds.bars.bust()
