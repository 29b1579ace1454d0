"""`leanib gateway pin` asks a registry, by the Docker engine, what a tag means today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.containers.gateway_stand import docker
from tests.containers.registry import Registry, serve

from leanib.cli.main import main
from leanib.operations.gateway import docker_client, has_image

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]


@pytest.fixture
def registry() -> Registry:
    """One image."""
    return Registry()


@pytest.fixture
def image(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its name, in the `.env` of the folder that commands are typed in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IB_GATEWAY_IMAGE", raising=False)
    with serve(registry) as address:
        name = f"{address}/gnzsnz/ib-gateway:10.1"
        (tmp_path / ".env").write_text(f"# mine\nTWS_PASSWORD='a=b'\nIB_GATEWAY_IMAGE={name}\nTZ=UTC\n")
        yield name


def test_the_digest_stands_in_env_and_docker_finds_the_image_by_it(
    registry: Registry, image: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other lines stay; a tag that moves is told and changes nothing until it is pinned again."""
    assert main(["gateway", "pin", "--check"]) == 1
    assert main(["gateway", "pin"]) == 0
    pinned = f"{image}@{registry.digest}"
    expected = f"# mine\nTWS_PASSWORD='a=b'\nIB_GATEWAY_IMAGE={pinned}\nTZ=UTC\n"
    assert (tmp_path / ".env").read_text() == expected
    assert main(["gateway", "pin", "--check"]) == 0
    registry.move("second")
    docker("pull", "--quiet", pinned)
    try:
        assert has_image(docker_client(), pinned)
    finally:
        docker("rmi", pinned.replace(":10.1@", "@"))
    assert not has_image(docker_client(), pinned)
    capsys.readouterr()
    assert main(["gateway", "pin", "--check"]) == 1
    assert f"(was {pinned.partition('@')[2]})" in capsys.readouterr().out
    assert (tmp_path / ".env").read_text() == expected


@pytest.mark.parametrize(("tag", "said"), [("gone", "the registry has no image"), ("offline", "could not be asked")])
def test_what_a_registry_does_not_tell_changes_nothing(
    registry: Registry, image: str, tag: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, exit code 2."""
    registry.offline = tag == "offline"
    env = tmp_path / ".env"
    env.write_text(env.read_text().replace(":10.1", f":{tag}"))
    before = env.read_text()
    assert main(["gateway", "pin"]) == 2
    assert said in capsys.readouterr().err
    assert env.read_text() == before
