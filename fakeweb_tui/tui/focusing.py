"""Moving the focus."""

from textual.widget import Widget


def focus_at_once(widget: Widget, *, scroll_visible: bool = False) -> None:
    """Focus a widget before the next key is handled.

    `Widget.focus` waits until all messages before it are handled: a key that was pressed meanwhile would act on
    the control that had the focus before.
    """
    widget.screen.set_focus(widget, scroll_visible=scroll_visible)
