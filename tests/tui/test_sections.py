from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.tui.sections import SECTIONS, strip

from .driving import SITE, showing

TITLES = tuple(section.title for section in SECTIONS)


def test_sections_cover_every_row_once() -> None:
    paths = [path for section in SECTIONS for path in section.paths(SITE)]
    assert sorted(paths) == sorted(SITE.paths)


@given(
    st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=12),
    st.data(),
    st.integers(0, 100),
)
def test_a_strip_fits_and_holds_the_chosen_title(titles: list[str], data: st.DataObject, cells: int) -> None:
    chosen = data.draw(st.integers(0, len(titles) - 1))
    shown = strip(tuple(titles), chosen, cells)
    assert chosen in shown
    assert 0 <= shown.start < shown.stop <= len(titles)
    if len(shown) > 1:
        line = " ".join(titles[at] for at in shown)
        assert len("‹ " * (shown.start > 0) + line + " ›" * (shown.stop < len(titles))) <= cells
    if len(" ".join(titles)) <= cells:
        assert len(shown) == len(titles)


def test_a_strip_of_the_sections() -> None:
    assert [TITLES[at] for at in strip(TITLES, 0, 28)] == ["Transitions", "Landing", "Hours"]
    assert [TITLES[at] for at in strip(TITLES, TITLES.index("Ads"), 28)] == ["Mediums", "Campaigns", "Ads"]
    assert [TITLES[at] for at in strip(TITLES, len(TITLES) - 1, 28)] == ["Numbers"]


async def test_what_the_sections_are_about_is_not_cut() -> None:
    async with showing() as show:
        for section in SECTIONS[1:-1]:
            await show.press("]")
            if section.key != "visits_per_hour":
                await show.pilot.pause()
                assert section.about in show.text
