"""Days of the data folder, traded live on the simulator: the tape that prints them, and the run."""

from __future__ import annotations

from leanib.operations.replay.run import Replay
from leanib.operations.replay.tape import Tape

__all__ = ["Replay", "Tape"]
