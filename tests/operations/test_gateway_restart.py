"""`leanib gateway restart`: by IBC where its command server is on, else the container, and which of the two is told."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from leanib.cli.main import main
from leanib.operations.monitor import gateway_container

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docker/gateway/gnzsnz/10-command-server.sh"


class Container:
    """As the Docker SDK shows it; IBC answers with an exit code and a word."""

    def __init__(self, code: int = 0, said: bytes = b"", status: str = "running") -> None:
        self.code, self.said, self.status, self.done = code, said, status, []

    def exec_run(self, _words: list[str]) -> tuple[int, bytes]:
        return self.code, self.said

    def restart(self, timeout: int) -> None:
        assert timeout >= 30
        self.done.append("restarted")


@pytest.mark.parametrize(
    ("container", "said", "done"),
    [
        (Container(), "IBC restarts the Gateway, without a login", []),
        (Container(3), "IBC's command server is not there, so its container was restarted", ["restarted"]),
        (Container(4, b"ERROR not now"), "IBC refused (ERROR not now), so its container was restarted", ["restarted"]),
        (Container(status="exited"), "its container did not run (exited) and was started", ["restarted"]),
    ],
)
@pytest.mark.parametrize("mode", ["paper", "live"])
def test_the_gentle_way_first_and_what_was_done_is_told(container, said, done, mode, monkeypatch, capsys, tmp_path):
    """With real money a restarted container is a login, and a person is told to have the phone at hand."""
    for name in ("docker-compose.yml", "config"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRADING_MODE", mode)
    container.done.clear()
    client = SimpleNamespace(containers=SimpleNamespace(list=lambda **_: [container]))
    monkeypatch.setattr("leanib.cli.gateway.docker_client", lambda: client)
    assert main(["gateway", "restart"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(said)
    assert container.done == done
    assert ("second factor" in told.err) == (mode == "live" and bool(done))


def test_what_is_typed_to_ibc_is_its_protocol():
    """RESTART on a line of its own; OK ends it well, ERROR with IBC's words, nobody there with 3."""
    for answer, code in ((b"IBC Ready\nOK Restarting session\n", 0), (b"ERROR no session\n", 4), (None, 3)):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            port = server.getsockname()[1]
            if answer is not None:
                server.listen()
            heard: list[bytes] = []
            thread = threading.Thread(target=serve, args=(server, answer, heard), daemon=True)
            if answer is not None:
                thread.start()
            text = gateway_container._RESTART_BY_IBC.replace("/7462", f"/{port}")
            done = subprocess.run(["bash", "-c", text], capture_output=True, timeout=60, check=False)
            assert done.returncode == code, done.stderr
            if answer is not None:
                thread.join(20)
                assert heard == [b"RESTART\n"]


def serve(server: socket.socket, answer: bytes, heard: list[bytes]) -> None:
    """IBC's command server for one caller."""
    channel, _ = server.accept()
    with channel:
        heard.append(channel.recv(100))
        channel.sendall(answer)
        channel.settimeout(20)
        channel.recv(1)


def test_the_images_own_template_is_changed_and_nothing_else(tmp_path):
    """Port and address, twice without harm; where it cannot be written or two IBCs would share it, nothing."""
    template = tmp_path / "config.ini.tmpl"
    text = "IbLoginId=${TWS_USERID}\n#CommandServerPort=7462\nCommandServerPort=0\nControlFrom=\nBindAddress=\n"
    wanted = text.replace("\nCommandServerPort=0", "\nCommandServerPort=7462")
    wanted = wanted.replace("BindAddress=", "BindAddress=127.0.0.1")
    template.write_text(text)
    given = {**os.environ, "IBC_INI_TMPL": str(template)}
    subprocess.run(["bash", str(SCRIPT)], env={**given, "TRADING_MODE": "both"}, check=True)
    assert template.read_text() == text
    for _ in range(2):
        subprocess.run(["bash", str(SCRIPT)], env=given, check=True)
        assert template.read_text() == wanted
    missing = subprocess.run(
        ["bash", str(SCRIPT)], env={**given, "IBC_INI_TMPL": str(tmp_path / "no")}, capture_output=True, check=True
    )
    assert b"stays off" in missing.stdout
