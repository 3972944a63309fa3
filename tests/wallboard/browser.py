"""A real browser, told what to do over its debugging protocol: enough to open a page, look at it and ask it."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.servers.needs import missing

_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        """What the page wrote on its console as an error, and what it threw."""

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=20)
            if message.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(str(message["params"]["exceptionDetails"]))
            if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
                self.complaints.append(str(message["params"]["entry"]))
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(message["error"])
                result: dict[str, Any] = message["result"]
                return result

    async def open(self, url: str, width: int = 1920, height: int = 1080) -> None:
        """Opens an address in a window of this size."""
        for domain in ("Page", "Runtime", "Log"):
            await self._call(f"{domain}.enable")
        await self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        await self._call("Page.navigate", url=url)
        await self.until("location.href !== 'about:blank' && document.readyState === 'complete'")

    async def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = await self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    async def until(self, expression: str, within_s: float = 10.0) -> Any:
        """Waits until an expression is true, and answers its value."""
        async with asyncio.timeout(within_s):
            while not (value := await self.ask(expression)):
                await asyncio.sleep(0.05)
        return value

    async def before_each_page(self, script: str) -> None:
        """Runs JavaScript in every page that is opened from now on, before anything of the page's own."""
        await self._call("Page.enable")
        await self._call("Page.addScriptToEvaluateOnNewDocument", source=script)

    async def footprint(self) -> dict[str, float]:
        """What the page holds once all that it let go of is collected: bytes of heap, nodes, listeners."""
        for _ in range(2):
            await self._call("HeapProfiler.collectGarbage")
        counted = await self._call("Memory.getDOMCounters")
        heap = (await self._call("Runtime.getHeapUsage"))["usedSize"]
        return {"heap": heap, "nodes": counted["nodes"], "listeners": counted["jsEventListeners"]}

    async def shoot(self, path: Path) -> None:
        """Writes a picture of the window."""
        answer = await self._call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """A browser with an empty profile in a folder; skips or fails the test where there is none."""
    name = next((found for known in _NAMES if (found := shutil.which(known))), None)
    if name is None:
        missing("chromium")
    options = ["--headless=new", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")  # as root there is none
    process = subprocess.Popen(  # noqa: ASYNC220 -- starting one takes a moment only
        [name, *options, f"--user-data-dir={folder}", "about:blank"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        address = await asyncio.to_thread(_debugger, process)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{address}/json/list") as answer:
                tabs = await answer.json()
            target = next(tab for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 10)
        if process.stderr is not None:
            process.stderr.close()


def _debugger(process: subprocess.Popen[bytes]) -> str:
    for line in process.stderr or ():
        found = re.search(rb"DevTools listening on ws://([^/]+)/", line)
        if found:
            return found[1].decode()
    msg = "the browser ended before it listened"
    raise RuntimeError(msg)
