"""Commands from outside: files `command*.json` in a folder (`FileCommandHandler.cs`, `Common/Commands`).

Files are read by name and deleted. One that cannot be read may still be being written: it is tried for two seconds,
and then deleted too. A command with an `Id` is answered by a file
`result-command-<Id>.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.engine.communication.commands import CallbackCommand
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.requests import SubmitOrderRequest, UpdateOrderFields
from leanib.engine.symbols import AlgorithmStatus, Resolution, SecurityIdentifier, SecurityType, Symbol
from leanib.errors import UsageError
from leanib.files import write_text

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["CommandFiles"]

_LEANS = "QuantConnect.Commands."
_BEING_WRITTEN = timedelta(seconds=2)


class CommandFiles:
    """Carries out what lies in a folder. To be used on the algorithm's thread.

    Args:
        algorithm: Who carries it out.
        folder: Where the files are.
        tell: Told of commands that failed.
        now: The wall clock.
    """

    def __init__(
        self, algorithm: QCAlgorithm, folder: Path, tell: Callable[[str], object], now: Callable[[], datetime]
    ) -> None:
        self._algorithm = algorithm
        self._folder = folder
        self._tell = tell
        self._now = now
        self._unreadable: dict[str, datetime] = {}
        self._known: dict[str, Callable[[Mapping[str, Any]], bool]] = {
            "LiquidateCommand": self._liquidate,
            "AlgorithmStatusCommand": self._status,
            "QuitCommand": self._quit,
            "OrderCommand": self._order,
            "UpdateOrderCommand": self._update,
            "CancelOrderCommand": self._cancel,
            "AddSecurityCommand": self._add_security,
        }

    def run(self) -> None:
        """Carries out all that is there now."""
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.glob("command*.json")):
            self._run_file(path)

    def _run_file(self, path: Path) -> None:
        try:
            content = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            if self._now() - self._unreadable.setdefault(path.name, self._now()) < _BEING_WRITTEN:
                return
            self._tell(f"the command file {path.name} cannot be read: {error}")
            content = []
        self._unreadable.pop(path.name, None)
        path.unlink(missing_ok=True)
        for command in content if isinstance(content, list) else [content]:
            if isinstance(command, Mapping):
                self._run_one(command)
            else:
                self._tell(f"the command file {path.name} holds no object")

    def _run_one(self, command: Mapping[str, Any]) -> None:
        kind = str(command.get("$type", "")).partition(",")[0]
        name = kind.removeprefix(_LEANS)
        values = {key.lower(): value for key, value in command.items()}
        try:
            if kind.startswith(_LEANS) and name in self._known:
                done: bool | None = self._known[name](values)
            else:
                payload = {key: value for key, value in command.items() if key not in ("$type", "Id", "id")}
                done = self._algorithm.run_command(CallbackCommand(name, payload))
        except Exception as error:  # a command's failure is its own, the algorithm goes on
            self._tell(f"the command {name or 'without a type'} failed: {error}")
            done = False
        identifier = str(values.get("id") or "")
        if identifier:
            result = {"CommandName": name or "CallbackCommand", "Success": done is not False}
            write_text(self._folder / f"result-command-{identifier}.json", json.dumps(result))

    # --- LEAN's own ----------------------------------------------------------------------------------------------

    def _symbol(self, values: Mapping[str, Any]) -> Symbol:
        given = values.get("symbol")
        if isinstance(given, Mapping):
            given = given.get("ID") or given.get("id") or given.get("Value") or given.get("value")
        if isinstance(given, str) and " " in given:
            return Symbol(SecurityIdentifier.parse(given), given.split(" ")[0])
        ticker = str(given or values.get("ticker") or "")
        if not ticker:
            raise UsageError("the command names no symbol: give Ticker, SecurityType and Market")
        kind = _member(SecurityType, values.get("securitytype"), SecurityType.EQUITY)
        for symbol in self._algorithm.securities:
            if symbol.value == ticker.upper() and symbol.security_type is kind:
                found: Symbol = symbol
                return found
        market = values.get("market") or self._algorithm.get_market(None, ticker, kind)
        return Symbol.create(ticker, kind, str(market))

    def _liquidate(self, values: Mapping[str, Any]) -> bool:
        if values.get("ticker") or values.get("symbol"):
            self._algorithm.liquidate(self._symbol(values))
        else:
            self._algorithm.liquidate()
        return True

    def _status(self, values: Mapping[str, Any]) -> bool:
        self._algorithm.set_status(_member(AlgorithmStatus, values.get("status"), AlgorithmStatus.STOPPED))
        return True

    def _quit(self, values: Mapping[str, Any]) -> bool:
        self._algorithm.set_status(AlgorithmStatus.STOPPED)
        return True

    def _order(self, values: Mapping[str, Any]) -> bool:
        symbol = self._symbol(values)
        request = SubmitOrderRequest(
            _member(OrderType, values.get("ordertype"), OrderType.MARKET),
            symbol.security_type,
            symbol,
            _decimal(values.get("quantity")),
            time=self._algorithm.utc_time,
            tag=str(values.get("tag") or ""),
            properties=self._algorithm.default_order_properties.clone(),
            limit_price=_decimal(values.get("limitprice")),
            stop_price=_decimal(values.get("stopprice")),
        )
        ticket = self._algorithm.submit_order_request(request)
        return bool(ticket.submit_request.response.is_success)

    def _update(self, values: Mapping[str, Any]) -> bool:
        ticket = self._algorithm.transactions.get_order_ticket(int(values["orderid"]))
        if ticket is None:
            raise UsageError(f"there is no order {values['orderid']}")
        fields = UpdateOrderFields(tag=values.get("tag"))
        for name, key in (("quantity", "quantity"), ("limit_price", "limitprice"), ("stop_price", "stopprice")):
            if values.get(key):
                setattr(fields, name, _decimal(values[key]))
        return bool(ticket.update(fields).is_success)

    def _cancel(self, values: Mapping[str, Any]) -> bool:
        ticket = self._algorithm.transactions.get_order_ticket(int(values["orderid"]))
        if ticket is None:
            raise UsageError(f"there is no order {values['orderid']}")
        return bool(ticket.cancel().is_success)

    def _add_security(self, values: Mapping[str, Any]) -> bool:
        self._algorithm.add_security(
            _member(SecurityType, values.get("securitytype"), SecurityType.EQUITY),
            str(values.get("symbol") or values.get("ticker") or ""),
            _member(Resolution, values.get("resolution"), Resolution.MINUTE),
            values.get("market"),
            bool(values.get("filldataforward", True)),
            float(values.get("leverage") or 0),
            bool(values.get("extendedmarkethours", False)),
        )
        return True


def _member(enum: Any, value: Any, default: Any) -> Any:
    """A member by its number or by its .NET name."""
    if value is None or value == "":
        return default
    if isinstance(value, int) or str(value).lstrip("-").isdigit():
        return enum(int(value))
    for member in enum:
        if member.lean_name.lower() == str(value).lower():
            return member
    raise UsageError(f"'{value}' is none of {', '.join(member.lean_name for member in enum)}")


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value or 0))
