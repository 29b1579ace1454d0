"""What `from AlgorithmImports import *` gives an algorithm under the embedded engine: the names LEAN's own file gives.

At run time this module wins over the folder of the same name that quantconnect-stubs installs for editors; the editor
keeps that one. pandas and matplotlib are imported when an algorithm first uses `pd` or `plt`.
"""

from __future__ import annotations

import json
import math
import os
import sys
import typing as _typing
from datetime import date, datetime, time, timedelta
from typing import *

import numpy as np

from leanib.engine.lean import imports as _imports

_imports.install()

pd = _imports.LazyModule("pandas")
plt = _imports.LazyModule("matplotlib.pyplot")

for _name, _value in _imports.names().items():
    globals().setdefault(_name, _value)

__all__ = [name for name in globals() if not name.startswith("_") and name != "annotations"]


def __getattr__(name: str) -> _typing.Any:
    return _imports.resolve(name)
