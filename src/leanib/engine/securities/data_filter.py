"""Which data points count (`Common/Securities/SecurityDataFilter.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.market import BaseData
    from leanib.engine.securities.security import Security

__all__ = ["SecurityDataFilter"]


class SecurityDataFilter(LeanObject):
    """Base, which lets everything pass."""

    def filter(self, vehicle: Security, data: BaseData) -> bool:
        """Whether the data point counts."""
        return True
