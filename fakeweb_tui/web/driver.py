"""The terminal of an app that is shown in a browser: what textual-serve sends and takes."""

from contextlib import suppress

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class BrowserDriver(WebDriver):
    """Textual's driver, which ends the app where nobody is left to steer it."""

    def run_input_thread(self) -> None:
        """Pass on what the page sends. Where the server is gone, which no signal tells, the input ends."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.call_from_thread(self._app.post_message, ExitApp())

    def stop_application_mode(self) -> None:
        """Tell the server, if it is there, that the app ends."""
        with suppress(BrokenPipeError):
            super().stop_application_mode()
