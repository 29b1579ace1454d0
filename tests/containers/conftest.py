"""Fixtures of the tests that need a Docker engine; without one they are skipped and say so."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from tests.containers import images
from tests.containers.lean_cli import LeanCli, install


def _why_not() -> str:
    if shutil.which("docker") is None:
        return "the docker command is not installed"
    done = subprocess.run(["docker", "info"], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        return "the Docker engine does not answer"
    if not images.exists(images.BASE) and shutil.which("debootstrap") is None:
        return f"neither the image {images.BASE} nor debootstrap, which would make it, is here"
    return ""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Once more where one fails, and listed: the engine, its networks and ports are the machine's, not the test's."""
    item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session", autouse=True)
def _docker_engine() -> None:
    reason = _why_not()
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def engine_image() -> str:
    """The engine image's name."""
    return images.image("engine")


@pytest.fixture(scope="session")
def services_image() -> str:
    """The services image's name."""
    return images.image("services")


@pytest.fixture(scope="session")
def lean(tmp_path_factory) -> Iterator[LeanCli]:
    """The real CLI on a copy of the project."""
    return install(tmp_path_factory.mktemp("lean"))
