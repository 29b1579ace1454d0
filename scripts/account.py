#!/usr/bin/env python3
"""Shows balance, buying power, positions and open orders; with --watch live.

The same as `leanib account`; see docs/paper-account.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("account"))
