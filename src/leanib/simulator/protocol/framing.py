"""Frames on the wire: a big-endian uint32 length, then that many bytes of NUL-terminated fields."""

from __future__ import annotations

import struct

MAX_FRAME = 0xFFFFFF
_LENGTH = struct.Struct(">I")


class FramingError(ValueError):
    """A length prefix that no Gateway accepts; the stream cannot be trusted any more."""


def frame(payload: bytes) -> bytes:
    """The payload behind its length prefix."""
    return _LENGTH.pack(len(payload)) + payload


class FrameBuffer:
    """Cuts an incoming byte stream into frames."""

    __slots__ = ("_data", "limit")

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._data = bytearray()
        self.limit = limit

    def __len__(self) -> int:
        return len(self._data)

    def feed(self, data: bytes) -> None:
        """Append received bytes."""
        self._data += data

    def take_prefix(self, prefix: bytes) -> bool | None:
        """Consume `prefix` from the front: True done, False something else is there, None too few bytes to tell."""
        head = bytes(self._data[: len(prefix)])
        if head == prefix:
            del self._data[: len(prefix)]
            return True
        return None if prefix.startswith(head) else False

    def next(self) -> bytes | None:
        """The next whole payload, or None when more bytes are needed; raises FramingError on an absurd length."""
        data = self._data
        if len(data) < 4:
            return None
        (length,) = _LENGTH.unpack_from(data)
        if length > self.limit:
            raise FramingError(f"frame of {length} bytes, the limit is {self.limit}")
        end = 4 + length
        if len(data) < end:
            return None
        payload = bytes(data[4:end])
        del data[:end]
        return payload
