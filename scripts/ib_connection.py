#!/usr/bin/env python3
"""Keeps a connection to IB Gateway: connects, retries with backoff, checks its health every 30 s, ends in order.

The log is logs/ib_connection.log. Settings: config/paper.toml and .env; see docs/configuration.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script
from leanib.ib import IBConnectionManager

__all__ = ["IBConnectionManager"]

if __name__ == "__main__":
    sys.exit(script("connect"))
