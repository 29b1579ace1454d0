"""`self.object_store`: a folder of values that outlive a run (`Common/Storage/ObjectStore.cs`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import KeyNotFoundException
from leanib.engine.market import KeyValuePair
from leanib.engine.naming import LeanObject
from leanib.errors import UsageError
from leanib.files import write_bytes

__all__ = ["ObjectStore"]


class ObjectStore(LeanObject):
    """Keys are relative paths below the root folder; what is written is on disk at once."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def _path(self, key: str) -> Path:
        path = self._root / key.lstrip("/\\")
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise UsageError(f"the object store key '{key}' leads out of the store; use a name without '..'")
        return path

    @property
    def keys(self) -> List[str]:
        """All keys, sorted."""
        found = self._root.rglob("*") if self._root.is_dir() else ()
        return List(sorted(path.relative_to(self._root).as_posix() for path in found if path.is_file()))

    def contains_key(self, path: str) -> bool:
        """Whether something is stored under a key."""
        return self._path(path).is_file()

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a key; raises KeyNotFoundException."""
        file = self._path(path)
        if not file.is_file():
            raise KeyNotFoundException(
                f"Object with key '{path}' was not found. Please use ObjectStore.ContainsKey(key) to check if an "
                "object exists before attempting to read."
            )
        return file.read_bytes()

    def save_bytes(self, path: str, contents: bytes) -> bool:
        """Store bytes, or a sequence of them."""
        write_bytes(self._path(path), bytes(contents))
        return True

    def delete(self, path: str) -> bool:
        """Forget a key; whether it was there."""
        file = self._path(path)
        if not file.is_file():
            return False
        file.unlink()
        return True

    def clear(self) -> None:
        """Forget everything."""
        for key in self.keys:
            self.delete(key)

    def get_file_path(self, path: str) -> str:
        """The file that holds, or will hold, a key."""
        file = self._path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        return str(file)

    def read(self, path: str, encoding: str | None = None) -> str:
        """The text of a key."""
        return self.read_bytes(path).decode(encoding or "utf-8")

    read_string = read

    def save(self, path: str, text: str | None = None, encoding: str | None = None) -> bool:
        """Store a text; without one, keep the file that was written to `get_file_path(path)`."""
        if text is None:
            return self.contains_key(path)
        return self.save_bytes(path, text.encode(encoding or "utf-8"))

    save_string = save

    def read_json(self, path: str) -> Any:
        """The value of a key that holds JSON."""
        return json.loads(self.read(path))

    def save_json(self, path: str, value: object) -> bool:
        """Store a value as JSON."""
        return self.save(path, json.dumps(value))

    def __contains__(self, path: str) -> bool:
        return self.contains_key(path)

    def __getitem__(self, path: str) -> bytes:
        return self.read_bytes(path)

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[KeyValuePair]:
        return (KeyValuePair(key, self.read_bytes(key)) for key in self.keys)
