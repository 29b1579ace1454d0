"""`leanib demo`: the whole of the Interactive Brokers integration on the simulator, told, shown and checked.

stage        what a scene needs: telling, running commands as typed, checking
gateway      up and healthy, in a container where Docker and the image are at hand
connection   lost and healed
market       account and quotes
orders       placed, changed, filled, cancelled, refused
strategy     run on history, and live on the simulator
night        a bad night, in virtual time
scenes       all of it, in order
recording    the same as a cast and as a picture that moves
"""

from __future__ import annotations

from leanib.demo.scenes import play
from leanib.demo.stage import SceneError

__all__ = ["SceneError", "play"]
