"""Runs the real `lean` CLI, unmodified and offline, on a copy of the project.

The CLI fetches a list of modules into its own package; a copy of the package gets a small stand-in of that list
instead, so that neither the network nor the virtual environment is touched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.containers.images import ROOT

IB_OPTIONS = ("ib-user-name", "ib-account", "ib-password", "ib-host", "ib-port")
MODULES = {
    "modules": [
        {
            "id": "InteractiveBrokersBrokerage",
            "display-id": "Interactive Brokers",
            "type": ["brokerage", "data-queue-handler", "history-provider"],
            "platform": ["cli"],
            "installs": False,
            "live-cash-balance-state": "not-supported",
            "live-holdings-state": "not-supported",
            "configurations": [
                {"id": "live-mode-brokerage", "type": "info", "value": "InteractiveBrokersBrokerage"},
                *(
                    {
                        "id": name,
                        "type": "input",
                        "input-method": "prompt-password" if name == "ib-password" else "prompt",
                        "prompt-info": name,
                        "help": name,
                    }
                    for name in IB_OPTIONS
                ),
            ],
        },
        {
            "id": "PaperBrokerage",
            "display-id": "Paper Trading",
            "type": ["brokerage"],
            "platform": ["cli"],
            "installs": False,
            "live-cash-balance-state": "not-supported",
            "live-holdings-state": "not-supported",
            "configurations": [{"id": "live-mode-brokerage", "type": "info", "value": "PaperBrokerage"}],
        },
        {
            "id": "LocalDownloader",
            "display-id": "Local",
            "type": ["data-downloader", "history-provider", "data-queue-handler"],
            "platform": ["cli"],
            "installs": False,
            "live-cash-balance-state": "not-supported",
            "live-holdings-state": "not-supported",
            "configurations": [
                {
                    "id": "data-provider",
                    "type": "info",
                    "value": "QuantConnect.Lean.Engine.DataFeeds.DefaultDataProvider",
                }
            ],
        }
    ]
}


@dataclass(frozen=True)
class LeanCli:
    """The CLI in a folder of its own.

    Attributes:
        root: A copy of the project: lean.json, algorithms, data.
        packages: Folder with the copy of the CLI's package.
        home: The home folder it sees.
    """

    root: Path
    packages: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the CLI's process."""
        return {**os.environ, "HOME": str(self.home), "PYTHONPATH": str(self.packages), "COLUMNS": "200"}

    def words(self, *arguments: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", "lean", *arguments]

    def run(self, *arguments: str, deadline: float = 300) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(
            self.words(*arguments),
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=deadline,
            check=False,
        )

    def project(self, name: str, code: str, **config: object) -> Path:
        """Makes a project."""
        folder = self.root / "algorithms" / name
        folder.mkdir()
        (folder / "main.py").write_text(code)
        content = {"algorithm-language": "Python", "parameters": {}, "description": "", "local-id": 900000001}
        (folder / "config.json").write_text(json.dumps({**content, **config}))
        return folder


def install(folder: Path) -> LeanCli:
    """A copy of the project and of the CLI in `folder`."""
    root, packages, home = folder / "project", folder / "packages", folder / "home"
    root.mkdir()
    home.mkdir()
    shutil.copy(ROOT / "lean.json", root)
    shutil.copytree(ROOT / "algorithms", root / "algorithms", ignore=shutil.ignore_patterns("backtests", "__pycache__"))
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns(".cache"))
    spec = find_spec("lean")
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).parent, packages / "lean", ignore=shutil.ignore_patterns("__pycache__"))
    (packages / "lean" / "modules-1.14.json").write_text(json.dumps(MODULES))
    return LeanCli(root, packages, home)


def result_of(folder: Path) -> dict:
    """The result file of a run's output folder."""
    files = [f for f in folder.glob("*.json") if "-" not in f.stem and f.stem != "config"]
    assert len(files) == 1, sorted(f.name for f in folder.iterdir())
    return json.loads(files[0].read_text())
