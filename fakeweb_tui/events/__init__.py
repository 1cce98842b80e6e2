"""What an event looks like where it leaves: its schemas, and batches as dicts, lines and columns."""

from fakeweb_tui.events.dicts import DictRenderer, Event
from fakeweb_tui.schema import EVENT_FIELDS, SCHEMAS, SITE, Field

__all__ = ["EVENT_FIELDS", "SCHEMAS", "SITE", "DictRenderer", "Event", "Field"]
