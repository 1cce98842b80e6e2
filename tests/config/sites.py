"""Texts of configs, and what is said about them."""

from pathlib import Path

import pytest

from fakeweb_tui.config import Config, ConfigError, parse_config

DEFAULT = (Path(__file__).parents[2] / "fakeweb_tui" / "default.yml").read_text(encoding="utf-8")

SUM = "the probabilities of a row sum to 1"

SMALL = """\
# A site of two pages.
pages:
  home: {home: 0.5, shop: 0.25, session_end: 0.25}   # the entrance
  shop:
    shop: 0.50 # stays
    session_end: 0.5
landing_pages: {home: 1}
x-notes: &notes
  - {a: 1, b: [~, 2020-01-01, "text"]} # ours to keep
x-more: *notes
visits_per_hour: {0: 0.5, 1: 0.5, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 9: 0, 10: 0, 11: 0,
  12: 0, 13: 0, 14: 0, 15: 0, 16: 0, 17: 0, 18: 0, 19: 0, 20: 0, 21: 0, 22: 0, 23: 0}
operating_systems: {Linux: 1.0}
browsers: {Firefox: 1.0}
marketing_sources: {a: 1.0}
marketing_mediums: {b: 1.0}
campaigns: {c: 1.0}
ads: {d: 1.0}
"""


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "f")
    return str(caught.value).splitlines()


def changed(old: str, new: str, text: str = DEFAULT) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def with_values(config: Config, path: tuple[str, ...], **values: float) -> Config:
    return config.with_row(path, {**config.row(path), **values})
