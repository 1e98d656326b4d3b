"""A client of the Language Server Protocol, as far as an editor's "go to definition" needs one (LSP 3.17)."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PATIENCE = 120  # seconds; a server may index first


class LanguageClient:
    """One editor that has one folder open."""

    def __init__(self, server: subprocess.Popen[bytes], root: Path) -> None:
        self._server = server
        self._answers: queue.Queue[Any] = queue.Queue()
        self._requests = 0
        threading.Thread(target=self._read, daemon=True).start()
        folder = {"uri": root.as_uri(), "name": root.name}
        capabilities = {"workspace": {"configuration": True, "workspaceFolders": True}}
        self._ask(
            "initialize",
            processId=None,
            rootUri=root.as_uri(),
            workspaceFolders=[folder],
            capabilities=capabilities,
        )
        self._send(method="initialized", params={})

    def definitions(self, file: Path, line: int, character: int) -> list[Path]:
        """Return the files in which what is named at a place (from 0) is defined, links resolved."""
        uri = file.as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": file.read_text("utf-8")}
        self._send(method="textDocument/didOpen", params={"textDocument": document})
        position = {"line": line, "character": character}
        found = self._ask("textDocument/definition", textDocument={"uri": uri}, position=position)
        self._send(method="textDocument/didClose", params={"textDocument": {"uri": uri}})
        places = found if isinstance(found, list) else [found] if found else []
        return [Path(unquote(urlsplit(place["uri"]).path)).resolve() for place in places]

    def definitions_of(self, file: Path, name: str) -> list[Path]:
        """Return the same of the first place at which *file* has *name*, of a dotted one its last part."""
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            if name in line:
                return self.definitions(file, number, line.index(name) + len(name) - 1)
        raise LookupError(f"{name} is not in {file}")

    def _ask(self, method: str, **params: Any) -> Any:
        self._requests += 1
        self._send(id=self._requests, method=method, params=params)
        while True:
            answer = self._answers.get(timeout=_PATIENCE)
            if answer is None:
                raise EOFError(f"the server has ended with {self._server.wait(10)}")
            if answer.get("id") == self._requests:
                assert "error" not in answer, answer
                return answer["result"]

    def _send(self, **message: Any) -> None:
        assert self._server.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> None:
        assert self._server.stdout is not None
        length = 0
        while line := self._server.stdout.readline():
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif not line.strip():
                self._take(json.loads(self._server.stdout.read(length)))
        self._answers.put(None)

    def _take(self, message: Any) -> None:
        if "method" not in message:
            self._answers.put(message)
        elif (
            "id" in message
        ):  # the server asks: for settings of which there are none, or whether it may do something
            is_settings = message["method"] == "workspace/configuration"
            result = [None] * len(message["params"]["items"]) if is_settings else None
            self._send(id=message["id"], result=result)


@contextmanager
def language_client(
    command: list[str], root: Path, environment: Mapping[str, str]
) -> Iterator[LanguageClient]:
    """Start a language server for the folder *root*."""
    # A session of its own: some servers are a program that starts another.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=root,
        env=dict(environment),
        start_new_session=True,
    ) as server:
        try:
            yield LanguageClient(server, root)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
