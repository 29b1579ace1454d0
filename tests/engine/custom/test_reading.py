"""Sources of custom data are read line by line, from wherever they lie."""

from __future__ import annotations

import zipfile
from datetime import datetime
from types import SimpleNamespace

import pytest

from leanib.engine.custom import FileFormat, ObjectStore, PythonData, SubscriptionDataSource
from leanib.engine.custom.reading import SOURCE_ACCESS, read_lines, read_source
from leanib.engine.dotnet import KeyNotFoundException
from leanib.engine.symbols import SubscriptionTransportMedium as Medium
from leanib.errors import DataError, UsageError

CONFIG = SimpleNamespace(symbol=SimpleNamespace(value="X"))


class Point(PythonData):
    """A date and a number a line."""

    sparse = False

    def reader(self, config, line, date, is_live_mode):
        if not line[0].isdigit():
            return None
        day, number = line.split(",")
        point = Point()
        point.time = datetime.fromisoformat(day)
        point.value = float(number)
        return point

    def is_sparse_data(self):
        return self.sparse


def read(source, report=print, store=None):
    """The values that a source brings."""
    SOURCE_ACCESS().begin(store, report)
    return [point.value for point in read_source(source, CONFIG, datetime(2020, 1, 1), Point())]


def test_a_local_file_is_read_without_its_header(tmp_path):
    """Lines for which the reader gives nothing are left out."""
    file = tmp_path / "x.csv"
    file.write_text("date,value\n2020-01-01,1\n2020-01-02,2\n")
    assert read(SubscriptionDataSource(str(file))) == [1, 2]
    assert read(SubscriptionDataSource(file.as_uri(), Medium.REMOTE_FILE)) == [1, 2]


def test_a_zip_entry_is_read(tmp_path):
    """`file.zip#entry`, or the first entry."""
    file = tmp_path / "x.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "2020-01-01,1\n")
        archive.writestr("b.csv", "2020-01-01,2\n")
    assert read(SubscriptionDataSource(str(file))) == [1]
    assert read(SubscriptionDataSource(f"{file}#b.csv")) == [2]


def test_a_descending_source_can_ask_to_be_sorted(tmp_path):
    """`source.sort = True` orders by end time."""
    file = tmp_path / "x.csv"
    file.write_text("2020-01-02,2\n2020-01-01,1\n")
    source = SubscriptionDataSource(str(file))
    source.sort = True
    assert read(source) == [1, 2]


def test_a_bad_line_is_reported_and_skipped(tmp_path):
    """LEAN goes on; so do we, and say which line it was."""
    file = tmp_path / "x.csv"
    file.write_text("2020-01-01,1\n2020-01-02,two\n2020-01-03,3\n")
    said: list[str] = []
    assert read(SubscriptionDataSource(str(file)), said.append) == [1, 3]
    assert "Line: 2020-01-02,two" in said[0]


def test_what_cannot_be_had_is_said_in_a_sentence(tmp_path, monkeypatch):
    """A missing file and a remote address without a copy: the remedy is in the text."""
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    assert read(SubscriptionDataSource("nowhere.csv"), said.append) == []
    assert said == ["X: there is no file nowhere.csv; check what get_source returns"]
    with pytest.raises(DataError, match=r"does not download https://example.com/a.csv; save the file as cache"):
        read_lines(SubscriptionDataSource("https://example.com/a.csv"))


def test_the_object_store_is_a_source_too(tmp_path):
    """A key holds the lines."""
    store = ObjectStore(tmp_path / "store")
    store.save("data/x", "2020-01-01,5\n")
    assert read(SubscriptionDataSource("data/x", Medium.OBJECT_STORE, FileFormat.CSV), store=store) == [5]


def test_the_object_store_keeps_values(tmp_path):
    """Texts, bytes and JSON by key; iterating gives keys with bytes; keys cannot leave the store."""
    store = ObjectStore(tmp_path)
    store.save("a", "text")
    store.save_bytes("b/c", [1, 2])
    store.save_json("d", {"x": 1})
    assert (store.read("a"), store.read_bytes("b/c"), store.read_json("d")) == ("text", b"\x01\x02", {"x": 1})
    assert [pair.key for pair in store] == ["a", "b/c", "d"]
    assert store.Delete("a")
    assert not store.contains_key("a")
    with pytest.raises(KeyNotFoundException, match="was not found"):
        store.read("a")
    with pytest.raises(UsageError, match="leads out of the store"):
        store.save("../x", "y")
