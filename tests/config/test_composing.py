"""From text to nodes: what is refused, and that libyaml gives the nodes that PyYAML gives."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from yaml.nodes import CollectionNode, Node, ScalarNode, SequenceNode

from fakeweb_tui.config.composing import MAX_DEPTH, MAX_VALUES, compose
from fakeweb_tui.config.document import Document, read_document
from fakeweb_tui.config.files import MAX_BYTES
from fakeweb_tui.config.problems import ConfigError

from .sites import DEFAULT


def read(data: str | bytes) -> list[str]:
    """Return the problems of a text, or nothing if it is a mapping in YAML."""
    try:
        compose(read_document(data, "f"))
    except ConfigError as error:
        return str(error).splitlines()
    return []


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


REFUSED = {
    "empty": ("", "f:1:1: is empty"),
    "comment only": ("# nothing here\n", "f:1:1: is empty"),
    "null": ("---\n~\n", "f:1:1: is empty"),
    "word": ("\nhello", "f:2:1: holds the value 'hello'"),
    "list": ("- a\n- b\n", "f:1:1: holds a list"),
    "set": ("!!set {a, b}", "f:1:1: holds a mapping"),
    "open quote": ('a: 1\nb: "', "f:2:5: not YAML: while scanning a quoted scalar"),
    "open bracket": ("a: [1", "f:1:6: not YAML: while parsing a flow sequence"),
    "tab": ("a:\n\tb: 1", "f:2:1: not YAML: while scanning for the next token"),
    "two documents": ("a: 1\n---\nb: 1\n", "f:2:1: a second document starts here"),
    "escape beyond Unicode": ('a: "\\UFFFFFFFF"', "f:1:7: not YAML: an escape or a number out of range"),
    "version of 5000 digits": (f"%YAML 1.{'9' * 5000}\n---\na: 1", "f:1:9: not YAML: "),
    "unknown alias": ("a: *b", "f:1:4: not YAML: found undefined alias 'b'"),
    "alias in itself": ("a: &a [1, *a]", "f:1:11: alias '*a' contains itself"),
    "Python tag": (
        "a: 1\nb: !!python/object:os.x {}",
        "f:2:4: tag 'tag:yaml.org,2002:python/object:os.x' is not",
    ),
    "own tag": ("a: !mine 1", "f:1:4: tag '!mine' is not read"),
    "NUL": ("a: 1\nb: \0", r"f:2:4: control character \x00 cannot stand in YAML"),
    "escape character": ("a: 'é\x1b[2J'", r"f:1:6: control character \x1b cannot"),
    "control character after a byte order mark": ("\ufeffa\x07", r"f:1:2: control character \x07 cannot"),
    "lone surrogate": ("a: \ud800", r"f:1:4: control character \ud800 cannot"),
    "Latin-1": ("a: 1\nbé: ü".encode("latin-1"), "f:2:2: byte 0xe9 is not UTF-8"),
    "UTF-16": ("a: 1".encode("utf-16"), "f:1:1: byte 0xff is not UTF-8"),
    "invalid after a byte order mark": (b"\xef\xbb\xbfab\xff", "f:1:3: byte 0xff is not UTF-8"),
    "too long": ("#" * (MAX_BYTES + 1), "f:1:1: is longer than 1,048,576 bytes"),
    "too long in bytes": ("#" + "é" * (MAX_BYTES // 2), "f:1:1: is longer than 1,048,576 bytes"),
    "billion laughs": (bomb(9), "f:6:15: more than 200,000 values"),
    "many values": ("a: [" + "1," * MAX_VALUES + "]", "f:1:399999: more than 200,000 values"),
    "nested lists": ("[" * 100_000, f"f:1:{MAX_DEPTH + 1}: nested more than 64 deep"),
    "nested mappings": ("{a: " * 100_000, f"f:1:{4 * MAX_DEPTH + 1}: nested more than 64 deep"),
    "nested block lists": ("- " * 100_000, f"f:1:{2 * MAX_DEPTH + 1}: nested more than 64 deep"),
    "nested keys": ("? " * 100_000, f"f:1:{2 * MAX_DEPTH + 1}: nested more than 64 deep"),
}


@pytest.mark.parametrize(("text", "start"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_has_one_problem_at_its_position(text: str | bytes, start: str) -> None:
    problems = read(text)
    assert len(problems) == 1
    assert problems[0].startswith(start)


def test_several_tags_and_control_characters_are_all_listed() -> None:
    assert [line[:6] for line in read("a: !x 1\nb: !y 2")] == ["f:1:4:", "f:2:4:"]
    assert [line[:6] for line in read("a: \0\nb: \x01")] == ["f:1:4:", "f:2:4:"]


def test_limits_are_inclusive() -> None:
    deepest = MAX_DEPTH - 1
    assert read("a: " + "[" * deepest + "]" * deepest) == []
    assert read("a: " + "[" * (deepest + 1) + "]" * (deepest + 1)) != []
    text = "a: 1 #"
    assert read(text + "x" * (MAX_BYTES - len(text))) == []
    assert read(bomb(5)) == []


def test_yaml_that_is_accepted() -> None:
    for text in (
        "\ufeffa: 1",
        "a: 1\r\nb: 2\r\n",
        "%YAML 1.1\n---\na: 1\n...\n",
        "a: !!binary aGk=",
        "? [x]\n: 1",
    ):
        assert read(text) == []
        assert read(text.encode()) == []


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary(), st.text(alphabet="[]{}:,-?&*!|>'\"%#\n\t \\~<ab01."), st.text("-[{? &a")))
@example("a: !<%ff> x")
@example('"\\xfg": 1')
@example("? ")
@example("%TAG ! tag:\n---\n!x {}")
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    for line in read(text):
        assert line.startswith("f:")
        assert line.isprintable()


# The same nodes, fast or exact

WORDS = ("a", "b c", "home", "0.5", "1e3", "~", "<<: ", "é", "🛒", "'x'", '"y"', "'", '"', "\\", "# c", "#")
SPACES = (" ", "  ", "\n", "\n  ", "\n    ", "\n\n", "\r\n", "\x85", "\u2028", "\t", "\ufeff")
SIGNS = (
    *(": ", ":", "- ", "-", "{", "}", "[", "]", ", ", ",", "? ", "?"),
    *("&a ", "*a", "!!str ", "| \n", ">-\n", "%", "@", "`", "---\n"),
)
PIECES = st.sampled_from((*WORDS, *SPACES, *SIGNS))
"""What YAML has a meaning for, and what it has none for."""


def tree(node: Node) -> Any:
    """All that is said of a node and of those below it, but for the line and column of what is empty."""
    start, end = ((mark.index, mark.line, mark.column) for mark in (node.start_mark, node.end_mark))
    if isinstance(node, ScalarNode):
        empty = not (node.value or node.style)
        return node.tag, node.value, node.style or None, *((start[0], end[0]) if empty else (start, end))
    assert isinstance(node, CollectionNode)
    below = node.value if isinstance(node, SequenceNode) else [part for pair in node.value for part in pair]
    return node.tag, bool(node.flow_style), start, end[0], [tree(part) for part in below]


def assert_same_nodes(text: str) -> None:
    document = Document(text, "f")
    try:
        fast = compose(document)
    except ConfigError:
        with pytest.raises(ConfigError):
            compose(document, exact=True)
    else:
        assert tree(fast) == tree(compose(document, exact=True))


@settings(max_examples=1000)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("{a?}")
@example("[? ,]: 1")
@example("a:\t1")
def test_any_text_gives_the_same_nodes(text: str) -> None:
    assert_same_nodes(text)


@given(st.integers(50, 400), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), PIECES), max_size=4))
def test_a_damaged_config_gives_the_same_nodes(length: int, damages: list[tuple[int, int, str]]) -> None:
    text = DEFAULT[:length]
    for start, cut, piece in damages:
        text = text[:start] + piece + text[start + cut :]
    assert_same_nodes(text)


def test_without_libyaml_all_is_read_by_pyyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = tree(compose(Document(DEFAULT, "f")))
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert tree(compose(Document(DEFAULT, "f"))) == fast
