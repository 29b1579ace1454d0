"""The login's name and password reach the Gateway as typed, whichever Compose carries them."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.test_env_file import PASSWORDS

from leanib.operations.compose import Compose
from leanib.operations.credentials import as_property, secret_doubt
from leanib.operations.gateway import Gateway
from leanib.operations.gateway_images import ImageFamily, load_families

ROOT = Path(__file__).parents[2]
UNKNOWN = "somebody/else:1"
NASTY = ["a${HOME}b", "$$x$", ' #"edge" ', "a\\b", "ä€"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder whose variables are not the test's own."""
    for name in ("TWS_USERID", "TWS_PASSWORD", "IB_GATEWAY_IMAGE"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    return tmp_path


def _write(project: Path, password: str, image: str = UNKNOWN) -> Gateway:
    text = f"IB_GATEWAY_IMAGE={image}\nIB_GATEWAY_PAPER_PORT=4004\nTWS_USERID='u$er'\nTWS_PASSWORD='{password}'\n"
    (project / ".env").write_text(text)
    return Gateway(project)


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_of_any_kind_is_handed_to_compose_as_typed(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """In its environment, which neither of its generations fills in with variables."""
    tool = tmp_path / "bin" / "docker-compose"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\nprintf "%s\\n%s" "$TWS_USERID" "$TWS_PASSWORD"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("leanib.operations.compose.find_compose", lambda: [str(tool)])
    assert _write(project, password).compose().run("config") == f"u$er\n{password}"


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
@pytest.mark.parametrize("password", NASTY)
def test_compose_gives_the_container_the_password_as_typed(project: Path, password: str) -> None:
    """As `config` of the Compose on this machine shows it (with every $ doubled)."""
    shown = yaml.safe_load(_write(project, password).compose().run("config"))
    environment = shown["services"]["ib-gateway"]["environment"]
    assert environment["TWS_PASSWORD"].replace("$$", "$") == password
    assert environment["TWS_USERID"].replace("$$", "$") == "u$er"


@pytest.mark.parametrize("password", [*PASSWORDS, "\\", "\\\\u00e4", "\t tab", "😀", "a\\tb"])
def test_an_image_whose_ibc_reads_a_properties_file_gets_it_back_as_typed(password: str) -> None:
    """As `java.util.Properties` reads the line that the image writes."""
    assert _java_value(f"IbPassword={as_property(password)}") == password


def test_the_images_that_need_it_are_known() -> None:
    """Those that fill IBC's config.ini from a template."""
    assert {family.name for family in load_families(ROOT) if family.config_ini} == {"gnzsnz", "unusualcode"}


@pytest.mark.parametrize(("password", "is_told"), [("plain$#", False), ("a\\b", True), ("ä", True), (" x", True)])
def test_a_secret_file_that_the_image_reads_otherwise_is_told(project: Path, password: str, is_told: bool) -> None:
    """The file goes into the container as it is, so that only a sentence can help."""
    (project / "secrets").mkdir()
    (project / "secrets" / "tws_password").write_text(password + "\n")
    family = next(family for family in load_families(ROOT) if family.name == "gnzsnz")
    doubt = secret_doubt(family, project)
    assert bool(doubt) is is_told
    assert password not in doubt


def test_compose_is_not_asked_for_passwords_of_the_simulator(project: Path) -> None:
    """Without credentials nothing is added."""
    (project / ".env").unlink(missing_ok=True)
    assert isinstance(Gateway(project, simulator=True).compose(), Compose)


FAMILIES = [family for family in load_families(ROOT) if family.password]


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_with_the_secrets_file_no_image_is_given_an_empty_password(project: Path, family: ImageFamily) -> None:
    """Each reads the file, or its start script gets the file's content in the variable that it reads."""
    shutil.copytree(ROOT / "docker/gateway", project / "docker/gateway")
    shutil.copy(ROOT / "docker-compose.secrets.yml", project)
    name = re.sub(r"\((\w+)[^)]*\)", r"\1", family.match)
    gateway = _write(project, "", f"ghcr.io/{name}:1")
    assert gateway.family == family
    (project / "secrets").mkdir()
    (project / "secrets" / "tws_password").write_text("secret\n")
    service = yaml.safe_load(gateway.compose().run("config"))["services"]["ib-gateway"]
    assert "secret\n" not in str(service)
    assert service["environment"][family.password] == ""
    wrapped = service.get("entrypoint") == ["bash", "/opt/leanib/with-password.sh", family.password]
    assert wrapped != (service["environment"].get(family.password_file) == "/run/secrets/tws_password")
    assert bool(service.get("command")) is wrapped


@pytest.mark.parametrize(
    ("content", "code", "said"), [("a $b\n", 0, "a $b"), ("", 78, "is empty"), (None, 78, "chmod")]
)
def test_the_start_script_of_an_image_gets_the_secret(
    tmp_path: Path, content: str | None, code: int, said: str
) -> None:
    """As typed, without the end of its line; without one the container says so and ends."""
    secret = tmp_path / "tws_password"
    if content is not None:
        secret.write_text(content)
    script = ["bash", str(ROOT / "docker/gateway/with-password.sh"), "IB_PASSWORD", "printenv", "IB_PASSWORD"]
    given = {"PATH": "/usr/bin:/bin", "TWS_PASSWORD_FILE": str(secret)}
    done = subprocess.run(script, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in done.stdout


def test_an_image_that_nobody_knows_may_not_read_the_secret(project: Path) -> None:
    """Which is told."""
    (project / "secrets").mkdir()
    (project / "secrets" / "tws_password").write_text("plain\n")
    assert "is not known" in secret_doubt(None, project)


def _java_value(line: str) -> str:
    """The value of one line, by the rules of `java.util.Properties.load`, read as ISO 8859-1 from UTF-8."""
    text = line.encode().decode("iso-8859-1").partition("=")[2].lstrip(" \t\f")
    units: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character != "\\":
            units.append(character)
            position += 1
        elif text[position + 1] == "u":
            units.append(chr(int(text[position + 2 : position + 6], 16)))
            position += 6
        else:
            units.append({"t": "\t", "n": "\n", "r": "\r", "f": "\f"}.get(text[position + 1], text[position + 1]))
            position += 2
    return "".join(units).encode("utf-16", "surrogatepass").decode("utf-16")
