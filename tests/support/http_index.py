"""A package index on this machine that is asked over HTTP (the simple repository API, PEP 503)."""

from __future__ import annotations

import base64
import functools
import hashlib
import http
import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from packaging.utils import parse_sdist_filename, parse_wheel_filename

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.wheels import Index


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, user: str = "", **keywords: Any) -> None:
        self._wanted = f"Basic {base64.b64encode(user.encode()).decode()}" if user else None
        super().__init__(*arguments, **keywords)

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer whoever has the password, if there is one."""
        if self._wanted in (None, self.headers.get("Authorization")):
            return super().send_head()
        self.send_response(http.HTTPStatus.UNAUTHORIZED)
        self.send_header("WWW-Authenticate", 'Basic realm="wheels"')
        self.send_header("Content-Length", "0")
        super().end_headers()
        return None

    def end_headers(self) -> None:
        """Ask whoever keeps a page to look whether it is still the same; uv would not for ten minutes."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def write_pages(folder: Path, index: Index, *, with_hashes: bool = False) -> None:
    """Write the pages of an index, which lies in *folder*: again after more was published.

    :param with_hashes: tell the hashes of the files, as most indexes do.
    """
    pages: dict[str, list[Path]] = {}
    for file in sorted(index.folder.iterdir()):
        parsed = (parse_wheel_filename if file.suffix == ".whl" else parse_sdist_filename)(file.name)
        pages.setdefault(parsed[0], []).append(file)
    for name, files in pages.items():
        page = folder / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        links = ""
        for file in files:
            digest = f"#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}" if with_hashes else ""
            links += f'<a href="/{index.folder.name}/{file.name}{digest}">{file.name}</a>'
        page.write_text(f"<html><body>{links}</body></html>", "utf-8")


@contextmanager
def served(folder: Path, index: Index, user: str = "", *, with_hashes: bool = False) -> Iterator[str]:
    """Serve the files of an index, which lies in *folder*, and yield the URL to ask; see :func:`write_pages`.

    :param user: ``name:password`` that is asked for (HTTP's basic authentication); nobody is if it is empty.
    """
    write_pages(folder, index, with_hashes=with_hashes)
    handler = functools.partial(_Quiet, directory=str(folder), user=user)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple"
        finally:
            server.shutdown()
