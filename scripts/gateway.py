#!/usr/bin/env python3
"""Starts, stops and looks at the Gateway's container.

The same as `leanib gateway`; see docs/gateway.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("gateway"))
