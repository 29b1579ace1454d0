"""Faults of fills: withheld, lost, dated otherwise, corrected; commissions that are late, negative or absurd."""

from __future__ import annotations

from datetime import UTC, tzinfo
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leanib.errors import UsageError
from leanib.simulator.clock import SECOND_US
from leanib.simulator.faults.mark import fault

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.orders.model import Execution, Order

#: What zone abbreviations mean that Gateways have been seen to write.
_ABBREVIATIONS = {
    "JST": "Asia/Tokyo", "CST": "America/Chicago", "EST": "America/New_York", "EDT": "America/New_York",
    "PST": "America/Los_Angeles", "MET": "Europe/Berlin", "CET": "Europe/Berlin", "GMT": "Europe/London",
    "HKT": "Asia/Hong_Kong", "IST": "Asia/Kolkata", "UTC": "UTC",
}  # fmt: skip


class ExecutionFaults:
    """Mixin: what happens to executions and commissions on their way to clients."""

    gateway: Gateway

    def _init_executions(self) -> None:
        self._uncharged: list[Execution] = []
        self.clear_executions()

    def clear_executions(self) -> None:
        """End every fault of this family; withheld commissions are reported."""
        #: What commission reports show instead of the commission; empty: the truth.
        self.commission_shown = ""
        self._withheld = self._withheld_from_answers = False
        self._lose = 0
        self._lose_client: int | None = None
        self._lost: frozenset[str] = frozenset()
        self.gateway.desk.blotter.charge = None
        self.gateway.show_times()
        self.withhold_commissions(on=False)

    # asked by the announcer

    def tells_execution(self, execution: Execution, asked: bool) -> bool:
        """May clients hear of this execution, and of its commission? `asked`: in answer to reqExecutions."""
        if asked:
            return not self._withheld_from_answers
        if self._withheld or execution.exec_id in self._lost:
            return False
        if self._lose and self._lose_client in {None, execution.client_id}:
            self._lose -= 1
            self._lost |= {execution.exec_id}
            return False
        return True

    def tells_commission(self, execution: Execution, asked: bool) -> bool:
        """May clients hear of this commission now? It is kept for later when not."""
        if not self.commissions_withheld:
            return asked or not (self._withheld or execution.exec_id in self._lost)
        if execution not in self._uncharged:
            self._uncharged.append(execution)
        return False

    # the faults

    @fault
    def withhold_executions(self, on: bool = True, asked: bool = True) -> None:
        """Send no execDetails of fills any more; with `asked` reqExecutions is answered without any, too."""
        self._withheld, self._withheld_from_answers = on, on and asked

    @fault
    def lose_execution(self, times: int = 1, client_id: int | None = None) -> None:
        """Lose the execDetails and the commission of the next fills (of one client); reqExecutions knows them."""
        self._lose, self._lose_client = times, client_id

    @fault
    def withhold_commissions(self, on: bool = True) -> None:
        """Send no commission reports; they come when this ends."""
        self.commissions_withheld = on
        if not on:
            late, self._uncharged = self._uncharged, []
            for execution in late:
                self.gateway.announcer.charged(execution)

    @fault
    def show_commission(self, value: str = "") -> None:
        """Report this as every commission ("-1.0", "1.7976931348623157E308"); empty ends it."""
        self.commission_shown = value

    @fault
    def charge_commission(self, amount: str | float = "") -> None:
        """Charge exactly this for every execution, a rebate when negative; empty ends it. The books follow."""
        try:
            charge = Decimal(str(amount)) if str(amount) else None
        except InvalidOperation:
            raise UsageError(f"charge_commission: {amount!r} is not an amount") from None
        if charge is not None and not charge.is_finite():
            raise UsageError(f"charge_commission: {amount!r} is not an amount")
        self.gateway.desk.blotter.charge = charge

    @fault
    def show_times(self, name: str = "", zone: str = "", utc: bool = False) -> None:
        """Write times of executions with this zone name ("JST", "CST", "" for none), or as "20240103-15:00:00" UTC."""
        if utc:
            self.gateway.show_times("%Y%m%d-%H:%M:%S", UTC)
            return
        where: tzinfo = self.gateway.zone
        if zone or name:
            key = zone or _ABBREVIATIONS.get(name, name)
            try:
                where = ZoneInfo(key)
            except (ZoneInfoNotFoundError, ValueError):
                raise UsageError(f"show_times: {key!r} is not a time zone; give `zone`, as Asia/Tokyo") from None
        self.gateway.show_times(f"%Y%m%d %H:%M:%S {name}".rstrip(), where)

    @fault
    def correct_execution(self, exec_id: str = "", price: float = 0.0) -> Execution:
        """Correct the price of an execution (default: the last one) under the same id with the next suffix."""
        blotter = self.gateway.desk.blotter
        name = exec_id or next(reversed(blotter.executions), "")
        if name not in blotter.executions or blotter.executions[name].item.sec_type == "BAG":
            raise UsageError(f"there is no execution {name!r} of a single instrument")
        new = blotter.correct(name, Decimal(str(price)))
        self.gateway.announcer.executed(new)
        self.gateway.announcer.charged(new)
        self.gateway.accounts.notify(new.account, new.item)
        return new

    @fault
    def fill_order(
        self, order_id: int, client_id: int = 0, quantity: float = 0, price: float | None = None, days_ago: float = 0
    ) -> None:
        """Fill a living order (all of it, at the market's price, unless said), dated so many days back."""
        order = self._fillable(order_id, client_id)
        size = Decimal(str(quantity)) or order.remaining
        if not 0 < size <= order.remaining:
            raise UsageError(f"fill_order: {size} is not between 0 and what remains, {order.remaining}")
        market = self.gateway.market.quote(order.item).mark
        paid = Decimal(str(price)) if price is not None else order.limit or market
        if paid is None:
            raise UsageError(f"fill_order: {order.item.local_symbol} has no price; give one")
        blotter = self.gateway.desk.blotter
        blotter.backdated = round(days_ago * 86400 * SECOND_US)
        try:
            self.gateway.desk.fill(order, paid, size)
        finally:
            blotter.backdated = 0
        if order.done:
            order.completed_time -= round(days_ago * 86400 * SECOND_US)

    def _fillable(self, order_id: int, client_id: int) -> Order:
        order = self.gateway.desk.orders.get((client_id, order_id))
        if order is None or order.done:
            raise UsageError(f"client {client_id} has no living order {order_id}")
        return order

    @fault
    def pass_midnight(self) -> None:
        """As if a day had passed: executions and completed orders so far are not told any more."""
        self.gateway.forgotten_until = self.gateway.clock.now_us() + 1

    @fault
    def replay_portfolio(self, times: int = 1) -> None:
        """Send the positions and the portfolio again, unasked."""
        for _ in range(times):
            self.gateway.reports.replay()
