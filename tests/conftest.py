"""For all tests: the simulator's marker, and nothing of a person's own is read or written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leanib.simulator.testing import pytest_configure

__all__ = ["pytest_configure"]


@pytest.fixture(scope="session", autouse=True)
def state_folder_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What programs of a user tell each other stays among the tests, their subprocesses included."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first: with two workers, one that began last would run alone for minutes."""
    items.sort(key=lambda item: not _is_long(item))


def _is_long(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("timeout")
    return marker is not None and bool(marker.args) and marker.args[0] >= 1500
