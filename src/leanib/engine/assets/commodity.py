"""Commodities: LEAN names the kind and does nothing with it."""

from __future__ import annotations

from typing import Any

from leanib.engine.assets.base import Asset
from leanib.engine.enums import SecurityType
from leanib.errors import NotSupportedError

__all__ = ["CommodityAsset"]


class CommodityAsset(Asset):
    """A kind without securities."""

    kind = SecurityType.COMMODITY
    default_market = ""
    is_dated = False

    def security_class(self) -> Any:
        """There is none."""
        raise NotSupportedError(
            "there are no securities of type Commodity, in LEAN neither; use a future, a CFD or custom data"
        )
