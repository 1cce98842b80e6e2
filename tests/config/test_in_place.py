"""Saving what was tuned: values, names, pages and parameters change where they stand, and all else stays."""

from collections.abc import Callable
from functools import partial
from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.config import Config, ConfigError, parse_config, render_config
from fakeweb_tui.tuning.structure import add_name, add_page, remove_name, remove_page, rename_name, rename_page

REST = """
operating_systems: {Windows: 1.0}
utm_sources:
  google: 0.5
  bing: 0.5
ads:
    # of this year
    first: 0.25   # the best one
    second: 0.75

    # of last year
campaigns: {one: 0.5, "two, too": 0.5}
utm_mediums: {cpc: 1}
browsers:
  Chrome: 1
visits_per_hour:
""" + "".join(f"  {hour}: {1.0 if hour == 5 else 0}\n" for hour in range(24))

TEXT = (
    """# Our site
mine: [1, 2]  # not yours
pages:
  # the front page
  home:   # first
    home: 0.5
    shop: 0.25  # browsing
    session_end: 0.25

  # what we sell
  shop: {shop: 0.5, till: 0.25, session_end: 0.25}

  till:  # the end
    till: 0.5
    session_end: 0.5   # of it

landing_pages:
  home: 1.0
"""
    + REST
)


@pytest.fixture
def site() -> Config:
    return parse_config(TEXT, "site.yml")


def rendered(config: Config) -> str:
    text = render_config(config)
    assert parse_config(text, "site.yml") == config
    return text


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_a_new_name(site: Config) -> None:
    new = add_name(site, ("ads",), "third: no", 0.5)
    expected = changed(
        TEXT, ("0.25   # the", "0.125   # the"), ("second: 0.75", "second: 0.375\n    'third: no': 0.5")
    )
    assert rendered(new) == expected
    flow = add_name(site, ("campaigns",), "three", 0.5)
    assert rendered(flow) == changed(
        TEXT, ('{one: 0.5, "two, too": 0.5}', "{one: 0.25, 'two, too': 0.25, three: 0.5}")
    )
    target = add_name(site, ("pages", "home"), "till", 0.5)
    assert "    shop: 0.125  # browsing\n    till: 0.5\n    session_end: 0.125\n" in rendered(target)


def test_a_name_that_goes(site: Config) -> None:
    new = remove_name(site, ("ads",), "second")
    assert rendered(new) == changed(TEXT, ("0.25   # the", "1.0   # the"), ("    second: 0.75\n", ""))
    first = remove_name(site, ("ads",), "first")
    assert rendered(first) == changed(TEXT, ("    first: 0.25   # the best one\n", ""), ("0.75", "1.0"))


def test_a_name_that_is_renamed(site: Config) -> None:
    assert rendered(rename_name(site, ("ads",), "first", "yes")) == changed(TEXT, ("first: 0.25", "'yes': 0.25"))


def test_a_page_that_is_renamed(site: Config) -> None:
    expected = changed(
        TEXT,
        (
            "  shop: {shop: 0.5, till: 0.25, session_end: 0.25}",
            "  store: {store: 0.5, till: 0.25, session_end: 0.25}",
        ),
        ("    shop: 0.25  # browsing", "    store: 0.25  # browsing"),
    )
    assert rendered(rename_page(site, "shop", "store")) == expected


def test_a_new_page_stands_where_it_belongs(site: Config) -> None:
    expected = changed(
        TEXT,
        ("    home: 0.5\n    shop: 0.25", "    home: 0.4\n    shop: 0.2"),
        ("    session_end: 0.25\n\n  # what", "    help: 0.2\n    session_end: 0.2\n\n  # what"),
        ("0.25}\n\n  till", "0.25}\n\n  help:\n    help: 0.5\n    session_end: 0.5\n\n  till"),
    )
    assert rendered(add_page(site, "help", ("pages", "home"), 0.2)) == expected


def test_a_page_that_goes(site: Config) -> None:
    text = rendered(remove_page(site, "shop"))
    assert "# Our site\nmine: [1, 2]  # not yours\npages:\n  # the front page\n  home:   # first\n" in text
    assert "  # what we sell\n  till:  # the end\n    till: 0.5\n" in text
    assert "shop" not in text
    goal = rendered(remove_page(site, "till"))
    assert "till" not in goal
    assert "  # what we sell\n  shop: {shop: 0.5, session_end: 0.5}\n" in goal


def test_parameters(site: Config) -> None:
    tuned = site.with_simulation({"sessions_per_day": 2500.5, "user_pool_size": 70})
    text = rendered(tuned)
    assert text == TEXT + "simulation:\n  sessions_per_day: 2500.5\n  user_pool_size: 70\n"
    commented = text.replace("user_pool_size: 70", "user_pool_size: 70  # few")
    again = parse_config(commented, "site.yml")
    assert again.simulation == {"sessions_per_day": 2500.5, "user_pool_size": 70}
    more = again.with_simulation({"sessions_per_day": 9.0, "user_pool_size": 70, "batch_size": 5.0})
    assert rendered(more) == changed(commented, ("2500.5", "9"), ("# few\n", "# few\n  batch_size: 5\n"))
    assert rendered(again.with_simulation({"sessions_per_day": 2500.5})).endswith("  sessions_per_day: 2500.5\n")
    # Where the text cannot be edited, it is written anew, with all that the config says.
    flow = parse_config("{" + ", ".join(f"{key}: {value}" for key, value in _flow(site).items()) + "}", "site.yml")
    assert parse_config(render_config(flow.with_simulation({"batch_size": 7.5})), "f").simulation == {
        "batch_size": 7.5
    }


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        pytest.param(indent(TEXT, "  "), "  ", "", id="indented"),
        pytest.param(f"--- # ours\n{TEXT}# that was it\n...\n# no more\n", "", "...\n# no more\n", id="ended"),
        pytest.param(f"---\n{indent(TEXT, '    ')}...\n", "    ", "...\n", id="indented and ended"),
    ],
)
def test_new_parameters_where_the_document_ends(text: str, begin: str, end: str) -> None:
    tuned = parse_config(text, "site.yml").with_simulation({"batch_size": 5.0, "user_pool_size": 70})
    section = indent("simulation:\n  batch_size: 5\n  user_pool_size: 70\n", begin)
    assert rendered(tuned) == text.removesuffix(end) + section + end


def _flow(site: Config) -> dict[str, object]:
    rows = {path[0]: dict(site.row(path)) for path in site.paths if path[0] != "pages"}
    rows["utm_sources"], rows["utm_mediums"] = rows.pop("sources"), rows.pop("mediums")
    hours = rows["visits_per_hour"]
    rows["visits_per_hour"] = {int(hour): share for hour, share in hours.items()}  # type: ignore[misc]
    return {"pages": {page: dict(row) for page, row in site.pages.items()}, **rows}


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ("simulation: 5", "13: the value '5' where 'simulation' belongs: write a mapping of parameters"),
        ("simulation: {user_pool: 5}", "14: unknown parameter 'user_pool': did you mean 'user_pool_size'?"),
        ("simulation: {colour: 5}", "14: unknown parameter 'colour': they are sessions_per_day, user_pool_size"),
        ("simulation: {batch_size: fast}", "26: the value 'fast' where a number belongs: write for instance 10"),
        ("simulation: {batch_size: 0}", "26: the batch size is 0.0: it is 0.1 to 3600 simulated seconds"),
        ("simulation: {user_pool_size: 1.5}", "30: the user pool size is 1.5: it is a whole number"),
        ("simulation: {user_pool_size: .inf}", "30: the user pool size is inf: it is a whole number"),
        ("simulation: {sessions_per_day: -1}", "32: there are -1.0 sessions per day"),
        ("simulation: {sessions_per_day: 1.0e+9, batch_size: 100}", "32: there are 1000000000.0 sessions per day"),
        ("simulation: {batch_size: 5, batch_size: 6}", "29: duplicate key 'batch_size'"),
    ],
)
def test_parameters_that_are_wrong(section: str, problem: str) -> None:
    line = TEXT.count("\n") + 1
    with pytest.raises(ConfigError) as raised:
        parse_config(TEXT + section + "\n", "site.yml")
    assert str(raised.value).startswith(f"site.yml:{line}:{problem}")
    assert len(raised.value.problems) == 1


@given(st.data())
def test_any_edits_are_read_back(data: st.DataObject) -> None:
    config = parse_config(TEXT, "site.yml")
    for _ in range(data.draw(st.integers(1, 5))):
        path = data.draw(
            st.sampled_from([*config.paths[: len(config.pages)], ("ads",), ("campaigns",), ("sources",)])
        )
        name = data.draw(st.sampled_from(list(config.row(path))))
        new = data.draw(st.sampled_from(["a", "- b", "#c", "till", "yes", "5", "ä: {", "'"]))
        page = data.draw(st.sampled_from(config.page_names))
        acts: list[Callable[[], Config]] = [
            partial(add_name, config, path, new, 0.25),
            partial(remove_name, config, path, name),
            partial(rename_name, config, path, name, new),
            partial(add_page, config, new, path, 0.25),
            partial(remove_page, config, page),
            partial(rename_page, config, page, new),
        ]
        act = acts[data.draw(st.integers(0, len(acts) - 1))]
        try:
            config = act()
        except ValueError:
            continue
    assert "mine: " in rendered(config)
