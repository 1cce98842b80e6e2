"""Reading YAML with positions, and writing it back."""

import math
import os
import stat
from pathlib import Path

import pytest
import ruamel.yaml
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from yaml.nodes import MappingNode, Node

from fakeweb_tui.config.composing import compose
from fakeweb_tui.config.document import (
    Document,
    entries,
    find_duplicates,
    number,
    number_text,
    shared_nodes,
)
from fakeweb_tui.config.files import MAX_BYTES, read_file, write_file
from fakeweb_tui.config.problems import ConfigError, Problem, Problems, escaped, shown


def value(text: str) -> Node:
    node: Node = compose(Document(f"a: {text}", "f")).value[0][1]
    return node


def test_problem_shows_escaped_file_and_message() -> None:
    problem = Problem("a\x1b\udcff\n.yml", 3, 4, "is wrong")
    assert str(problem) == r"a\x1b\udcff\n.yml:3:4: is wrong"
    assert str(ConfigError([problem, Problem("b", 1, 2, "x")])).splitlines()[1] == "b:1:2: x"


def test_problems_are_sorted_and_counted_once() -> None:
    root = compose(Document("a: 1\nb: 2", "f"))
    (first, _), (second, _) = root.value
    problems = Problems("f")
    problems.add(second, "y")
    problems.add(first, "x")
    problems.add(second, "y")
    with pytest.raises(ConfigError) as caught:
        problems.raise_if_any()
    assert caught.value.problems == (Problem("f", 1, 1, "x"), Problem("f", 2, 1, "y"))


def test_text_in_messages_is_quoted_escaped_and_cut() -> None:
    assert shown("a\x1b[31m😀") == r"'a\x1b[31m😀'"
    assert shown("\u202eabc") == r"'\u202eabc'"
    assert shown("x" * 100) == repr("x" * 30 + "…" + "x" * 29)
    assert escaped("é\u2028") == r"é\u2028"


def test_duplicates_are_found_at_any_depth() -> None:
    problems = Problems("f")
    find_duplicates(compose(Document("a: {b: 1, b: 2}\nc: [{d: 1, 'd': 1}]\na: 1\n1: x\n'1': y", "f")), problems)
    with pytest.raises(ConfigError) as caught:
        problems.raise_if_any()
    assert str(caught.value).splitlines() == [
        "f:1:11: duplicate key 'b', first in line 1: keep one of the two",
        "f:2:12: duplicate key 'd', first in line 2: keep one of the two",
        "f:3:1: duplicate key 'a', first in line 1: keep one of the two",
    ]


MERGES = """
one: &one {a: 1, bb: 2}
two: &two {bb: 3, c: 4}
plain: {x: 1, y: 2}
single: {<<: *one, d: 5}
own: {d: 5, <<: *one, a: 0}
several: {d: 5, <<: [*one, *two]}
nested: {<<: {<<: *one, bb: 9}, c: 7}
"""


# Worked out by https://yaml.org/type/merge.html: a mapping's own keys win, then those of the mapping named first.
# PyYAML is no judge of it: 6.0.4 compares keys by where they lie in memory, so it mistakes some of `several`
# and, with keys of one character, of `nested`.
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("plain", {"x": 1, "y": 2}),
        ("single", {"a": 1, "bb": 2, "d": 5}),
        ("own", {"a": 0, "bb": 2, "d": 5}),
        ("several", {"a": 1, "bb": 2, "c": 4, "d": 5}),
        ("nested", {"a": 1, "bb": 9, "c": 7}),
    ],
)
def test_merge_keys_read_as_yaml_says(key: str, expected: dict[str, float]) -> None:
    root = compose(Document(MERGES, "f"))
    assert merged(root, key) == expected


def merged(root: MappingNode, name: str) -> dict[str, float | None]:
    node = next(value for key, value in root.value if key.value == name)
    problems = Problems("f")
    got = {key.value: number(value) for key, value in entries(node, problems)}
    assert len(problems) == 0
    return got


ROWS = st.dictionaries(st.sampled_from(["a", "b", "key", "other"]), st.integers(0, 9), max_size=3)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(ROWS, st.sets(st.integers(0, 4))), min_size=1, max_size=5))
def test_merge_keys_read_as_another_reader_reads_them(rows: list[tuple[dict[str, int], set[int]]]) -> None:
    lines = []
    for index, (row, merges) in enumerate(rows):
        sources = [f"*r{merge}" for merge in sorted(merges, reverse=True) if merge < index]
        pairs = [f"{key}: {value}" for key, value in row.items()]
        if sources:
            pairs.insert(len(pairs) // 2, f"<<: [{', '.join(sources)}]")
        lines.append(f"r{index}: &r{index} {{{', '.join(pairs)}}}")
    text = "\n".join(lines)
    root = compose(Document(text, "f"))
    expected = ruamel.yaml.YAML(typ="safe", pure=True).load(text)
    assert {f"r{index}": merged(root, f"r{index}") for index in range(len(rows))} == expected


def test_merging_no_mapping_is_a_problem() -> None:
    problems = Problems("f")
    assert entries(compose(Document("a: 1\n<<: 5\n", "f")), problems)[0][0].value == "a"
    with pytest.raises(ConfigError, match=r"^f:2:1: << merges the value '5': it takes a mapping or a list"):
        problems.raise_if_any()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("0.25", 0.25),
        (".5", 0.5),
        ("1.0e-07", 1e-7),
        ("0x1", 1.0),
        ("1_0", 10.0),
        ("1:30", 90.0),
        ("!!float '0.5'", 0.5),
        ("-.inf", -math.inf),
        ("1e-3", None),
        ("'0.5'", None),
        ("yes", None),
        ("", None),
        ("[1]", None),
        ("!!int ''", None),
        ("!!float abc", None),
        ("0b_", None),
        ("9" * 390, None),
        ("1" + ":30" * 300_000, None),
        ("!!float {}", None),
    ],
    ids=lambda text: str(text)[:20],
)
def test_numbers_are_those_of_yaml(text: str, expected: float | None) -> None:
    assert number(value(text)) == expected


def test_nan_is_a_number_to_yaml() -> None:
    got = number(value(".nan"))
    assert got is not None
    assert math.isnan(got)


@given(st.floats(0, 1))
@example(1e-7)
@example(5e-324)
@example(1.5e-10)
def test_written_numbers_read_as_the_same_float(probability: float) -> None:
    read_back = yaml.safe_load(number_text(probability))
    assert type(read_back) is float
    assert read_back == probability


def test_number_text_is_short_and_finite() -> None:
    assert [number_text(x) for x in (0.1, 1, 1e-7, 2.5e-9)] == ["0.1", "1.0", "1.0e-07", "2.5e-09"]
    with pytest.raises(ValueError, match="nan has no place"):
        number_text(math.nan)


def test_edits_leave_the_rest_alone() -> None:
    document = Document("ab: 1 # x\ncd: 2\n", "f")
    assert document.edited([(14, 15, "9.0"), (4, 5, ""), (15, 15, "!")]) == "ab:  # x\ncd: 9.0!\n"
    assert document.edited([]) == document.text


def test_shared_nodes_are_those_used_twice() -> None:
    root = compose(Document("a: &x {b: 1}\nc: *x\nd: 2\n", "f"))
    (_, first), (_, second), (key, last) = root.value
    assert first is second
    shared = shared_nodes(root)
    assert {id(first), id(first.value[0][0]), id(first.value[0][1])} == shared
    assert not shared & {id(root), id(key), id(last)}


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, wrong in {
        "missing.yml": "f:1:1: cannot be read (No such file or directory): give",
        ".": "f:1:1: is not a file: give",
        "pipe": "f:1:1: is not a file: give",
        "\0": "f:1:1: cannot be read (embedded null byte): give",
        "x" * 300: "f:1:1: cannot be read (File name too long): give",
    }.items():
        with pytest.raises(ConfigError) as caught:
            read_file(tmp_path / name, "f")
        assert str(caught.value).startswith(wrong)


def test_only_what_the_limit_allows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"#" * (MAX_BYTES * 2))
    assert len(read_file(path, "f")) == MAX_BYTES + 1


def test_writing_creates_and_refuses_and_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    write_file(path, "é\r\nx", overwrite=False)
    assert path.read_bytes() == "é\r\nx".encode()
    with pytest.raises(FileExistsError):
        write_file(path, "no", overwrite=False)
    assert path.read_bytes() == "é\r\nx".encode()
    path.chmod(0o640)
    write_file(path, "new", overwrite=True)
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.yml"]


def test_a_new_file_gets_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_file(tmp_path / "new", "x", overwrite=False)
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link", "new", overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_folder_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_file(tmp_path, "x", overwrite=True)
    with pytest.raises(FileExistsError):
        write_file(tmp_path, "x", overwrite=False)
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "no" / "a.yml", "x", overwrite=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("failing", ["os.fsync", "pathlib.Path.replace"])
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, overwrite: bool
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    kept = tmp_path / "kept.yml"
    kept.write_text("old")
    path = kept if overwrite else tmp_path / "new.yml"
    monkeypatch.setattr(failing, fail)
    monkeypatch.setattr("pathlib.Path.hardlink_to", fail)
    with pytest.raises(OSError, match="No space left"):
        write_file(path, "new", overwrite=overwrite)
    assert list(tmp_path.iterdir()) == [kept]
    assert kept.read_text() == "old"


def test_a_file_made_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yml"
    monkeypatch.setattr("os.path.lexists", lambda _: False)
    path.write_text("theirs")
    with pytest.raises(FileExistsError):
        write_file(path, "mine", overwrite=False)
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_without_links_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.hardlink_to", fail)
    write_file(tmp_path / "a.yml", "x", overwrite=False)
    assert (tmp_path / "a.yml").read_text() == "x"
    assert len(list(tmp_path.iterdir())) == 1
