"""One connection to the Gateway, from the dial to its loss."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ib_async import CommissionReport, Contract, Execution, Order, OrderState

from leanib.ib.client import GatewayClient
from leanib.ib.clock import Clock
from leanib.ib.errors import WrongAccount
from leanib.ib.redaction import mask_account
from leanib.ib.settings import IBSettings
from leanib.ib.signals import Messages

__all__ = ["LoginFailed", "Session"]


class LoginFailed(Exception):  # noqa: N818 - reads as what happened
    """A dial that did not end in a login.

    Attributes:
        awaiting_login: The Gateway answered the handshake, so it is up and waits for a login or a second factor.
        client_id_in_use: It refused the client id (326).
        nothing_listens: The port is closed.
    """

    def __init__(
        self,
        text: str,
        *,
        awaiting_login: bool = False,
        client_id_in_use: bool = False,
        nothing_listens: bool = False,
    ) -> None:
        super().__init__(text)
        self.nothing_listens = nothing_listens
        self.awaiting_login = awaiting_login
        self.client_id_in_use = client_id_in_use


class Session:
    """One connection; it is the tap of its client and passes on what the services must hear."""

    def __init__(self, settings: IBSettings, client_id: int, messages: Messages, clock: Clock | None = None) -> None:
        self.client = GatewayClient(self, settings.connection.messages_per_second, clock)
        self.client_id = client_id
        self.account = ""
        self.accounts: tuple[str, ...] = ()
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.on_lost: Callable[[str], None] | None = None
        self.traffic_at = 0.0
        self._settings = settings
        self._messages = messages
        self._loop = asyncio.get_running_loop()
        self._refused_id = False

    async def open(self, timeout: float) -> None:
        """Dials, logs in and checks the account; no request is sent before the account is proven.

        Args:
            timeout: Seconds for all of it.

        Raises:
            LoginFailed: The Gateway is not there or not logged in.
            WrongAccount: The account does not fit the mode.
        """
        address = f"{self._settings.host}:{self._settings.port}"
        try:
            await self.client.log_in(self._settings.host, self._settings.port, self.client_id, timeout)
        except TimeoutError:
            raise self._no_answer(address, timeout) from None
        except OSError as error:
            raise self._no_connection(address, error) from None
        self.client.disconnectedEvent += lambda: self.fail("the Gateway closed the connection")
        self.accounts = tuple(self.client.client.getAccounts())
        self.account = check_account(self._settings, self.accounts)

    def _no_answer(self, address: str, timeout: float) -> LoginFailed:
        if self.client.handshake_done:
            return LoginFailed(f"the Gateway at {address} answers but is not logged in", awaiting_login=True)
        return LoginFailed(f"something at {address} accepts connections and does not speak within {timeout:g} s")

    def _no_connection(self, address: str, error: OSError) -> LoginFailed:
        if self._refused_id:
            return LoginFailed(f"client id {self.client_id} is in use at {address}", client_id_in_use=True)
        if isinstance(error, ConnectionRefusedError):
            return LoginFailed(f"nothing listens at {address}", nothing_listens=True)
        return LoginFailed(f"the connection to {address} failed: {error}")

    def fail(self, reason: str) -> None:
        """Ends the session; the first reason counts. Who asks afterwards finds no connection, at once."""
        if self.lost.done():
            return
        self.lost.set_result(reason)
        if self.on_lost is not None:
            self.on_lost(reason)

    async def check_health(self, timeout: float) -> bool:
        """Whether the Gateway answers a request within the deadline."""
        try:
            async with asyncio.timeout(timeout):
                await self.client.reqCurrentTimeAsync()
        except (TimeoutError, ConnectionError):
            return False
        return True

    def close(self) -> None:
        """Takes leave of the Gateway in order."""
        self.client.leave()

    def abandon(self) -> None:
        """Drops the connection at once."""
        self.client.abandon()

    def on_error(self, request: int, code: int, text: str) -> None:
        """Tap: an error, warning or notice."""
        if code == 326:
            self._refused_id = True
        self._messages.error.emit(request, code, text)

    def on_open_order(self, order_id: int, contract: Contract, order: Order, state: OrderState) -> None:
        """Tap: an order is known to the Gateway."""
        self._messages.open_order.emit(order_id, contract, order, state)

    def on_order_status(
        self, order_id: int, status: str, filled: float, remaining: float, perm_id: int, client_id: int
    ) -> None:
        """Tap: an order's status."""
        self._messages.order_status.emit(order_id, status, filled, remaining, perm_id, client_id)

    def on_execution(self, contract: Contract, execution: Execution) -> None:
        """Tap: a fill."""
        self._messages.execution.emit(contract, execution)

    def on_commission(self, report: CommissionReport) -> None:
        """Tap: what a fill cost."""
        self._messages.commission.emit(report)

    def on_traffic(self) -> None:
        """Tap: a sign of life."""
        self.traffic_at = self._loop.time()


def check_account(settings: IBSettings, accounts: tuple[str, ...]) -> str:
    """The account to use; the mode is proven by it, not by the port.

    Raises:
        WrongAccount: It is not the expected one, or does not belong to the mode. Nothing has been asked of it.
    """
    is_paper = [account.upper().startswith("D") for account in accounts]
    shown = ", ".join(mask_account(account) for account in accounts)
    if settings.mode == "paper" and not all(is_paper):
        raise WrongAccount(
            f"the Gateway at port {settings.port} serves a live account ({shown}) but the mode is paper: "
            "log the Gateway in to the paper account, or dial the paper port"
        )
    if settings.mode == "live" and any(is_paper):
        raise WrongAccount(
            f"the Gateway at port {settings.port} serves a paper account ({shown}) but the mode is live: "
            "log the Gateway in to the live account, or use the paper mode"
        )
    return _chosen(settings, accounts, shown)


def _chosen(settings: IBSettings, accounts: tuple[str, ...], shown: str) -> str:
    expected = settings.account
    if expected and expected not in accounts:
        whose = "given with --account" if settings.source.account_given else "set in IB_ACCOUNT"
        named = mask_account(expected)
        raise WrongAccount(f"the account {whose} ({named}) is not among those of the Gateway ({shown})")
    if settings.mode == "live" and not expected:
        raise WrongAccount("live needs the account's id: set IB_ACCOUNT in .env, or give --account")
    if not expected and len(accounts) > 1:
        raise WrongAccount(
            f"the Gateway serves several accounts ({shown}): set IB_ACCOUNT in .env to the one to use, or give it with "
            "--account"
        )
    return expected or accounts[0]
