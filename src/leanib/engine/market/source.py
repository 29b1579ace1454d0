"""Where data come from (`Common/Data/SubscriptionDataSource.cs`, `FileFormat.cs`)."""

from __future__ import annotations

from collections.abc import Mapping

from leanib.engine.naming import LeanIntEnum, LeanObject
from leanib.engine.symbols import SubscriptionTransportMedium

__all__ = ["FileFormat", "SubscriptionDataSource"]


class FileFormat(LeanIntEnum):
    """What a source's lines are (`Common/Data/FileFormat.cs`)."""

    CSV = 0
    BINARY = 1
    ZIP_ENTRY_NAME = 2
    UNFOLDING_COLLECTION = 3
    INDEX = 4
    FOLDING_COLLECTION = 5


class SubscriptionDataSource(LeanObject):
    """A file, address or object store key; equal when the same data come from it. `sort` asks for order by end time."""

    __slots__ = ("format", "headers", "sort", "source", "transport_medium")

    def __init__(
        self,
        source: str,
        transport_medium: SubscriptionTransportMedium | None = None,
        format: FileFormat = FileFormat.CSV,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.source = str(source)
        if transport_medium is None:
            remote = self.source.lower().startswith(("http://", "https://"))
            transport_medium = (
                SubscriptionTransportMedium.REMOTE_FILE if remote else SubscriptionTransportMedium.LOCAL_FILE
            )
        self.transport_medium = transport_medium
        self.format = format
        self.headers = dict(headers or {})
        self.sort = False

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SubscriptionDataSource)
            and self.source == other.source
            and self.transport_medium is other.transport_medium
            and self.headers == other.headers
        )

    def __hash__(self) -> int:
        return hash((self.source, self.transport_medium))

    def __str__(self) -> str:
        return f"{self.transport_medium}: {self.format} {self.source}"

    __repr__ = __str__
