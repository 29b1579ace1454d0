"""Reading LEAN's zip files: one day of one market, or the whole history of one ticker, a CSV entry inside.

A zip's directory is parsed once per file version (an option day holds thousands of entries), then an entry costs one
seek and one inflate.
"""

from __future__ import annotations

import codecs
import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from leanib.errors import DataError

__all__ = [
    "archive_exists",
    "check_size",
    "entry_names",
    "has_entry",
    "read_entry",
    "read_single",
    "read_text_lines",
]

_LOCAL_HEADER, _END_RECORD = 30, 22
_END = struct.Struct("<4sIHHIIH")  # mark, this disk and the directory's, entries here and in all, size, offset, comment
_CENTRAL = struct.Struct("<4s4xHH4xIIIHHH8xI")  # mark, flags, method, checksum, sizes, lengths of texts, offset
_WIDE_COUNT, _WIDE_SIZE = 0xFFFF, 0xFFFFFFFF  # the number stands elsewhere: ZIP64
_MOST_BYTES = 1 << 29
_PLAIN_BYTES = 1 << 25  # so small that it does not matter how well it packs
_MOST_RATIO = 200
_REMEDY = "fetch or generate the file again"


class _Entry(NamedTuple):
    offset: int
    compressed_size: int
    size: int
    method: int
    crc: int


@lru_cache(maxsize=512)
def _directory(path: str, modified: int, size: int) -> dict[str, _Entry]:  # noqa: ARG001  a stamp is a cache key
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a string is at hand, thousands of times
            found = _plain_directory(file, size)
        if found is not None:
            return found
        with zipfile.ZipFile(path) as archive:
            return {
                info.filename: _Entry(
                    info.header_offset, info.compress_size, info.file_size, info.compress_type, info.CRC
                )
                for info in archive.infolist()
                if not info.is_dir()
            }
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise DataError(f"{path} is not a complete zip file ({error}); {_REMEDY}") from error


def _plain_directory(file: BinaryIO, length: int) -> dict[str, _Entry] | None:
    """The directory of a zip as we and LEAN write them, many times quicker than by `zipfile`; None for all others."""
    if length < _END_RECORD:
        return None
    file.seek(length - _END_RECORD)
    mark, disks, _, count, size, offset, comment = _END.unpack(file.read(_END_RECORD))
    if mark != b"PK\5\6" or disks or comment or count == _WIDE_COUNT or offset + size + _END_RECORD != length:
        return None
    file.seek(offset)
    content, position, found = file.read(size), 0, {}
    try:
        for _ in range(count):
            mark, flags, method, crc, packed, full, name, extra, note, start = _CENTRAL.unpack_from(content, position)
            position += _CENTRAL.size
            text = content[position : position + name].decode("ascii")
            position += name + extra + note
            if mark != b"PK\1\2" or flags & 1 or _WIDE_SIZE in (packed, full, start) or text[-1:] in ("", "/"):
                return None
            if "\0" in text or position > size:
                return None
            found[text] = _Entry(start, packed, full, method, crc)
    except (struct.error, UnicodeDecodeError):
        return None
    return found if position == size else None


def _entries(path: Path | str) -> dict[str, _Entry]:
    name = str(path)
    try:
        stat = Path(name).stat()
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror}; check the data folder") from error
    return _directory(name, stat.st_mtime_ns, stat.st_size)


def archive_exists(path: Path | str) -> bool:
    """Whether the zip file is there (its content is not looked at)."""
    return Path(path).is_file()


def entry_names(path: Path | str) -> list[str]:
    """The names of a zip's entries, in the zip's order.

    Raises:
        DataError: the file is missing or is not a complete zip.
    """
    return list(_entries(path))


def has_entry(path: Path | str, entry: str) -> bool:
    """Whether a zip holds an entry of that name."""
    return entry in _entries(path)


def read_entry(path: Path | str, entry: str | None = None) -> bytes:
    """The bytes of one entry; without a name, of the first one, as LEAN does for files that hold one ticker.

    Raises:
        DataError: the file is missing, truncated, or holds no such entry.
    """
    entries = _entries(path)
    if entry is None:
        if not entries:
            raise DataError(f"{path} holds no entry; {_REMEDY}")
        entry = next(iter(entries))
    found = entries.get(entry)
    if found is None:
        raise DataError(f"{path} holds no entry named {entry}; its first entry is {next(iter(entries), 'missing')}")
    return _inflate(Path(path), entry, found)


def read_single(path: Path | str) -> bytes:
    """The bytes of the first entry, in one reading of the file: quick for small files that are read once.

    Raises:
        DataError: as `read_entry`.
    """
    try:
        content = Path(path).read_bytes()
        found = _first_entry(content)
    except (OSError, struct.error, zlib.error):
        found = None
    return read_entry(path) if found is None else found


def _first_entry(content: bytes) -> bytes | None:
    """A plain zip's first entry, sound by its checksum; None for everything else, which the long way looks at."""
    end = len(content) - _END_RECORD
    if end < 0 or content[end : end + 4] != b"PK\5\6":
        return None
    (directory,) = struct.unpack_from("<I", content, end + 16)
    if content[directory : directory + 4] != b"PK\1\2":
        return None
    flags, method, _, _, crc, packed, size = struct.unpack_from("<HHHHIII", content, directory + 8)
    (offset,) = struct.unpack_from("<I", content, directory + 42)
    if flags & 1 or method != zipfile.ZIP_DEFLATED or size > _PLAIN_BYTES:
        return None
    name, extra = struct.unpack_from("<HH", content, offset + 26)
    start = offset + _LOCAL_HEADER + name + extra
    data = zlib.decompressobj(-15).decompress(content[start : start + packed], size)
    return data if len(data) == size and zlib.crc32(data) == crc else None


def check_size(path: Path | str, name: str, compressed: int, size: int) -> None:
    """A DataError for an entry that would fill the memory: the text of prices does not pack that well."""
    if size > _MOST_BYTES or (size > _PLAIN_BYTES and size > _MOST_RATIO * compressed):
        raise DataError(
            f"{path}: entry {name} unpacks from {compressed:,} to {size:,} bytes, which no file of prices does; "
            f"{_REMEDY}"
        )


def _inflate(path: Path, name: str, entry: _Entry) -> bytes:
    check_size(path, name, entry.compressed_size, entry.size)
    with path.open("rb") as file:
        file.seek(entry.offset)
        header = file.read(_LOCAL_HEADER)
        skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        file.seek(skip, 1)
        packed = file.read(entry.compressed_size)
    try:
        # No more than the directory says: what it says was checked.
        content = (
            packed if entry.method == zipfile.ZIP_STORED else zlib.decompressobj(-15).decompress(packed, entry.size)
        )
    except zlib.error as error:
        raise DataError(f"{path}: entry {name} is damaged ({error}); {_REMEDY}") from error
    if zlib.crc32(content) != entry.crc:
        raise DataError(f"{path}: entry {name} is damaged (its checksum differs); {_REMEDY}")
    return content


def read_text_lines(path: Path | str) -> list[str]:
    """The lines of a plain text file without their line ends; a byte-order mark is dropped.

    Raises:
        DataError: the file is missing or is not UTF-8.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - Path's is slower, and of map files there are hundreds
            return file.read().removeprefix(codecs.BOM_UTF8).decode().splitlines()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; check the data folder") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not a UTF-8 text file ({error.reason}); {_REMEDY}") from error
