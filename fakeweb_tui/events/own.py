"""What is a user's own, and no other's: ids, numbers and addresses, and the texts that they are made of.

An id is a text of its own. All else is put together from few texts, like anything that is picked from a
vocabulary: a number from groups of three digits, an address from its octets.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from fakeweb_tui.events.arrays import fixed_array
from fakeweb_tui.events.bank import ROWS_AT_ONCE, Bank, Shared
from fakeweb_tui.events.text import Text
from fakeweb_tui.markov import Codes
from fakeweb_tui.users import UserPool, Users, public_octets, uuid_text

OWN_SOURCES = ("marketing_click_id", "ip_address", "user_custom_id", "user_domain_id", "user_number")
"""The fields that pick from no vocabulary."""

_OCTETS = ("octet_1", "octet_2", "octet_3", "octet_4")
_DIGITS = ("digits_5", "digits_4", "digits_3", "digits_2", "digits_1")
_MADE_OF = {
    "ip_address": _OCTETS,
    "user_number": _DIGITS,
    "user_custom_id": ("name", *_DIGITS, "mail_domain"),
}
_GROUP = 1000


def tables(source: str, pool: UserPool) -> list[tuple[str, Sequence[str]]]:
    """Return what a field is put together from: for each of its texts the code that picks it, and all there are.

    There are none where the field is a text of its own, see `own_text`.
    """
    octets = [str(n) for n in range(256)]
    plain, padded = [str(n) for n in range(_GROUP)], [f"{n:03}" for n in range(_GROUP)]
    texts: dict[str, Sequence[str]] = {
        **{code: [f"{octet}." for octet in octets] for code in _OCTETS[:-1]},
        _OCTETS[-1]: octets,
        # The first group of a number has no leading zeros, and those before it are nothing at all.
        **{code: ["", *plain[1:], *padded] for code in _DIGITS[:-1]},
        _DIGITS[-1]: [*plain, *padded],
        "name": pool.mail_names,
        "mail_domain": [f"@{domain}" for domain in pool.mail_domains],
    }
    return [(code, texts[code]) for code in _MADE_OF.get(source, ())]


def own_codes(users: Users) -> dict[str, Codes]:
    """Return the codes that `tables` names, shape (n,) each."""
    octets = dict(zip(_OCTETS, public_octets(users.address), strict=True))
    codes = {**users.codes, **{code: octet.astype(np.int64) for code, octet in octets.items()}}
    number = users.numbers.astype(np.int64)
    for code in reversed(_DIGITS):
        codes[code] = np.where(number < _GROUP, number, _GROUP + number % _GROUP)
        number //= _GROUP
    return codes


def own_text(source: str, users: Users) -> Text:
    """Return the text of a field that is put together from nothing, shape (n, 36)."""
    return uuid_text(users.click_id if source == "marketing_click_id" else users.domain_id)


class OwnStrings:
    """The fields that pick from no vocabulary, of a pool's users."""

    def __init__(self, pool: UserPool) -> None:
        self._tables = {source: tables(source, pool) for source in OWN_SOURCES}
        self._banks = {
            source: Bank([Shared.of(texts) for _, texts in made_of])
            for source, made_of in self._tables.items()
            if made_of
        }

    def strings(self, source: str, users: Users) -> pa.Array:
        """Return a field as strings."""
        made_of = self._tables[source]
        if not made_of:
            return fixed_array(own_text(source, users)).cast(pa.string())
        codes = own_codes(users)
        parts = []
        for begin in range(0, len(users.numbers), ROWS_AT_ONCE):
            rows = [codes[code][begin : begin + ROWS_AT_ONCE] for code, _ in made_of]
            made, offsets = self._banks[source].rows(rows)
            held = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(made)]
            parts.append(pa.Array.from_buffers(pa.string(), len(rows[0]), held))
        return pa.concat_arrays(parts)
