"""The simulator's own fixtures, as a user gets them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for foreign_clients and scenarios, which are no tests

from leanib.simulator.testing import background_simulator, pytest_configure, simulator

__all__ = ["background_simulator", "pytest_configure", "simulator"]
