import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.terminal_text import cut, plain

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    "character",
    [
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        "\u2028",
        "\u2029",
        "\u202a",
        "\u202e",
        "\u2066",
        "\u2069",
        chr(0xD800),
        chr(0xDFFF),
    ],
)
def test_unfit_characters_are_replaced(character: str) -> None:
    assert plain(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text",
    ["", "home", "[red]x[/red]", "商品ページ", "🛒 cart", "naïve ~", "\u200e", "\xa0", "\ufffd"],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert plain(text) == text


@given(ANY_TEXT)
def test_result_can_be_written_and_is_stable(text: str) -> None:
    result = plain(text)
    result.encode("utf-8")
    assert len(result) == len(text)
    assert plain(result) == result


def test_what_is_long_keeps_its_ends() -> None:
    assert cut("a" * 60) == "a" * 60
    assert cut("page_" + "a" * 10_000 + "_1") == "page_" + "a" * 25 + "…" + "a" * 27 + "_1"
    assert [cut("abcdefgh", limit) for limit in (8, 7, 6, 1)] == ["abcdefgh", "abc…fgh", "abc…gh", "…"]
