"""The compose file's own `ib-gateway` service, with an image of somebody else's kind that runs the simulator."""

from __future__ import annotations

import json
import subprocess

import pytest
from tests.containers.gateway_stand import Stand, docker

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

PASSWORD = "not-for-inspection"  # a made-up password


@pytest.fixture(scope="module")
def gateway_image(services_image) -> str:
    """An image that the project takes for one of gnzsnz's: serves paper on 4004 and knows nothing of leanib's probe."""
    name = f"leanib.invalid/gnzsnz/ib-gateway:{services_image.partition(':')[2]}"
    command = 'CMD ["simulate", "--host", "0.0.0.0", "--port", "4004", "--control-port", "8090", "--no-view"]'
    subprocess.run(
        ["docker", "build", "--quiet", "--tag", name, "-"],
        input=f"FROM {services_image}\n{command}\n",
        text=True,
        check=True,
        capture_output=True,
    )
    return name


@pytest.fixture
def stand(gateway_image, tmp_path_factory):
    """The service, not yet started, with credentials."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IB_GATEWAY_IMAGE", gateway_image)
        patch.setenv("TWS_USERID", "somebody")
        stand = Stand(tmp_path_factory.mktemp("gateway"), patch, "ib-gateway")
        try:
            yield stand
        finally:
            stand.remove()


def test_the_health_check_proves_the_login(stand: Stand, capsys):
    """The script for other people's images, inside the container: healthy, then not logged in, then healthy again."""
    stand.patch.setenv("TWS_PASSWORD", PASSWORD)
    assert stand.gateway("up", "--wait", "30") == 0
    stand.until_health("healthy")
    assert stand.doctor(capsys) == (0, {})
    stand.fault("require_login")
    stand.until_health("unhealthy")
    assert "is not logged in" in json.dumps(stand.state()["State"]["Health"]["Log"])
    stand.fault("acknowledge_login")
    stand.until_health("healthy")
    stand.fault("accept_and_ignore")
    stand.until_health("unhealthy")
    assert "does not answer the handshake" in json.dumps(stand.state()["State"]["Health"]["Log"])
    stand.control("/clear")
    stand.until_health("healthy")


def test_a_wrong_port_map_is_named(stand: Stand, capsys):
    """Ports of another image family: nothing answers on the host, and the doctor says which port it should be."""
    stand.patch.setenv("TWS_PASSWORD", PASSWORD)
    stand.patch.setenv("IB_GATEWAY_PAPER_PORT", "4002")
    assert stand.gateway("up", "--wait", "5") == 1
    assert "'leanib doctor' tells why" in capsys.readouterr().err
    assert stand.doctor(capsys) == (2, {"port map": "wrong-port-map"})


def test_a_secret_stays_out_of_inspect(stand: Stand, capsys):
    """With secrets/tws_password the password is a file in the container and nowhere in what Docker tells."""
    stand.patch.delenv("TWS_PASSWORD", raising=False)
    assert stand.gateway("up") == 2
    assert "TWS_PASSWORD" in capsys.readouterr().err
    secret = stand.root / "secrets" / "tws_password"
    secret.parent.mkdir()
    secret.write_text(PASSWORD)
    secret.parent.chmod(0o755)
    secret.chmod(0o644)  # the stand-in image's process is not root, as gnzsnz's is not
    assert stand.gateway("up", "--wait", "30") == 0
    assert PASSWORD not in docker("inspect", stand.container)
    assert docker("exec", stand.container, "cat", "/run/secrets/tws_password") == PASSWORD


def test_ports_are_on_loopback_only(stand: Stand):
    """API and VNC, and nothing else, are published, on this machine's loopback."""
    stand.patch.setenv("TWS_PASSWORD", PASSWORD)
    assert stand.gateway("up") == 0
    bindings = stand.state()["HostConfig"]["PortBindings"]
    assert {b["HostIp"] for bound in bindings.values() for b in bound} == {"127.0.0.1"}
    assert set(bindings) == {"4004/tcp", "4003/tcp", "5900/tcp"}
    assert stand.gateway("down") == 0
    assert stand.container == ""
