"""What lives on the connection: told when it is there, when it is gone, and when IBKR's link is back."""

from __future__ import annotations

from typing import Protocol

from leanib.ib.client import GatewayClient

__all__ = ["Service"]


class Service(Protocol):
    """Something that lives on the connection."""

    async def resume(self, client: GatewayClient, account: str) -> None:
        """The connection is there (again): catch up. Orders are not sent before all services have."""

    def interrupted(self, reason: str) -> None:
        """The connection is gone."""

    async def link_restored(self, *, data_lost: bool) -> None:
        """IBKR's link is back after 1101 (`data_lost`) or 1102."""

    async def release(self) -> None:
        """The connection ends in order: cancel subscriptions."""
