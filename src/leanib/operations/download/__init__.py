"""`leanib data download`: past prices from Interactive Brokers, through the shared Gateway, into LEAN's files."""

from __future__ import annotations

from leanib.operations.download.run import Downloaded, Watcher, download
from leanib.operations.download.wanted import Wanted, wanted_series

__all__ = ["Downloaded", "Wanted", "Watcher", "download", "wanted_series"]
