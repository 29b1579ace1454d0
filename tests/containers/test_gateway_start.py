"""`leanib gateway up` of an image that runs as uid 1000 and keeps its settings on a named volume."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator

import pytest
from tests.containers.gateway_stand import Stand, docker

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

PASSWORD = "a${HOME}b #'\\1"  # a made-up password
SERVE = "exec python -m leanib simulate --host 0.0.0.0 --port 4004 --control-port 8090 --no-view"
START = 'echo ".> Settings directory set to: $TWS_SETTINGS_PATH"; date > "$TWS_SETTINGS_PATH/jts.ini" || exit 3; '


@pytest.fixture(scope="module")
def image(services_image: str) -> str:
    """An image of gnzsnz's kind: uid 1000, no folder for the settings, ends when it cannot write them."""
    name = f"leanib.invalid/gnzsnz/ib-gateway:uid-{services_image.partition(':')[2]}"
    file = f'FROM {services_image}\nUSER 1000:1000\nENTRYPOINT ["sh", "-c"]\nCMD {json.dumps([START + SERVE])}\n'
    build = ["docker", "build", "--quiet", "--tag", name, "-"]
    subprocess.run(build, input=file, text=True, check=True, capture_output=True)
    return name


@pytest.fixture
def stand(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The service, not yet started, with credentials in `.env`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TWS_USERID", "TWS_PASSWORD"):
            patch.delenv(name, raising=False)
        patch.setenv("IB_GATEWAY_IMAGE", image)
        stand = Stand(tmp_path_factory.mktemp("start"), patch, "ib-gateway")
        quoted = PASSWORD.replace("'", "\\'")
        (stand.root / ".env").write_text(f"TWS_USERID=somebody\nTWS_PASSWORD='{quoted}'\n")
        try:
            yield stand
        finally:
            stand.remove()


def test_a_volume_owned_by_root_is_given_to_the_image_s_user(stand: Stand) -> None:
    """The first start finds it writable, so does one after a time in which root owned it; a login is waited for."""
    assert stand.gateway("up", "--wait", "60") == 0
    assert docker("exec", stand.container, "stat", "-c", "%u", "/home/ibgateway/tws_settings").strip() == "1000"
    assert stand.gateway("down") == 0
    volume = docker("volume", "ls", "-q", "--filter", f"name={stand.project}").split()[0]
    owner = ["run", "--rm", "--user", "0", "--volume", f"{volume}:/v", "--entrypoint", "chown"]
    docker(*owner, stand.image, "-R", "0:0", "/v")
    assert stand.gateway("up", "--wait", "60") == 0
    assert _capabilities(stand) == 0
    assert docker("exec", stand.container, "printenv", "TWS_PASSWORD") == PASSWORD.replace("\\", "\\\\") + "\n"


def _capabilities(stand: Stand) -> int:
    """Those that the container's first process has, and could get."""
    lines = docker("exec", stand.container, "cat", "/proc/1/status").splitlines()
    found = {line.split(":")[0]: int(line.split()[1], 16) for line in lines if line.startswith("Cap")}
    assert next(line for line in lines if line.startswith("NoNewPrivs")).split()[1] == "1"
    return found["CapEff"] | found["CapPrm"] | found["CapBnd"]


def test_an_image_that_runs_as_root_and_knows_no_secret_file_gets_the_secret(
    services_image: str, stand: Stand
) -> None:
    """As extrange's does: without capabilities it writes its settings, and its start script reads the password."""
    name = f"leanib.invalid/extrange/ibkr:root-{services_image.partition(':')[2]}"
    start = '#!/bin/sh\ndate > /settings/jts.ini || exit 3\ntest -n "$PASSWORD" || exit 4\n'
    serve = SERVE.replace("4004", "8888")
    file = (
        f"FROM {services_image}\nUSER 0:0\nENTRYPOINT []\n"
        f"RUN printf {shlex.quote(start + serve)} > /start.sh && chmod a+x /start.sh\nCMD [\"/start.sh\"]\n"
    ).replace(start + serve, (start + serve).replace("\n", "\\n"))
    build = ["docker", "build", "--quiet", "--tag", name, "-"]
    subprocess.run(build, input=file, text=True, check=True, capture_output=True)
    stand.patch.setenv("IB_GATEWAY_IMAGE", name)
    (stand.root / ".env").write_text("TWS_USERID=somebody\n")
    secret = stand.root / "secrets" / "tws_password"
    secret.parent.mkdir(mode=0o755)
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o644)
    assert stand.gateway("up", "--wait", "60") == 0
    assert _capabilities(stand) == 0
    stand.until_health("healthy")
    assert PASSWORD not in docker("inspect", stand.container)
    environment = docker("exec", stand.container, "cat", "/proc/1/environ").split("\0")
    assert f"PASSWORD={PASSWORD}" in environment


def test_a_container_that_does_not_stay_up_is_told_in_its_own_words(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, its exit code, its last lines, and no secret; not after the deadline but as soon as it is seen."""
    override = stand.root / "docker" / "gateway" / "gnzsnz.yml"
    override.write_text(
        "services: {ib-gateway: {user: '1234', command: ['echo no room for $$TWS_PASSWORD; exit 7']}}\n"
    )
    assert stand.gateway("up", "--wait", "120") == 1
    told = capsys.readouterr().err
    assert "does not stay up (exit code 7" in told
    assert "no room for" in told
    assert PASSWORD not in told


def test_a_login_that_does_not_come_is_exit_code_1(stand: Stand, capsys: pytest.CaptureFixture[str]) -> None:
    """With what the health check or the port said, and what to do."""
    override = stand.root / "docker" / "gateway" / "gnzsnz.yml"
    override.write_text(
        "services: {ib-gateway: {command: ['echo Second Factor Authentication initiated; sleep 300']}}\n"
    )
    assert stand.gateway("up", "--wait", "8") == 1
    told = capsys.readouterr().err
    assert "is not logged in after 8 s" in told
    assert "confirm the login with IB Key" in told
