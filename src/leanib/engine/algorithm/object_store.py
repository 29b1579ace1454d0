"""`self.object_store`: values that outlive a run (`Algorithm/QCAlgorithm.cs`, ObjectStore)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.custom import ObjectStore
from leanib.engine.custom.reading import SOURCE_ACCESS

__all__ = ["ObjectStoreMethods"]

DEFAULT_ROOT = Path("storage")
"""Below the working directory, as in LEAN."""


class ObjectStoreMethods(AlgorithmPart):
    """The part of QCAlgorithm that keeps values between runs."""

    if TYPE_CHECKING:
        error: Any

    object_store: ObjectStore

    def _qc_init_object_store(self) -> None:
        self._qc_base.set_object_store(ObjectStore(DEFAULT_ROOT))

    def set_object_store(self, object_store: ObjectStore) -> None:
        """Use another store; custom data read from it too."""
        self.object_store = object_store
        SOURCE_ACCESS().begin(object_store, self._qc_base.error)
