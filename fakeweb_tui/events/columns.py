"""Batches as columns of native types: what a row says, as an index into the values that there are.

Strings that are picked from a vocabulary have one vocabulary for a whole scenario, edits included; what is a
user's own comes as one value per user of a batch.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fakeweb_tui.config import Config
from fakeweb_tui.events.arrays import fixed_array, number_array, numbers_of, text_array
from fakeweb_tui.events.derived import event_id_words, session_id_words, session_steps
from fakeweb_tui.events.own import OWN_SOURCES, OwnStrings
from fakeweb_tui.markov import Codes
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.schema import CONSTANT, SITE, Constant, Field
from fakeweb_tui.simulation import Batch, Parameters
from fakeweb_tui.users import UserPool, Users, population, uuid_text

Index = npt.NDArray[np.signedinteger[Any]]

_NATIVE = {
    "event_timestamp": pa.timestamp("us"),
    "referer_url_port": pa.int32(),
    "geo_latitude": pa.float64(),
    "geo_longitude": pa.float64(),
    "device_is_mobile": pa.bool_(),
    "session_step": pa.int32(),
    "user_number": pa.int64(),
}
"""The sources whose values are no strings."""

_PAGES = ("page_url", "page_url_path")
# A pool of so many users takes some megabytes.
_KEPT_USERS = 1 << 15


@dataclass(frozen=True, eq=False)
class Column:
    """One field of a batch: row i holds `values[index[i]]`, or `values[i]` where there is no index."""

    index: Index | None
    values: pa.Array


class _Vocabulary(NamedTuple):
    """The values that a field can have: the place of each, and the values of its native type."""

    place: dict[str | bool, int]
    values: pa.Array


class _People(NamedTuple):
    """Some users: their codes, and a field of their own as strings."""

    codes: Mapping[str, Codes]
    strings: Callable[[str], pa.Array]


class _Population:
    """The users of one config, or of several that have the same ones; those of a small pool are drawn once."""

    def __init__(self, parameters: Parameters, config: Config) -> None:
        self.pool = UserPool(parameters.seed, config)
        self._size = parameters.user_pool_size
        self._strings: dict[str, pa.Array] = {}
        self._indices: dict[str, Index] = {}

    def people(self, numbers: npt.NDArray[np.uint64]) -> _People:
        """Return the users with these numbers, shape (n,)."""
        # The pool may have grown meanwhile.
        if self._size > _KEPT_USERS or numbers.max(initial=0) >= self._size:
            users = self.pool.draw(numbers)
            return _People(users.codes, lambda source: self._texts.strings(source, users))
        codes = {by: code.take(numbers.astype(np.int64)) for by, code in self._everybody.codes.items()}
        return _People(codes, lambda source: self._everybodys(source).take(number_array(numbers)))

    @cached_property
    def _texts(self) -> OwnStrings:
        # Who asks for the schema alone, as every new file does, need not wait for them.
        return OwnStrings(self.pool)

    @cached_property
    def _everybody(self) -> Users:
        return self.pool.draw(np.arange(self._size, dtype=np.uint64))

    def _everybodys(self, source: str) -> pa.Array:
        if source not in self._strings:
            self._strings[source] = self._texts.strings(source, self._everybody)
        return self._strings[source]

    def index(self, source: str, vocabulary: _Vocabulary, people: _People) -> Index:
        """Return where in the vocabulary what users have is."""
        choice = self.pool.choices[source]
        if source not in self._indices:
            places = [vocabulary.place[value] for value in choice.values]
            self._indices[source] = np.array(places, _index_type(len(vocabulary.place)).to_pandas_dtype())
        index: Index = self._indices[source].take(people.codes[choice.by])
        return index


class ColumnRenderer:
    """Renders batches of a scenario as columns of a schema.

    Attributes:
        schema: the fields as Arrow has them; strings of a vocabulary are dictionaries, everything else is plain.
    """

    def __init__(self, fields: Sequence[Field], scenario: Scenario) -> None:
        self._fields, self._parameters = tuple(fields), scenario.parameters
        configs = {population(setting.config): setting.config for setting in scenario.settings}
        self._populations = {key: _Population(scenario.parameters, config) for key, config in configs.items()}
        names = chain.from_iterable(setting.config.page_names for setting in scenario.settings)
        self._pages = {page: code for code, page in enumerate(dict.fromkeys(names))}
        self._vocabularies = {field.source: self._vocabulary(field.source) for field in fields}
        self.schema = pa.schema([pa.field(each.name, self._type(each), _may_be_null(each)) for each in fields])

    def _vocabulary(self, source: str) -> _Vocabulary | None:
        """Return every value that a field can have in the scenario; None where there is no end of them."""
        values: list[str | bool]
        if source in _PAGES:
            site = SITE if source == "page_url" else ""
            values = [f"{site}/{page}" for page in self._pages]
        elif source == "event_type":
            values = ["pageview"]
        else:
            choices = [each.pool.choices.get(source) for each in self._populations.values()]
            values = list(dict.fromkeys(value for choice in choices if choice for value in choice.values))
        if not values:
            return None
        native = _NATIVE.get(source, pa.string())
        array = text_array([str(value) for value in values]).cast(native)
        return _Vocabulary({value: place for place, value in enumerate(values)}, array)

    def _type(self, field: Field) -> pa.DataType:
        if field.source == CONSTANT:
            return _constant_type(field.value)
        vocabulary = self._vocabularies[field.source]
        if vocabulary is None or vocabulary.values.type != pa.string():
            return _NATIVE.get(field.source, pa.string())
        return pa.dictionary(_index_type(len(vocabulary.values)), pa.string())

    def dictionaries(self) -> Iterator[pa.Array]:
        """Yield an array without rows for each field of the schema, with the whole of its dictionary."""
        for field, kind in zip(self._fields, self.schema.types, strict=True):
            vocabulary = self._vocabularies[field.source]
            if pa.types.is_dictionary(kind) and vocabulary is not None:
                yield pa.DictionaryArray.from_arrays(pa.nulls(0, kind.index_type), vocabulary.values)
            else:
                yield pa.nulls(0, kind)

    def render(self, config: Config, batch: Batch) -> Iterator[Column]:
        """Yield the columns of a batch, in the order of the schema."""
        users = self._populations[population(config)]
        distinct = number_array(batch.user).dictionary_encode()
        people, place = users.people(numbers_of(distinct.dictionary)), numbers_of(distinct.indices)
        # numpy takes by int64 alone, and would convert the places for each field anew.
        taken = place.astype(np.int64)
        pages = np.array(
            [self._pages[page] for page in batch.pages], _index_type(len(self._pages)).to_pandas_dtype()
        )
        for field in self._fields:
            source, vocabulary = field.source, self._vocabularies[field.source]
            if source in _PAGES and vocabulary:
                yield Column(pages[batch.page], vocabulary.values)
            elif source == "event_type" and vocabulary:
                yield Column(np.zeros(len(batch), np.int8), vocabulary.values)
            elif vocabulary is not None:
                yield Column(users.index(source, vocabulary, people).take(taken), vocabulary.values)
            elif source in OWN_SOURCES and source not in _NATIVE:
                yield Column(place, people.strings(source))
            else:
                yield Column(None, self._rows_own(field, batch))

    def _rows_own(self, field: Field, batch: Batch) -> pa.Array:
        """Return what each row has for itself."""
        source = field.source
        if source == "event_timestamp":
            return number_array(batch.timestamp)
        if source == "user_number":
            return number_array(batch.user.astype(np.int64))
        if source == "session_step":
            return number_array(session_steps(batch, self._parameters).astype(np.int32))
        if source == CONSTANT:
            return pa.repeat(pa.scalar(field.value, _constant_type(field.value)), len(batch))
        words = event_id_words if source == "event_id" else session_id_words
        return fixed_array(uuid_text(words(batch, self._parameters))).cast(pa.string())


def _index_type(count: int) -> pa.DataType:
    return pa.int8() if count <= 1 << 7 else pa.int16() if count <= 1 << 15 else pa.int32()


def _may_be_null(field: Field) -> bool:
    # Where nothing can be null, a Parquet file need not say of each value that it is not.
    return field.source == CONSTANT and field.value is None


def _constant_type(value: Constant) -> pa.DataType:
    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    return kinds.get(type(value), pa.string())
