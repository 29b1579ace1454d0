"""The `play` fixture for all fault tests."""

from tests.faults.world import play

__all__ = ["play"]
