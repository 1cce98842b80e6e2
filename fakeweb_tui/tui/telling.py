"""The way back from a worker's thread to the widgets."""

from collections.abc import Callable
from typing import Any

from textual.message_pump import MessagePump
from textual.worker import get_current_worker


def tell(node: MessagePump, callback: Callable[..., object], *arguments: Any) -> None:
    """Call back in the app's thread from that of a worker of `node`, unless nobody waits for it any more."""
    worker = get_current_worker()

    def call() -> None:
        # It may have been left while the call was on its way.
        if not worker.is_cancelled:
            callback(*arguments)

    if not worker.is_cancelled:
        node.app.call_from_thread(call)
