"""A real browser, driven through a pipe: what a page says, asks of the network, and shows.

Chromium speaks the DevTools protocol over two pipes as well as over a socket: JSON messages with a
zero byte between them. That needs no package.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

PATIENCE_SECONDS = 20.0

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"),
    *("--hide-scrollbars", "--no-first-run", "--disable-extensions", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--force-color-profile=srgb", "--force-device-scale-factor=1"),
)


def program() -> str | None:
    """Return the browser of this machine, None without one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """A browser without a window, with one page."""

    def __init__(self, command: str, profile: Path) -> None:
        asked, ask = os.pipe()
        answers, answer = os.pipe()
        words = [command, *FLAGS, f"--user-data-dir={profile}", "about:blank"]

        def hand_over() -> None:
            """Give the pipes the two numbers that Chromium reads and writes."""
            high = [fcntl.fcntl(each, fcntl.F_DUPFD, 20) for each in (asked, answer)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self._process = subprocess.Popen(
            words,
            preexec_fn=hand_over,
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(profile), "XDG_CONFIG_HOME": str(profile)},
        )
        os.close(asked)
        os.close(answer)
        self._ask, self._answers, self._read = ask, answers, b""
        self._number, self._session = 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        opened = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = opened["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something, and return the answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._write(json.dumps(message).encode() + b"\0")
        while True:
            got = self._next()
            if got.get("id") == self._number:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                return got["result"]
            self.events.append(got)

    def show(
        self, path: Path, *, width: int = 1280, dark: bool = False, scripts: bool = True
    ) -> None:
        """Show a file, and wait until it is there."""
        self.size(width)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media="screen", features=[scheme])
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events.clear()
        self.send("Page.navigate", url=path.resolve().as_uri())
        until = time.monotonic() + PATIENCE_SECONDS
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            assert time.monotonic() < until, "the page was not loaded"
            self.events.append(self._next())

    def size(self, width: int, height: int = 900) -> None:
        """Give the window a size, in points."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip

    def run(self, code: str) -> Any:
        """Run JavaScript on the page, and return what it comes to, promises awaited."""
        answer = self.send(
            "Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self, path: Path, *, whole: bool = True) -> None:
        """Keep what is seen, the whole page or the window, as a PNG."""
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=whole, format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def mouse(self, kind: str, x: float, y: float, pressed: bool = False) -> None:
        """Move or press the mouse: "mouseMoved", "mousePressed" or "mouseReleased"."""
        self.send(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left" if pressed or
            kind != "mouseMoved" else "none", buttons=int(pressed), clickCount=1,
        )  # fmt: skip

    @property
    def complaints(self) -> list[str]:
        """What the page said to its console, and what went wrong in its scripts."""
        found = []
        for event in self.events:
            said = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(str(said["exceptionDetails"]))
            elif event.get("method") == "Log.entryAdded":
                found.append(f"{said['entry']['level']}: {said['entry']['text']}")
            elif event.get("method") == "Runtime.consoleAPICalled":
                found.append(str(said["args"]))
        return found

    @property
    def requests(self) -> list[str]:
        """The addresses that the page asked for, its own left out."""
        sent = [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        return sent[1:]

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The requests that came to nothing."""
        return [e["params"] for e in self.events if e.get("method") == "Network.loadingFailed"]

    def close(self) -> None:
        """End the browser."""
        for handle in (self._ask, self._answers):
            os.close(handle)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._ask, data[:32_768]) :]

    def _next(self) -> dict[str, Any]:
        """Return the next message of the browser."""
        until = time.monotonic() + PATIENCE_SECONDS
        while b"\0" not in self._read:
            with selectors.DefaultSelector() as waiting:  # select() takes no number above 1023
                waiting.register(self._answers, selectors.EVENT_READ)
                ready = waiting.select(max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self._answers, 2**20)
            assert more, "the browser has ended"
            self._read += more
        message, _, self._read = self._read.partition(b"\0")
        return json.loads(message)


@contextmanager
def opened(command: str, profile: Path) -> Iterator[Browser]:
    """Open a browser, and end it afterwards."""
    browser = Browser(command, profile)
    try:
        yield browser
    finally:
        browser.close()
