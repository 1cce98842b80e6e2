"""What is a user's own, and no other's: ids and addresses as text."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fakeweb_tui.events.text import Text
from fakeweb_tui.users import UserPool, Users, public_octets, uuid_text

_MOST_OCTETS = 256


class OwnTexts:
    """The fields that pick from no vocabulary, of a pool's users."""

    SOURCES = ("marketing_click_id", "ip_address", "user_custom_id", "user_domain_id", "user_number")

    def __init__(self, pool: UserPool) -> None:
        self._names = pa.array([name.encode() for name in pool.mail_names], pa.binary())
        self._domains = pa.array([f"@{domain}".encode() for domain in pool.mail_domains], pa.binary())
        self._octets = [
            pa.array([f"{n}{end}".encode() for n in range(_MOST_OCTETS)], pa.binary()) for end in (".", "")
        ]

    def parts(self, source: str, users: Users) -> list[Any]:
        """Return a field's text as binary arrays that belong one behind the other."""
        if source == "marketing_click_id":
            return [binary_array(uuid_text(users.click_id))]
        if source == "user_domain_id":
            return [binary_array(uuid_text(users.domain_id))]
        numbers = pa.array(users.numbers).cast(pa.string()).cast(pa.binary())
        if source == "user_number":
            return [numbers]
        if source == "ip_address":
            inner, last = self._octets
            *first, d = (pa.array(octet) for octet in public_octets(users.address))
            return [*(inner.take(octet) for octet in first), last.take(d)]
        return [
            self._names.take(pa.array(users.codes["name"])),
            numbers,
            self._domains.take(pa.array(users.codes["mail_domain"])),
        ]

    def strings(self, source: str, users: Users) -> pa.Array:
        """Return a field as strings."""
        parts = self.parts(source, users)
        return (parts[0] if len(parts) == 1 else joined(parts)).cast(pa.string())


def binary_array(text: Text) -> pa.Array:
    """Return rows of fixed width as binary values, without copying them."""
    count, width = text.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(text)])


def joined(arrays: list[Any]) -> pa.Array:
    """Return the values of binary arrays and scalars one behind the other, row by row."""
    return pc.binary_join_element_wise(*arrays, pa.scalar(b"", pa.binary()))
