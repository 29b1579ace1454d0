"""The kinds of securities that the engine knows, a line each."""

from __future__ import annotations

from leanib.engine.assets.base import Asset
from leanib.engine.assets.cfd import CfdAsset
from leanib.engine.assets.commodity import CommodityAsset
from leanib.engine.assets.crypto import CryptoAsset
from leanib.engine.assets.crypto_future import CryptoFutureAsset
from leanib.engine.assets.custom import CustomDataAsset
from leanib.engine.assets.equity import EquityAsset
from leanib.engine.assets.forex import ForexAsset
from leanib.engine.assets.future import FutureAsset
from leanib.engine.assets.future_option import FutureOptionAsset
from leanib.engine.assets.index import IndexAsset
from leanib.engine.assets.index_option import IndexOptionAsset
from leanib.engine.assets.option import OptionAsset
from leanib.engine.enums import SecurityType

__all__ = ["ASSETS", "asset_of"]

#: in the order of LEAN's enumeration
ASSETS: dict[SecurityType, Asset] = {
    asset.kind: asset
    for asset in (
        CustomDataAsset(),
        EquityAsset(),
        OptionAsset(),
        CommodityAsset(),
        ForexAsset(),
        FutureAsset(),
        CfdAsset(),
        CryptoAsset(),
        FutureOptionAsset(),
        IndexAsset(),
        IndexOptionAsset(),
        CryptoFutureAsset(),
    )
}


def asset_of(kind: SecurityType) -> Asset:
    """What depends on a security type."""
    return ASSETS[kind]
