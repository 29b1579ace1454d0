"""What an editor does on F5: the Debug Adapter Protocol, spoken to debugpy with a configuration of launch.json."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self

import json5

PATIENCE = 60
"""Seconds until a debugger that says nothing is given up."""


class DebugClient:
    """An editor with one file open.

    Args:
        workspace: The folder that is open.
        file: The file that is open.
        name: Of a configuration of the workspace's launch.json.
    """

    def __init__(self, workspace: Path, file: Path, name: str) -> None:
        text = (workspace / ".vscode" / "launch.json").read_text()
        for variable, value in (("file", file), ("fileDirname", file.parent), ("workspaceFolder", workspace)):
            text = text.replace(f"${{{variable}}}", str(value))
        [self._configuration] = [one for one in json5.loads(text)["configurations"] if one["name"] == name]
        self._inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self._kept: list[dict[str, Any]] = []
        self._number = 0
        self._terminals: list[subprocess.Popen[str]] = []
        self.output = ""

    def __enter__(self) -> Self:
        self._adapter = subprocess.Popen(
            [sys.executable, "-m", "debugpy.adapter"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        for process in (*self._terminals, self._adapter):
            process.kill()
            process.communicate()

    def start(self, breakpoints: dict[Path, list[int]]) -> None:
        """F5, with breakpoints at lines of files."""
        self.ask("initialize", adapterID="debugpy", supportsRunInTerminalRequest=True)
        launched = self._send("launch", {**self._configuration, "python": [sys.executable]})
        self._event("initialized")
        for file, lines in breakpoints.items():
            body = self.ask(
                "setBreakpoints", source={"path": str(file)}, breakpoints=[{"line": line} for line in lines]
            )
            assert all(point["verified"] for point in body["breakpoints"])
        self.ask("configurationDone")
        self._answer(launched)

    def stopped_at(self) -> tuple[Path, int, int]:
        """Waits for a breakpoint: its file, its line, and the frame."""
        thread = self._event("stopped")["threadId"]
        frame = self.ask("stackTrace", threadId=thread, levels=1)["stackFrames"][0]
        return Path(frame["source"]["path"]), frame["line"], frame["id"]

    def variables(self, frame: int) -> dict[str, str]:
        """What stands in the pane of variables: each local with its text."""
        scopes = self.ask("scopes", frameId=frame)["scopes"]
        found = self.ask("variables", variablesReference=scopes[0]["variablesReference"])["variables"]
        return {one["name"]: one["value"] for one in found}

    def hover(self, frame: int, expression: str) -> str:
        """What the editor shows of an expression under the mouse."""
        return str(self.ask("evaluate", frameId=frame, expression=expression, context="hover")["result"])

    def finish(self) -> int:
        """Takes the breakpoints away, goes on to the program's end, and gives its exit code."""
        self.ask("setBreakpoints", source={"path": str(self._open)}, breakpoints=[])
        self.ask("continue", threadId=1)
        return int(self._event("exited")["exitCode"])

    # --- the protocol ----------------------------------------------------------------------------------------------

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """A request's answer; AssertionError when it is refused."""
        if command == "setBreakpoints":
            self._open = Path(arguments["source"]["path"])
        return self._answer(self._send(command, arguments))

    def _send(self, command: str, arguments: dict[str, Any]) -> int:
        self._number += 1
        self._write({"seq": self._number, "type": "request", "command": command, "arguments": arguments})
        return self._number

    def _write(self, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode()
        assert self._adapter.stdin is not None
        self._adapter.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self._adapter.stdin.flush()

    def _listen(self) -> None:
        stream = self._adapter.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            message = json.loads(stream.read(length))
            if message["type"] == "request":
                self._run_in_terminal(message)
            else:
                self._inbox.put(message)

    def _run_in_terminal(self, message: dict[str, Any]) -> None:
        """The editor's terminal: here a process whose output nobody reads."""
        given = message["arguments"]
        environment = {**os.environ, **{name: value for name, value in (given.get("env") or {}).items() if value}}
        process = subprocess.Popen(
            given["args"], cwd=given["cwd"], env=environment, text=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._terminals.append(process)
        answer = {"type": "response", "request_seq": message["seq"], "command": message["command"], "success": True}
        self._write({"seq": 0, **answer, "body": {"processId": process.pid}})

    def _event(self, name: str) -> dict[str, Any]:
        found = self._take(lambda message: message["type"] == "event" and message["event"] == name)
        return dict(found.get("body") or {})

    def _answer(self, number: int) -> dict[str, Any]:
        found = self._take(lambda message: message["type"] == "response" and message["request_seq"] == number)
        assert found["success"], found.get("message")
        return dict(found.get("body") or {})

    def _take(self, wanted: Any) -> dict[str, Any]:
        """The first message of a kind; what came before it is kept for whoever waits for that."""
        for message in self._kept:
            if wanted(message):
                self._kept.remove(message)
                return message
        while True:
            message = self._inbox.get(timeout=PATIENCE)
            if wanted(message):
                return message
            self._kept.append(message)
