"""From a document to its nodes, safely: nothing is constructed, and a file that holds too much is refused."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, NoReturn

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, ScalarNode
from yaml.resolver import Resolver

from fakeweb_tui.config.document import TAG, Document, is_mapping, kind
from fakeweb_tui.config.problems import ConfigError, Problems, escaped, refuse, shown

if yaml.__with_libyaml__:
    from yaml._yaml import CParser
else:
    from yaml.parser import Parser as CParser  # type: ignore[assignment]  # nobody calls it

MAX_DEPTH = 64
MAX_VALUES = 200_000
"""Keys and values of a file, every alias counted as what it stands for."""
_READ_OTHERWISE = re.compile("[\t?\ufeff]")
"""What libyaml counts, or takes, other than PyYAML's own scanner does."""
# PyYAML lets Python's own errors through, for instance for the escape "\UFFFFFFFF".
_FAULTS = (yaml.YAMLError, ArithmeticError, LookupError, ValueError)


def _refuse_at(name: str, mark: yaml.Mark, message: str) -> NoReturn:
    refuse(name, message, mark.line + 1, mark.column + 1)


class _Watch:
    """A loader's part that looks at each event before a node is made of it.

    The composer recurses and shares aliased nodes, so depth and expanded size are counted here, where
    both are still numbers.
    """

    def __init__(self, document: Document) -> None:
        self.problems = Problems(document.name)
        self._name = document.name
        self._documents = 0
        self._values = 0
        self._open: list[tuple[str | None, int]] = []
        self._sizes: dict[str, int] = {}

    def get_event(self) -> Any:
        """Return the next event, or refuse the file because of it."""
        event = super().get_event()  # type: ignore[misc]
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(event, "a second document starts here: a config is one document")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self._open.pop()
            self._close(anchor, before)
        elif isinstance(event, yaml.NodeEvent):
            self._watch(event)
        return event

    def _refuse(self, event: Any, message: str) -> NoReturn:
        _refuse_at(self._name, event.start_mark, message)

    def _close(self, anchor: str | None, before: int) -> None:
        if anchor is not None:
            self._sizes[anchor] = self._values - before

    def _watch(self, event: yaml.NodeEvent) -> None:
        before = self._values
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in self._open):
                self._refuse(event, f"alias {shown('*' + str(event.anchor))} contains itself: write it out")
            self._values += self._sizes.get(str(event.anchor), 0)
        else:
            self._values += 1
            self._check_tag(event)
        if self._values > MAX_VALUES:
            self._refuse(event, f"more than {MAX_VALUES:,} values, aliases written out: a config has fewer")
        if isinstance(event, yaml.CollectionStartEvent):
            self._open.append((event.anchor, before))
            if len(self._open) > MAX_DEPTH:
                self._refuse(event, f"nested more than {MAX_DEPTH} deep: a config needs 3 levels")
        elif isinstance(event, yaml.ScalarEvent):
            self._close(event.anchor, before)

    def _check_tag(self, event: Any) -> None:
        if event.tag not in (None, "!") and event.tag not in SafeConstructor.yaml_constructors:
            self.problems.add(event.start_mark, f"tag {shown(event.tag)} is not read: write plain values")


class _Loader(_Watch, yaml.SafeLoader):
    """All of it by PyYAML: slow, with every place exact."""

    def __init__(self, document: Document) -> None:
        yaml.SafeLoader.__init__(self, document.text)
        _Watch.__init__(self, document)


class _FastLoader(_Watch, Composer, CParser, SafeConstructor, Resolver):
    """Events by libyaml, in a fifth of the time. The marks are the same, but for those of what is empty."""

    def __init__(self, document: Document) -> None:
        CParser.__init__(self, document.text)
        Composer.__init__(self)
        Resolver.__init__(self)
        _Watch.__init__(self, document)


def compose(document: Document, *, exact: bool = False) -> MappingNode:
    """Return the mapping that a document holds, as nodes with marks.

    Aliased nodes are shared; the number of visits of a full walk is at most MAX_VALUES. ConfigError is
    raised for anything else than one YAML mapping, for tags that are not YAML's own and for bombs.

    Args:
        document: the text.
        exact: whether line and column matter of empty values, and of where a block ends; it takes far longer.
    """
    if not exact and yaml.__with_libyaml__ and not _READ_OTHERWISE.search(document.text):
        # What it refuses is read again, to say exactly where and why.
        with suppress(ConfigError, *_FAULTS):
            return _root(_FastLoader(document), document)
    loader = _Loader(document)
    try:
        return _root(loader, document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark or loader.get_mark()
        details = ", ".join(filter(None, (error.context, error.problem)))
        _refuse_yaml(document, mark, details)
    except _FAULTS:
        _refuse_yaml(document, loader.get_mark(), "an escape or a number out of range")


def _root(loader: _Loader | _FastLoader, document: Document) -> MappingNode:
    root = loader.get_single_node()
    loader.problems.raise_if_any()
    if root is None or (isinstance(root, ScalarNode) and root.tag == TAG + "null"):
        refuse(document.name, "is empty: a config is a mapping of sections, such as pages and browsers")
    if not is_mapping(root):
        wrong = f"holds {kind(root)}: a config is a mapping of sections, such as pages and browsers"
        _refuse_at(document.name, root.start_mark, wrong)
    return root


def _refuse_yaml(document: Document, mark: yaml.Mark, details: str) -> NoReturn:
    wrong = f"not YAML: {escaped(details[:200])}; correct or quote the text here"
    _refuse_at(document.name, mark, wrong)
