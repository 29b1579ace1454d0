#!/usr/bin/env python3
"""Checks everything, starts an algorithm in LEAN's container on the shared Gateway, and waits until it trades.

The same as `leanib deploy`; see docs/operations.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("deploy"))
