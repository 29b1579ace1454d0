#!/usr/bin/env python3
"""Watches the deployed algorithm and its Gateway: reconnects, restarts, reconciles, tells a person.

The same as `leanib monitor`; see docs/operations.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("monitor"))
