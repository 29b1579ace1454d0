#!/usr/bin/env python3
"""Shows quotes of many symbols, live; interruptions are marked.

The same as `leanib quotes`; see docs/paper-account.md.
"""

from __future__ import annotations

import sys

from leanib.cli.main import script

if __name__ == "__main__":
    sys.exit(script("quotes"))
