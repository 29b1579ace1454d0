"""`self.object_store`: values that outlive a run (`Algorithm/QCAlgorithm.cs`, ObjectStore)."""

from __future__ import annotations

from pathlib import Path

from leanib.engine.custom import ObjectStore
from leanib.engine.naming import LeanObject

__all__ = ["ObjectStoreMethods"]

DEFAULT_ROOT = Path("storage")
"""Below the working directory, as in LEAN."""


class ObjectStoreMethods(LeanObject):
    """The part of QCAlgorithm that keeps values between runs."""

    object_store: ObjectStore

    def _init_object_store(self, root: Path = DEFAULT_ROOT) -> None:
        self.object_store = ObjectStore(root)

    def set_object_store(self, object_store: ObjectStore) -> None:
        """Use another store."""
        self.object_store = object_store
