"""A server that shows the app to a browser; each page that is opened is an app, and a process, of its own."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Collection
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp_jinja2
from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.web.visitors import refusal

_HERE = Path(__file__).parent
_GRACE_SECONDS = 3.0
"""How long an app may take to end before it is killed."""
_DRIVER = "fakeweb_tui.web.driver:BrowserDriver"
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Nothing comes from elsewhere, and no other page may put this one in a frame, to have it clicked unknowingly.
# The terminal styles its own elements.
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class BrowserApp(AppService):
    """An app in a process of its own, and the WebSocket that is its terminal."""

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {**super()._build_environment(width, height), "TEXTUAL_DRIVER": _DRIVER}

    async def run(self) -> None:
        """Pass on what the app writes until it ends, however it does; then its page is told."""
        try:
            await super().run()
        finally:
            await self.remote_close()

    async def stop(self) -> None:
        """End the app: politely, and by force if that takes too long."""
        process = self._process
        if process is None:
            return
        force = asyncio.get_running_loop().call_later(_GRACE_SECONDS, _kill, process)
        try:
            await super().stop()
            await process.wait()
        finally:
            force.cancel()


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()


class WebServer(Server):
    """textual-serve's server with a page of ours, for visitors that may."""

    def __init__(self, command: str, names: Collection[str]) -> None:
        """Serve what the shell command shows; `names` are those that the server has beside its addresses."""
        super().__init__(command, title="fakeweb-tui", templates_path=_HERE / "templates")
        self._names = frozenset(name.lower() for name in names)
        self._open: set[web.WebSocketResponse] = set()

    async def application(self) -> web.Application:
        """Return what answers requests."""
        app = await self._make_app()
        app.middlewares.append(self._let_in)
        app.router.add_static("/page", _HERE / "static")
        app.on_response_prepare.append(self._add_headers)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: who starts the server says where it is."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - called by position
        """Hang up, which ends the apps."""
        for websocket in list(self._open):
            await websocket.close(code=WSCloseCode.GOING_AWAY)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Start an app, and be between it and its page until one of them ends."""
        websocket = web.WebSocketResponse(heartbeat=15)
        await websocket.prepare(request)

        async def hang_up() -> None:
            await websocket.close()

        app = BrowserApp(
            self.command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=hang_up,
            download_manager=self.download_manager,
        )
        self._open.add(websocket)
        try:
            await app.start(
                to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24)
            )
            await self._process_messages(websocket, app)
        finally:
            self._open.discard(websocket)
            await app.stop()
        return websocket

    @aiohttp_jinja2.template("app_index.html")
    async def handle_index(self, request: web.Request) -> dict[str, Any]:
        """Show the page; its script finds the server by the page's own address."""
        return {"font_size": to_int(request.query.get("fontsize", ""), 16), "title": self.title}

    @web.middleware
    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        steers = request.match_info.route.name == "websocket"
        if reason := refusal(request.host, request.headers.get("Origin"), self._names, steers=steers):
            raise web.HTTPForbidden(text=reason)
        return await handler(request)

    async def _add_headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_HEADERS)


def serve(command: str, host: str, port: int, names: Collection[str], ready: Callable[[str, bool], None]) -> None:
    """Show what a shell command shows to browsers, until a signal ends it.

    Args:
        command: The command; it is run for each page that is opened.
        host: The name or address to listen on.
        port: The port; 0 for any that is free.
        names: The names by which browsers may call the server, beside `host`, `localhost` and addresses.
        ready: Told where the server is, and whether other machines reach it, once it listens.

    Raises:
        OSError: It cannot listen there; the text says where, and why.
    """
    asyncio.run(_serve(WebServer(command, {host, socket.gethostname(), *names}), host, port, ready))


async def _serve(server: WebServer, host: str, port: int, ready: Callable[[str, bool], None]) -> None:
    runner = web.AppRunner(await server.application(), access_log=None, shutdown_timeout=2 * _GRACE_SECONDS)
    await runner.setup()
    ended = asyncio.Event()
    for number in _ENDING_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await _listen(runner, host, port)
        ready(*_whereabouts(runner.addresses))
        await ended.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:
        raise OSError(f"Cannot listen on {plain(host)}, port {port}: {_why(error)}") from error


def _why(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError) or error.errno is None:
        return "that is no name of a machine."
    if isinstance(error, socket.gaierror):
        return f"{error.strerror}."
    if error.errno == errno.EADDRINUSE:
        return "it is in use. Choose another with --port, or any that is free with --port 0."
    # asyncio's own text says the address once more.
    return f"{os.strerror(error.errno)}."


def _whereabouts(addresses: list[Any]) -> tuple[str, bool]:
    """The URL of a server that listens on these socket addresses, and whether other machines reach it."""
    name, port = addresses[0][:2]
    address = ip_address(name)
    if address.is_unspecified:
        name = socket.gethostname()
    shown = f"[{name}]" if address.version == 6 and not address.is_unspecified else name
    return f"http://{shown}:{port}", not all(ip_address(each[0]).is_loopback for each in addresses)
