"""The server, without a browser: what it answers, whom it refuses, and how it ends."""

from __future__ import annotations

import asyncio
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

import aiohttp
import pytest
from hatchling.builders.wheel import WheelBuilder
from textual_serve.download_manager import DownloadManager

from fakeweb_tui.config import load_config, save_config
from fakeweb_tui.web import server

from .serving import command, serving

PATIENCE = aiohttp.ClientWSTimeout(ws_receive=30)


async def screen_until(websocket: aiohttp.ClientWebSocketResponse, text: str) -> str:
    """What the app writes, until the text is there."""
    written = b""
    while text.encode() not in written:
        message = await websocket.receive()
        assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
        written += message.data if isinstance(message.data, bytes) else b""
    return written.decode("utf-8", "replace")


async def status_of(session: aiohttp.ClientSession, url: str, **headers: str) -> int:
    try:
        async with session.ws_connect(url, headers=headers):
            return 101
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status


async def test_its_page_and_its_terminal_are_for_itself_only(tmp_path: Path) -> None:
    with serving(tmp_path, "--seed", "3") as app:
        port = urlsplit(app.url).port
        assert app.url == f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as session:
            async with session.get(app.url) as page:
                text = await page.text()
                assert page.status == 200
                assert "default-src 'self'" in page.headers["Content-Security-Policy"]
                assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            # Everything that the page loads is here.
            loaded = re.findall(r'(?:src|href)="([^"]*)"', text)
            assert len(loaded) == 5
            for path in loaded:
                assert not urlsplit(path).netloc
                async with session.get(f"{app.url}/{path}") as part:
                    assert part.status == 200, path

            for host in ("rebound.example", f"rebound.example:{port}"):
                async with session.get(app.url, headers={"Host": host}) as page:
                    assert page.status == 403
                    assert "does not go by the name 'rebound.example'" in await page.text()
                assert await status_of(session, f"{app.url}/ws", Host=host, Origin=f"http://{host}") == 403
            assert await status_of(session, f"{app.url}/ws", Origin="http://elsewhere.example") == 403
            assert await status_of(session, f"{app.url}/ws", Origin="null") == 403
            assert await status_of(session, f"{app.url}/ws") == 403

            async with session.ws_connect(
                f"{app.url}/ws?width=100&height=30", origin=app.url, timeout=PATIENCE
            ) as websocket:
                screen = await screen_until(websocket, "Event log")
                assert "\x1b[?1049h" in screen
                assert "Transitions" in screen


async def test_what_was_asked_for_is_what_the_app_shows(tmp_path: Path) -> None:
    name = "my shop's $(config).yml"
    save_config(load_config(), tmp_path / name)
    text = (tmp_path / name).read_text().replace("confirmation", "hooray")
    (tmp_path / name).write_text(text)
    with serving(tmp_path, name, "--start", "2031-05-06") as app:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{app.url}/ws?width=160&height=46", origin=app.url, timeout=PATIENCE) as websocket,
        ):
            assert "hooray" in await screen_until(websocket, "Event log")
            await websocket.send_json(["stdin", "?"])
            assert "Tue" in await screen_until(websocket, "00:0")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_ends_with_its_apps(number: int, tmp_path: Path) -> None:
    with serving(tmp_path) as app:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{app.url}/ws", origin=app.url, timeout=PATIENCE) as websocket,
        ):
            await screen_until(websocket, "Event log")
            assert app.end(number) == (0, "", "")
            assert not app.left


def test_others_reach_it_only_when_told_so_and_warned(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0") as app:
        status, _, err = app.end()
        assert status == 0
        assert err.startswith("Warning: other machines reach this address, and there is no log-in")
        assert err.count("\n") == 1


def test_a_port_in_use(tmp_path: Path) -> None:
    with serving(tmp_path) as app:
        port = str(urlsplit(app.url).port)
        second = subprocess.run(
            command("--port", port), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30
        )
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr == (
            f"Cannot listen on 127.0.0.1, port {port}: it is in use. "
            "Choose another with --port, or any that is free with --port 0.\n"
        )


@pytest.mark.parametrize(
    ("host", "reason"),
    [("no.such.host.invalid", r".+\."), ("x" * 70, r"that is no name of a machine\."), ("192.0.2.1", r".+\.")],
)
def test_an_address_that_is_not_here(host: str, reason: str) -> None:
    with pytest.raises(OSError, match=rf"^Cannot listen on {re.escape(host)}, port 0: {reason}$"):
        server.serve("exit", host, 0, (), lambda *_: pytest.fail("it listens"))


def test_the_page_ships_in_the_wheel(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    (wheel,) = WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    page = {"templates/app_index.html", "static/page.js", "static/page.css", "static/icon.svg"}
    assert {f"fakeweb_tui/web/{name}" for name in page} <= packed


async def test_its_apps_end_with_it_however_it_ends(tmp_path: Path) -> None:
    with serving(tmp_path) as app:
        async with aiohttp.ClientSession() as session:
            address = f"{app.url}/ws?width=80&height=24"
            async with session.ws_connect(address, origin=app.url, timeout=PATIENCE) as websocket:
                await screen_until(websocket, "Pages")
                status, _, complaints = app.end(signal.SIGKILL)
        assert (status, complaints) == (-signal.SIGKILL, "")
        while app.left:
            await asyncio.sleep(0.05)


class TestOneApp:
    """An app between a server and a page, played by small programs."""

    def app(self, program: str) -> tuple[server.BrowserApp, list[bytes], list[str]]:
        written: list[bytes] = []
        closed: list[str] = []

        async def write(data: bytes) -> None:
            written.append(data)

        async def write_text(data: str) -> None:
            del data

        async def close() -> None:
            closed.append("closed")

        command = f"exec {shlex.join([sys.executable, '-c', program])}"
        app = server.BrowserApp(
            command, write_bytes=write, write_str=write_text, close=close, download_manager=DownloadManager()
        )
        return app, written, closed

    async def test_its_page_is_told_however_it_ends(self, capsys: pytest.CaptureFixture[str]) -> None:
        app, written, closed = self.app("import sys; sys.exit('the config is gone')")
        await app.start(80, 24)
        assert app._task
        await app._task
        assert (written, closed) == ([], ["closed"])
        assert "the config is gone" in capsys.readouterr().out
        await app.stop()

    async def test_one_that_does_not_end_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "_GRACE_SECONDS", 0.05)
        app, _, closed = self.app("import time; print('__GANGLION__', flush=True); time.sleep(1000)")
        await app.start(80, 24)
        await app.stop()
        assert app._process
        assert app._process.returncode == -signal.SIGKILL
        assert closed == ["closed"]
