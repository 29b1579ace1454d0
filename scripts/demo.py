#!/usr/bin/env python3
"""Walks through all of it on the simulator, told, shown and checked.

The same as `leanib demo`; see README.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("demo"))
