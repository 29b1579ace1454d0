"""One module a kind of security says everything that depends on it; nothing else compares security types.

The next kind is a module here and a line in `registry.py`.
"""

from leanib.engine.assets.base import Asset, OrderDay
from leanib.engine.assets.registry import ASSETS, asset_of

__all__ = ["ASSETS", "Asset", "OrderDay", "asset_of"]
