"""A headless Chromium for tests of pages: Debian's package `chromium`, or the one that CHROMIUM names."""

import os
import shutil

import pytest

EXECUTABLE = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def require_browser():
    """Without a browser there is nothing to test; where CI is set there must be one."""
    if EXECUTABLE is None:
        text = "no Chromium: install the package 'chromium', or name one in CHROMIUM"
        pytest.fail(text) if os.environ.get("CI") else pytest.skip(text)
