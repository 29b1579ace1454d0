"""`leanib data generate`: market data that is made up, as LEAN's generator makes it (`ToolBox/RandomDataGenerator`).

A seeded random walk for every symbol, in the market's own hours and in the zone of its files; stocks with splits,
dividends, new names, map and factor files and coarse lists, futures and options with open interest and lists of
contracts. Where LEAN's generator contradicts itself this one does not: the guide (`docs/data.md`) says where.
"""

from __future__ import annotations

from leanib.operations.generate.job import Made
from leanib.operations.generate.run import Generation
from leanib.operations.generate.settings import DENSITIES, KINDS, RESOLUTIONS, GenerateSettings

__all__ = ["DENSITIES", "KINDS", "RESOLUTIONS", "GenerateSettings", "Generation", "Made"]
