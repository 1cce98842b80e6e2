"""Writing a config back, and files of configs."""

import math
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import (
    BROWSERS,
    OPERATING_SYSTEMS,
    SESSION_END,
    Config,
    ConfigError,
    load_config,
    normalised,
    parse_config,
    render_config,
    save_config,
)
from fakeweb_tui.config.document import Document
from fakeweb_tui.config.rules import HOURS

from .sites import DEFAULT, SMALL, changed, with_values

# Writing


def test_what_is_unchanged_is_written_as_it_was() -> None:
    for text in (SMALL, DEFAULT, "\ufeff" + SMALL.replace("\n", "\r\n")):
        config = parse_config(text, "f")
        assert render_config(config) == text
        assert render_config(config.with_row(("ads",), config.ads)) == text


def test_only_changed_values_are_replaced() -> None:
    config = parse_config(SMALL, "f")
    config = with_values(config, ("pages", "home"), home=0.25, shop=0.4999999, session_end=0.2500001)
    config = with_values(config, ("pages", "shop"), shop=1 - 1e-7, session_end=1e-7)
    config = with_values(config, ("visits_per_hour",), **{"1": 0.4, "23": 0.1})
    config = config.with_row(("ads",), {"d": 0.75, "new: #1": 0.25})
    expected = SMALL
    for old, new in [
        ("{home: 0.5, shop: 0.25, session_end: 0.25}", "{home: 0.25, shop: 0.4999999, session_end: 0.2500001}"),
        ("shop: 0.50 # stays\n    session_end: 0.5", "shop: 0.9999999 # stays\n    session_end: 1.0e-07"),
        ("1: 0.5,", "1: 0.4,"),
        ("23: 0}", "23: 0.1}"),
        ("ads: {d: 1.0}", "ads: {d: 0.75, 'new: #1': 0.25}"),
    ]:
        expected = changed(old, new, expected)
    assert render_config(config) == expected


def test_decimals_stay_decimals_where_normalising_moves_them() -> None:
    row = {"google": 0.29, "facebook": 0.58, "bing": 0.11, "instagram": 0.02, "mailchimp": 0.0}
    assert math.fsum(row.values()) == 0.9999999999999999
    config = load_config().with_row(("sources",), row)
    assert config.sources != row
    written = render_config(config)
    assert yaml.safe_load(written)["utm_sources"] == row
    assert parse_config(written, "f") == config


def test_a_value_written_once_for_two_rows_is_written_anew() -> None:
    text = changed("campaigns: {c: 1.0}\nads: {d: 1.0}", "campaigns: &both {c: 0.5, d: 0.5}\nads: *both", SMALL)
    config = with_values(parse_config(text, "f"), ("ads",), c=0.25, d=0.75)
    written = render_config(config)
    data = yaml.safe_load(written)
    assert data["campaigns"] == {"c": 0.5, "d": 0.5}
    assert data["ads"] == {"c": 0.25, "d": 0.75}
    assert data["x-notes"] == data["x-more"] == yaml.safe_load(SMALL)["x-notes"]
    assert list(data) == list(yaml.safe_load(text))
    assert parse_config(written, "f") == config


def test_a_value_shared_with_a_key_that_is_not_ours_leaves_that_alone() -> None:
    text = changed("x-more: *notes", "x-more: &row {d: 0.5, e: 0.5}", changed("ads: {d: 1.0}", "ads: *row", SMALL))
    config = with_values(parse_config(text, "f"), ("ads",), d=0.25, e=0.75)
    data = yaml.safe_load(render_config(config))
    assert data["x-more"] == {"d": 0.5, "e": 0.5}
    assert data["ads"] == {"d": 0.25, "e": 0.75}


def test_a_name_that_is_gone_is_not_written() -> None:
    config = load_config().with_row(("ads",), {"ad_3": 1.0})
    written = render_config(config)
    assert yaml.safe_load(written)["ads"] == {"ad_3": 1.0}
    assert yaml.safe_load(written)["visits_per_hour"] == yaml.safe_load(DEFAULT)["visits_per_hour"]
    assert parse_config(written, "f") == config


def test_a_config_without_a_usable_document_is_written_whole() -> None:
    config = replace(load_config(), document=Document("", "f"))
    assert parse_config(render_config(config), "f") == load_config()
    with pytest.raises(ValueError, match="no text that reads as"):
        render_config(replace(config, ads={"a": 0.5}))


names = st.one_of(
    st.sampled_from(
        ["404", "on", "~", "null", "<<", "a: b", "# no", "&a", "'", '"', "[x]", "😀", "\x1b[0m", "0x1", "=", "? "]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
).filter(lambda name: name != SESSION_END)


def shares(known: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, float]]:
    weights = st.dictionaries(known, st.floats(1e-9, 1), min_size=1, max_size=6)
    return weights.map(normalised)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    pages = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    row = shares(st.sampled_from(pages))
    hours = normalised({hour: draw(st.floats(0.001, 1)) for hour in HOURS})
    return Config(
        pages={page: normalised({**draw(row), SESSION_END: draw(st.floats(0.001, 1))}) for page in pages},
        landing_pages=normalised({page: draw(st.floats(0.001, 1)) for page in pages}),
        visits_per_hour=tuple(hours.values()),
        operating_systems=draw(shares(st.sampled_from(OPERATING_SYSTEMS))),
        browsers=draw(shares(st.sampled_from(BROWSERS))),
        sources=draw(shares(names)),
        mediums=draw(shares(names)),
        campaigns=draw(shares(names)),
        ads=draw(shares(names)),
        document=Document("", "f"),
    )


@settings(deadline=None, max_examples=50)
@given(configs())
def test_any_config_reads_as_what_was_written(config: Config) -> None:
    text = render_config(config)
    read = parse_config(text, "f")
    assert read == config
    assert render_config(read) == text
    assert pickle.loads(pickle.dumps(read)) == config
    assert {str(hour) for hour in yaml.safe_load(text)["visits_per_hour"]} == set(HOURS)


@settings(deadline=None, max_examples=50)
@given(configs(), st.data())
def test_any_edit_of_any_config_is_written(config: Config, data: st.DataObject) -> None:
    read = parse_config("# mine\n" + render_config(config) + "x: [1, {y: z}] # mine too\n", "f")
    path = data.draw(st.sampled_from(read.paths))
    row = dict(read.row(path))
    for name in row:
        row[name] = data.draw(st.floats(1e-12, 1))
    edited = read.with_row(path, normalised(row))
    text = render_config(edited)
    assert parse_config(text, "f") == edited
    assert text.startswith("# mine\n")
    assert text.endswith("x: [1, {y: z}] # mine too\n")


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_edits_keep_comments_and_keys_that_are_not_ours(data: st.DataObject) -> None:
    config = parse_config(SMALL, "f")
    for path in data.draw(st.lists(st.sampled_from(config.paths), min_size=1, max_size=4)):
        row = {name: data.draw(st.floats(0.001, 1)) for name in config.row(path)}
        if path[0] in ("ads", "campaigns") and data.draw(st.booleans()):
            row[data.draw(names)] = 0.5
        config = config.with_row(path, normalised(row))
    text = render_config(config)
    assert parse_config(text, "f") == config
    for kept in (
        "# A site of two pages.",
        "# the entrance",
        "# stays",
        "# ours to keep",
        '[~, 2020-01-01, "text"]',
    ):
        assert kept in text
    assert yaml.safe_load(text)["x-more"] == yaml.safe_load(SMALL)["x-more"]


# Files


def test_which_file_is_loaded(here: Path) -> None:
    assert load_config() == parse_config(DEFAULT, "f")
    assert load_config().document.name == "built-in site"
    (here / "config.yml").write_text(SMALL)
    assert load_config().page_names == ("home", "shop")
    assert load_config().document.name == "config.yml"
    other = here / "other"
    other.mkdir()
    assert load_config(directory=other) == parse_config(DEFAULT, "f")
    assert load_config(directory=here) == parse_config(SMALL, "f")
    (other / "mine.yml").write_text(DEFAULT)
    for path in (other / "mine.yml", "other/mine.yml"):
        assert load_config(path) == parse_config(DEFAULT, "f")
        assert load_config(path).document.name == str(path)


def test_files_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.yml").mkdir()
    for path, directory in [(None, tmp_path), (tmp_path / "config.yml", None)]:
        with pytest.raises(ConfigError) as caught:
            load_config(path, directory)
        assert str(caught.value) == f"{tmp_path}/config.yml:1:1: is not a file: give the path of a YAML file"
    with pytest.raises(ConfigError, match=r"^none\.yml:1:1: cannot be read \(No such file or directory\)"):
        load_config("none.yml")


def test_a_link_to_nowhere_does_not_give_the_default(tmp_path: Path) -> None:
    (tmp_path / "config.yml").symlink_to("nowhere")
    with pytest.raises(ConfigError, match="No such file"):
        load_config(directory=tmp_path)


def test_saving_and_loading(tmp_path: Path) -> None:
    path = tmp_path / "my.yml"
    config = with_values(
        parse_config("\ufeff" + SMALL.replace("\n", "\r\n"), "f"), ("visits_per_hour",), **{"0": 0.4, "5": 0.1}
    )
    save_config(config, path)
    assert load_config(path) == config
    assert path.read_bytes() == render_config(config).encode()
    with pytest.raises(FileExistsError):
        save_config(load_config(), path)
    assert load_config(path) == config
    save_config(load_config(), str(path), overwrite=True)
    assert path.read_text() == DEFAULT
    assert [entry.name for entry in tmp_path.iterdir()] == ["my.yml"]


def test_nothing_is_written_for_a_config_that_has_no_text(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no text"):
        save_config(replace(load_config(), ads={"a": 0.5}), tmp_path / "a.yml")
    assert list(tmp_path.iterdir()) == []
