#!/usr/bin/env python3
"""Trades an algorithm live on the embedded engine.

The same as `leanib live`; see docs/paper-account.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("live"))
