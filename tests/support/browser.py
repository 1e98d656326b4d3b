"""A real browser without a window, for tests of pages: Chromium, told what to do by the DevTools protocol.

The protocol comes and goes through two pipes (``--remote-debugging-pipe``: JSON, a null byte after each message, on
file descriptors 3 and 4), so no library and no port is needed. https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

LIMIT = 60
"""Seconds that an answer may take."""

# Of keys with a name: the code that the protocol wants beside it, and the text that it types.
_KEYS = {
    "Tab": (9, ""),
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    "End": (35, ""),
    "Home": (36, ""),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
    " ": (32, " "),
}


class Browser:
    """A browser with one page; to be used as a context manager."""

    def __init__(self) -> None:
        assert CHROMIUM is not None
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()

        def arrange() -> None:
            # Out of the way first: either may be 3 or 4 itself.
            high = [os.dup2(end, number) for end, number in ((theirs_in, 200), (theirs_out, 201))]
            for number, end in zip((3, 4), high, strict=True):
                os.dup2(end, number)

        self._process = subprocess.Popen(
            [
                *(
                    CHROMIUM,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--no-first-run",
                ),
                *("--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={self._profile}"),
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=arrange,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._buffer = b""
        self._number = 0
        self._runs_scripts = True
        self._session: str | None = None
        self.events: list[Mapping[str, Any]] = []
        """What the browser has told of itself."""
        target = next(
            each for each in self._call("Target.getTargets")["targetInfos"] if each["type"] == "page"
        )
        self._session = self._call("Target.attachToTarget", targetId=target["targetId"], flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._out)  # it ends when nobody speaks to it any more
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        shutil.rmtree(self._profile, ignore_errors=True)

    def _call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], LIMIT)
            assert ready, f"the browser has said nothing for {LIMIT} seconds"
            part = os.read(self._in, 1 << 16)
            assert part, "the browser has ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def open(
        self,
        url: str,
        *,
        width: int = 1000,
        height: int = 800,
        scheme: Literal["light", "dark"] = "light",
        runs_scripts: bool = True,
    ) -> None:
        """Show a page in a window of a size, for a person who likes it light or dark; return when it is loaded."""
        self._runs_scripts = runs_scripts
        self._call("Emulation.setScriptExecutionDisabled", value=not runs_scripts)
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._call("Emulation.setEmulatedMedia", media="", features=features)
        self._load("about:blank")  # or another fragment alone would load nothing
        self._load(url)
        self.settle()

    def _load(self, url: str) -> None:
        self.events.clear()
        self._call("Page.navigate", url=url)
        while not any(each["method"] == "Page.loadEventFired" for each in self.events):
            self.events.append(self._read())

    def settle(self) -> None:
        """Wait until what was done is drawn; without scripts there are no callbacks, and nothing to wait for."""
        if not self._runs_scripts:
            return
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def value(self, expression: str) -> Any:
        """Return what an expression of JavaScript comes to (a promise: what it becomes)."""
        found = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def text(self, selector: str) -> str:
        """Return what is readable in an element; empty if it is not shown."""
        text: str = self.value(
            f"(found => found.getClientRects().length ? found.innerText : '')(document.querySelector("
            f"{json.dumps(selector)}))"
        )
        return text

    def click(self, selector: str) -> None:
        """Scroll to an element and click its middle with the mouse, whatever lies there."""
        x, y = self.value(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            "found.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const box = found.getBoundingClientRect();"
            "return [box.left + box.width / 2, box.top + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys one after the other: by name, or characters."""
        for key in keys:
            code, text = _KEYS.get(key) or (ord(key.upper()) if key.isalnum() else 0, key)
            common: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code}
            self._call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
            self._call("Input.dispatchKeyEvent", type="keyUp", **common)
        self.settle()

    def accessible(self) -> list[tuple[str, str]]:
        """Return what a screen reader is told of the page: (role, name), in its order."""
        nodes = self._call("Accessibility.getFullAXTree")["nodes"]
        return [
            (each["role"]["value"], each.get("name", {}).get("value", ""))
            for each in nodes
            if not each["ignored"]
        ]

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Write what the window shows, or the whole page, as PNG."""
        found = self._call("Page.captureScreenshot", captureBeyondViewport=whole, **self._clip(whole))
        path.write_bytes(base64.b64decode(found["data"]))

    def pdf(self, path: Path) -> None:
        """Print the page."""
        found = self._call("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
        path.write_bytes(base64.b64decode(found["data"]))

    def _clip(self, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
