"""A client of the Debug Adapter Protocol: what an editor says to debugpy."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

LONGEST_WAIT = 40.0
"""Seconds until a message that does not come is a failure."""


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Debugging:
    """A connection to a debug adapter; attached, with breakpoints set, once :meth:`start` is through."""

    def __init__(self, port: int) -> None:
        end = time.monotonic() + LONGEST_WAIT
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_WAIT)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self._stream = self._socket.makefile("rwb")
        self._number = 0
        self.events: list[dict[str, Any]] = []
        """What has come unasked and has not been waited for."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

    def start(self, breakpoints: Mapping[Path, Iterable[int]], **attaching: Any) -> None:
        """Attach, set breakpoints (file → lines) and let the program run."""
        self.ask("initialize", adapterID="test", pathFormat="path")
        self.send("attach", **{"justMyCode": False, **attaching})
        self.event("initialized")
        for file, lines in breakpoints.items():
            set_ones = self.ask(
                "setBreakpoints", source={"path": str(file)}, breakpoints=[{"line": line} for line in lines]
            )
            assert all(each["verified"] for each in set_ones["breakpoints"]), set_ones
        self.ask("configurationDone")

    def stopped(self) -> tuple[int, dict[str, Any]]:
        """Wait for the program to stop; return the thread's number and its topmost frame."""
        thread = self.event("stopped")["threadId"]
        return thread, self.ask("stackTrace", threadId=thread)["stackFrames"][0]

    def evaluate(self, expression: str, frame: Mapping[str, Any], context: str = "watch") -> str:
        """Return what an expression, or a statement with the context `repl`, shows in a frame."""
        answer = self.ask("evaluate", expression=expression, frameId=frame["id"], context=context)
        return str(answer["result"])

    def go_on(self, thread: int) -> None:
        """Let the program run."""
        self.ask("continue", threadId=thread)

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and return the body of its answer; raise if the adapter refuses."""
        number = self.send(command, **arguments)
        while True:
            message = self._read()
            if message["type"] == "response" and message["request_seq"] == number:
                assert message["success"], f"{command}: {message.get('message')}"
                body: dict[str, Any] = message.get("body") or {}
                return body
            self._keep(message)

    def event(self, name: str) -> dict[str, Any]:
        """Wait for an event and return its body."""
        while True:
            for message in self.events:
                if message["event"] == name:
                    self.events.remove(message)
                    body: dict[str, Any] = message.get("body") or {}
                    return body
            self._keep(self._read())

    def send(self, command: str, **arguments: Any) -> int:
        """Send a request and return its number."""
        self._number += 1
        message = {"seq": self._number, "type": "request", "command": command, "arguments": arguments}
        text = json.dumps(message).encode()
        self._stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        self._stream.flush()
        return self._number

    def _keep(self, message: dict[str, Any]) -> None:
        if message["type"] == "event":
            self.events.append(message)
        elif message["type"] == "response":
            assert message["success"], f"{message['command']}: {message.get('message')}"

    def _read(self) -> dict[str, Any]:
        size = 0
        while (line := self._stream.readline()) != b"\r\n":
            assert line, "the adapter has hung up"
            if line.lower().startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(self._stream.read(size))
        return message


OUTPUT = "output.txt"


def listening(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], Debugging]:
    """Start a program below debugpy, which waits for the client; a `PORT` among the words is the port.

    What the program prints goes to the file `OUTPUT` in *folder*: the adapter has its streams, too, and lives longer.
    """
    port = free_port()
    words = [word.replace("PORT", str(port)) for word in command]
    with (folder / OUTPUT).open("wb") as output:
        child = subprocess.Popen(
            words, cwd=folder, env=dict(environment), stdout=output, stderr=subprocess.DEVNULL
        )
    return child, Debugging(port)
