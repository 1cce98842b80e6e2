"""The app in a real browser: Chromium, without a window."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import ConsoleMessage, Download, Page, WebSocket, async_playwright, expect
from tui.driving import showing

from fakeweb_tui.config import load_config, save_config

from .serving import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REQUIRED = "FAKEWEB_TUI_REQUIRE_CHROMIUM"
_PATIENCE_SECONDS = 30


@pytest.fixture(scope="module", autouse=True)
def _there_is_a_browser() -> None:
    """CI installs one and says that it has to be there; elsewhere these tests are for those who have one."""
    if CHROMIUM is None:
        assert REQUIRED not in os.environ, f"{REQUIRED} is set, and there is no Chromium"
        pytest.skip("needs Chromium (Debian: apt install chromium); CI installs it, and runs this always")


class Tab:
    """A page of the browser, and what it did."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hosts: set[str | None] = set()
        self.complaints: list[str] = []
        self.screen = b""
        self.size: dict[str, int] = {}
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("websocket", self._watch)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _watch(self, websocket: WebSocket) -> None:
        self.hosts.add(urlsplit(websocket.url).netloc)
        websocket.on("framereceived", self._received)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _received(self, frame: bytes | str) -> None:
        self.screen += frame if isinstance(frame, bytes) else b""

    async def shown(self, text: str) -> None:
        """Wait until the app wrote a text."""
        await until(lambda: _done(text.encode() in self.screen), text)

    async def cell(self, x: float, y: float) -> tuple[float, float]:
        """The place of the middle of a cell of the terminal."""
        columns, rows = await self.terminal()
        box = await self.page.locator(".xterm-screen").bounding_box()
        assert box
        return box["x"] + (x + 0.5) * box["width"] / columns, box["y"] + (y + 0.5) * box["height"] / rows

    async def terminal(self) -> tuple[int, int]:
        """Its columns and rows, as the page measured them."""
        size: dict[str, int] = await self.page.evaluate("window.terminalSize")
        return size["width"], size["height"]

    async def picture(self, x: int, y: int, width: int) -> bytes:
        """A picture of some cells of a row, once it stands still."""
        left, middle = await self.cell(x, y)
        right, below = await self.cell(x + width, y + 1)
        clip: Any = {
            "x": left,
            "y": middle - (below - middle) / 2,
            "width": right - left,
            "height": below - middle,
        }
        seen: list[bytes] = []

        async def still() -> bool:
            seen.append(await self.page.screenshot(clip=clip))
            return len(seen) > 1 and seen[-1] == seen[-2]

        await until(still, "a picture that stands still")
        return seen[-1]


# textual.js tells the server how large its terminal is; this listens in.
_NOTE_SIZE = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const [kind, size] = JSON.parse(data);
  if (kind === "resize") window.terminalSize = size;
  return send.call(this, data);
};
"""


async def _done(result: bool) -> bool:
    return result


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = monotonic() + _PATIENCE_SECONDS
    while not await condition():
        assert monotonic() < deadline, f"waited in vain: {what}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def browser_on(url: str) -> AsyncIterator[Tab]:
    """A browser that shows the app."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
        await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
        page = await context.new_page()
        await page.add_init_script(_NOTE_SIZE)
        tab = Tab(page)
        await page.goto(url)
        await tab.shown("Event log")
        await page.wait_for_function("window.terminalSize")
        yield tab
        await browser.close()


async def test_a_slider_is_dragged_and_saved(tmp_path: Path) -> None:
    save_config(load_config(), tmp_path / "shop.yml")
    with serving(tmp_path, "shop.yml", "--seed", "3") as app:
        async with browser_on(app.url) as tab:
            page = tab.page
            # Where things are is asked of the same app at the same size.
            async with showing(await tab.terminal()) as show:
                slider, other = show.slider("home", "product_a"), show.slider("payment", "payment")
                plan, place, untouched = slider._plan, slider.region, other.region
            bar = place.x + plan.bar_start

            async def pictures() -> tuple[bytes, bytes]:
                return await tab.picture(bar, place.y, plan.bar), await tab.picture(bar, untouched.y, plan.bar)

            async def painted() -> bool:
                return len(set(await pictures())) == 2

            await until(painted, "two sliders of different probabilities")
            before = await pictures()

            await page.mouse.move(*await tab.cell(bar + 1, place.y))
            await page.mouse.down()
            await page.mouse.move(*await tab.cell(bar + plan.bar - 4, place.y), steps=5)
            await page.mouse.up()

            async def moved() -> bool:
                return (await pictures())[0] != before[0]

            await until(moved, "another picture of the slider")
            assert (await pictures())[1] == before[1]

            await page.keyboard.press("Control+s")
            await tab.shown("A path where fakeweb-tui runs")
            # What is cut in the app is on the clipboard of the browser, and the other way round.
            await page.keyboard.press("Home")
            await page.keyboard.press("Shift+End")
            await page.keyboard.press("Control+x")
            await page.wait_for_function("navigator.clipboard.readText().then(text => text === 'shop.tuned.yml')")
            await page.evaluate("navigator.clipboard.writeText('dragged.yml')")
            await page.keyboard.press("Control+Shift+v")
            await tab.shown("dragged.yml")
            await page.keyboard.press("Enter")
            await until(lambda: _done((tmp_path / "dragged.yml").exists()), "the file")

            dragged = load_config(tmp_path / "dragged.yml").pages["home"]
            assert dragged["product_a"] > 0.5
            assert load_config(tmp_path / "shop.yml").pages["home"]["product_a"] == 0.17
            assert tab.hosts == {urlsplit(app.url).netloc}
            assert tab.complaints == []


async def test_the_config_is_downloaded_and_the_end_is_told(tmp_path: Path) -> None:
    with serving(tmp_path) as app:
        async with browser_on(app.url) as tab:
            downloads: list[Download] = []

            def loaded(download: Download) -> None:
                downloads.append(download)

            tab.page.on("download", loaded)
            await tab.page.keyboard.press("Control+s")
            await tab.shown("or download it here")
            await tab.page.keyboard.press("Tab")
            await tab.page.keyboard.press("Enter")
            await until(lambda: _done(bool(downloads)), "a download")
            assert downloads[0].suggested_filename == "config.yml"
            assert load_config(await downloads[0].path()).pages == load_config().pages
            assert not (tmp_path / "config.yml").exists()

            await tab.page.keyboard.press("Escape")
            await tab.page.keyboard.press("Control+q")
            await expect(tab.page.locator(".ended")).to_be_visible()
            await tab.page.get_by_role("button", name="Start again").click()
            await expect(tab.page.locator(".ended")).to_be_hidden()


async def test_a_page_from_elsewhere_is_refused(tmp_path: Path) -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        return web.Response(text="<title>elsewhere</title>", content_type="text/html")

    knock = """
        url => new Promise(answer => {
          const socket = new WebSocket(url);
          socket.onopen = () => answer("open");
          socket.onerror = () => answer("refused");
        })
    """
    site = web.Application()
    site.router.add_get("/", elsewhere)
    with serving(tmp_path) as app:
        socket = app.url.replace("http", "ws") + "/ws"
        async with browser_on(app.url) as tab, TestServer(site) as foreign:
            assert await tab.page.evaluate(knock, socket) == "open"
            page = await tab.page.context.new_page()
            await page.goto(str(foreign.make_url("/")))
            assert await page.evaluate(knock, socket) == "refused"
            # Nor is it shown in a frame of another page, where clicks could be stolen.
            await page.set_content(f'<iframe src="{app.url}"></iframe>')
            await page.wait_for_load_state("networkidle")
            assert await page.frames[1].locator("#terminal").count() == 0
