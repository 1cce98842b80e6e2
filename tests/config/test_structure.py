"""Pages that no session reaches, and those from which none ends."""

from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.config import SESSION_END, StructureProblems, structure_problems


def test_structure_of_known_chains() -> None:
    pages = {
        "a": {"b": 1.0, "c": 0.0},
        "b": {"a": 0.5, SESSION_END: 0.5},
        "c": {"d": 1.0},
        "d": {"d": 1.0, SESSION_END: 0.0},
    }
    assert structure_problems(pages, {"a": 1.0, "d": 0.0}) == StructureProblems(("c", "d"), ("c", "d"))
    assert structure_problems(pages, {"c": 1.0}) == StructureProblems(("a", "b"), ("c", "d"))
    assert structure_problems({"a": {SESSION_END: 1.0}}, {"a": 1.0}) == StructureProblems((), ())


@given(
    st.dictionaries(
        st.sampled_from("abcde"),
        st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", SESSION_END]), st.sampled_from([0.0, 0.5])),
    ),
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from([0.0, 0.5])),
)
def test_structure_agrees_with_walking(pages: dict[str, dict[str, float]], landing: dict[str, float]) -> None:
    def walk(starts: set[str]) -> set[str]:
        for _ in range(len(pages) + 1):
            starts = starts | {t for page in starts for t, p in pages.get(page, {}).items() if p > 0}
        return starts

    reached = walk({page for page, p in landing.items() if p > 0})
    assert structure_problems(pages, landing) == StructureProblems(
        tuple(page for page in pages if page not in reached),
        tuple(page for page in pages if SESSION_END not in walk({page})),
    )
