#!/usr/bin/env python3
"""Places, lists, changes and cancels orders.

The same as `leanib order`; see docs/paper-account.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("order"))
