"""Reads a source of custom data (`Engine/DataFeeds/*SubscriptionDataSourceReader.cs`, `Engine/DataFeeds/Transport`)."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlparse

from leanib.data.archive import check_size
from leanib.engine.custom.source import FileFormat, SubscriptionDataSource
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.symbols import PerRun, SubscriptionTransportMedium
from leanib.errors import DataError

if TYPE_CHECKING:
    from leanib.engine.market import BaseData, SubscriptionDataConfig

__all__ = ["REMOTE_CACHE", "SOURCE_ACCESS", "cached_copy", "read_lines", "read_source"]

REMOTE_CACHE = Path("cache") / "data"
"""Where copies of remote files are looked for, below the working directory."""


class _Store(Protocol):
    def contains_key(self, path: str) -> bool: ...
    def read_bytes(self, path: str) -> bytes: ...


class SourceAccess:
    """What the sources of a run share: the algorithm's object store, and who is told of bad sources and lines."""

    def __init__(self) -> None:
        self.object_store: _Store | None = None
        self.report: Callable[[str], object] = print

    def begin(self, object_store: _Store, report: Callable[[str], object]) -> None:
        """From now on this store and this listener."""
        self.object_store = object_store
        self.report = report


SOURCE_ACCESS = PerRun(SourceAccess)


def read_source(
    source: SubscriptionDataSource,
    config: SubscriptionDataConfig,
    date: datetime,
    factory: object,
) -> Iterator[BaseData]:
    """The data points of a source in its order, or by end time when it asks to be sorted.

    A line whose `reader` fails is reported and left out, as in LEAN; so is a source that is not there, unless the type
    says that its data are sparse.

    Args:
        source: what `get_source` answered.
        config: the stream.
        date: the day in the data's time zone, passed on to `reader`.
        factory: the object whose `reader` turns a line into a data point.
    """
    points = _read(source, config, date, factory)
    return iter(sorted(points, key=lambda point: point.end_time)) if source.sort else points


def _read(
    source: SubscriptionDataSource, config: SubscriptionDataConfig, date: datetime, factory: Any
) -> Iterator[BaseData]:
    report = SOURCE_ACCESS().report
    try:
        lines = read_lines(source)
    except DataError as error:
        if source.transport_medium is SubscriptionTransportMedium.REMOTE_FILE or not factory.is_sparse_data():
            report(f"{config.symbol.value}: {error}")
        return
    for line in lines:
        try:
            result = factory.reader(config, line, date, False)
        except Exception as error:
            report(f"Error invoking {config.symbol} data reader. Line: {line} Error: {error}")
            continue
        if source.format is FileFormat.INDEX:
            indexed = factory.get_source_for_an_index(config, date, line, False)
            yield from _read(indexed, config, date, factory)
        else:
            yield from _unfolded(result, source.format)


def _unfolded(result: Any, format: FileFormat) -> Iterable[BaseData]:
    if result is None:
        return ()
    points = result
    if format is FileFormat.UNFOLDING_COLLECTION:
        points = getattr(result, "data", result)
    elif not isinstance(result, list):
        points = (result,)
    return [point for point in points if point is not None and point.end_time is not NO_TIME]


def read_lines(source: SubscriptionDataSource) -> Iterator[str]:
    """The lines of a source, without their ends; raises DataError, with the remedy, when it cannot be had."""
    medium = source.transport_medium
    if medium is SubscriptionTransportMedium.OBJECT_STORE:
        return _lines(_from_store(source.source))
    if medium is SubscriptionTransportMedium.LOCAL_FILE:
        return _lines(_from_file(source.source))
    return _lines(_from_file(str(cached_copy(source.source))))


def cached_copy(address: str) -> Path:
    """The file that holds a remote source: a `file://` address's own, or the copy in the cache."""
    parsed = urlparse(address)
    if parsed.scheme == "file":
        return Path(unquote(parsed.path))
    if not parsed.scheme:
        return Path(address)
    digest = hashlib.md5(address.encode(), usedforsecurity=False).hexdigest()
    path = REMOTE_CACHE / f"{digest}{Path(parsed.path).suffix}"
    if not path.is_file():
        raise DataError(
            f"the embedded engine does not download {address}; save the file as {path}, "
            f"or let get_source return a local file"
        )
    return path


def _from_store(key: str) -> bytes:
    name, _, entry = key.partition("#")
    object_store = SOURCE_ACCESS().object_store
    if object_store is None or not object_store.contains_key(name):
        raise DataError(f"the object store has no '{name}'; save it before the data are read")
    return _unzipped(object_store.read_bytes(name), entry, name)


def _from_file(name: str) -> bytes:
    file, _, entry = name.partition("#")
    path = Path(file)
    if not DATA_MONITOR().on_new_data_request(path, path.is_file()):
        raise DataError(f"there is no file {file}; check what get_source returns")
    return _unzipped(path.read_bytes(), entry, file)


def _unzipped(content: bytes, entry: str, name: str) -> bytes:
    """The content of an entry (the first one unless named) when it is a zip archive, otherwise as it is."""
    if content[:4] != b"PK\x03\x04":
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            info = archive.getinfo(entry or archive.namelist()[0])
            check_size(name, info.filename, info.compress_size, info.file_size)
            return archive.read(info)
    except (zipfile.BadZipFile, KeyError, IndexError, zlib.error, RuntimeError, NotImplementedError) as error:
        raise DataError(f"{name} cannot be unzipped ({error}); write it again") from error


def _lines(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8-sig")
    return iter(text.splitlines())
