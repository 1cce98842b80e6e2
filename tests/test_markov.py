"""The chain's closed forms against known answers, hand-computed ones, enumeration and random walks."""

import random
from collections.abc import Iterator
from dataclasses import FrozenInstanceError

import numpy as np
import numpy.typing as npt
import pytest
from helpers import FAR, site
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import Config
from fakeweb_tui.markov import AbsorbingChain, Floats, GuideTable, TransitionMatrix
from fakeweb_tui.randomness import Words

SPAN = 1 << 32
# The table of events per page in the README of fake_web_events.
REFERENCE_TABLE = np.array([20202, 11503, 7571, 5054, 3364, 2481])


def words_of(*values: int) -> Words:
    return np.array(values, np.uint64)


def chain_of(rows: list[list[float]], landing: list[float], max_steps: int) -> AbsorbingChain:
    names = tuple("abcdefgh"[: len(rows)])
    return AbsorbingChain(TransitionMatrix(names, np.array(rows), np.array(landing)), max_steps)


LOOPED = [[0.25, 0.375, 0.125, 0.25], [0.5, 0.0, 0.25, 0.25], [0.125, 0.25, 0.5, 0.125]]
LOOPED_LANDING = [0.5, 0.5, 0.0]


@pytest.fixture
def default(config: Config) -> AbsorbingChain:
    return AbsorbingChain(TransitionMatrix.of(config), 360)


# The matrix


def test_the_matrix_of_a_config(config: Config) -> None:
    matrix = TransitionMatrix.of(config)
    assert matrix.pages == ("home", "product_a", "product_b", "cart", "payment", "confirmation")
    assert matrix.end == 6
    np.testing.assert_array_equal(
        matrix.rows,
        [
            [0.45, 0.17, 0.12, 0, 0, 0, 0.26],
            [0.18, 0.5, 0, 0.12, 0, 0, 0.2],
            [0.22, 0, 0.4, 0.14, 0, 0, 0.24],
            [0.15, 0, 0, 0.25, 0.5, 0, 0.1],
            [0, 0, 0, 0.1, 0.45, 0.4, 0.05],
            [0, 0, 0, 0, 0, 0.4, 0.6],
        ],
    )
    np.testing.assert_array_equal(matrix.landing, [0.6, 0.25, 0.15, 0, 0, 0])
    np.testing.assert_array_equal(matrix.moves, matrix.rows[:, :6])
    np.testing.assert_array_equal(matrix.arrivals, matrix.rows[:, :6] * (1 - np.eye(6)))


def test_the_matrix_does_not_change(config: Config) -> None:
    matrix = TransitionMatrix.of(config)
    for values in (matrix.rows, matrix.landing, matrix.moves):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0
    with pytest.raises(FrozenInstanceError):
        matrix.landing = matrix.landing * 1  # type: ignore[misc]
    before = matrix.rows.copy()
    assert matrix.arrivals[0, 0] == 0
    np.testing.assert_array_equal(matrix.rows, before)


# Known answers


def test_known_answers_of_the_default_site(default: AbsorbingChain) -> None:
    assert default.events == pytest.approx(2.434, abs=5e-4)
    assert default.steps == pytest.approx(4.333, abs=5e-4)
    assert default.reach[-1] == pytest.approx(0.1202, abs=5e-5)
    shares = default.events_by_page / default.events
    np.testing.assert_allclose(shares, [0.4037, 0.2275, 0.1497, 0.1019, 0.0679, 0.0494], atol=5e-5)
    assert default.cut_short == pytest.approx(1.8e-49, rel=0.05)


def test_the_table_of_the_reference_fits_the_default_site(default: AbsorbingChain) -> None:
    expected = default.events_by_page / default.events * REFERENCE_TABLE.sum()
    assert ((REFERENCE_TABLE - expected) ** 2 / expected).sum() == pytest.approx(2.5, abs=0.05)


def test_two_pages_by_hand() -> None:
    # a stays with p, goes to b with q; b stays with r, goes back with s; sessions land on a with l.
    p, q, r, s, l = 0.5, 0.3, 0.25, 0.5, 0.6  # noqa: E741
    chain = chain_of([[p, q, 1 - p - q], [s, r, 1 - r - s]], [l, 1 - l], 100_000)
    det = (1 - p) * (1 - r) - q * s
    n = np.array([[1 - r, q], [s, 1 - p]]) / det  # the inverse of [[1 - p, -q], [-s, 1 - r]]
    on_a, on_b = l * n[0] + (1 - l) * n[1]
    np.testing.assert_allclose(chain.occupancy, n)
    assert chain.steps == pytest.approx(on_a + on_b)
    np.testing.assert_allclose(chain.events_by_page, [l + on_b * s, (1 - l) + on_a * q])
    assert chain.events == pytest.approx(1 + on_b * s + on_a * q)
    # Who leaves b goes to a with s / (1 - r), and never comes to a otherwise; likewise for b.
    np.testing.assert_allclose(chain.reach, [l + (1 - l) * s / (1 - r), (1 - l) + l * q / (1 - p)])
    to_come = n[:, ::-1] * [s, q]  # to a from each step on b, to b from each on a
    np.testing.assert_allclose(chain.events_to_come, to_come)
    assert chain.cut_short == 0

    # Visits of a, after the first, are geometric: again with f = q/(1-p) · s/(1-r). So n_a is 0 with 1 - reach,
    # and else 1 + a geometric number, whose mean and second moment are known.
    f = q / (1 - p) * s / (1 - r)
    first = chain.reach[0]
    second = first * (1 + f) / (1 - f) ** 2
    assert chain.events_covariance[0, 0] == pytest.approx(second - (first / (1 - f)) ** 2)


def test_a_page_that_is_left_for_good_by_hand() -> None:
    # n_a is always 1, n_b is 1 with 1/2: only n_b varies, by 1/4.
    chain = chain_of([[0.2, 0.4, 0.4], [0.0, 0.7, 0.3]], [1, 0], 10_000)
    np.testing.assert_allclose(chain.events_covariance, np.diag([0, 0.25]), atol=1e-12)
    np.testing.assert_allclose(chain.reach, [1, 0.5])


# The limit on a session's steps


@st.composite
def rows(draw: st.DrawFn, pages: int = 3) -> Floats:
    counts = draw(
        st.lists(
            st.lists(st.integers(0, 20), min_size=pages + 1, max_size=pages + 1), min_size=pages, max_size=pages
        )
    )
    values = np.array(counts, np.float64)
    values[:, -1] += 1  # so that every session can end
    normal: Floats = values / values.sum(axis=1, keepdims=True)
    return normal


@given(rows(), st.integers(1, 40))
@example(np.array(LOOPED), 1)
def test_occupancy_is_the_naive_sum(matrix: Floats, limit: int) -> None:
    chain = chain_of(matrix.tolist(), [1, 0, 0], limit)
    moves = matrix[:, :-1]
    powers = [np.linalg.matrix_power(moves, t) for t in range(limit)]
    np.testing.assert_allclose(chain.occupancy, np.sum(powers, axis=0))


@given(rows())
def test_occupancy_is_the_fundamental_matrix_where_the_limit_is_far(matrix: Floats) -> None:
    chain = chain_of(matrix.tolist(), [1, 0, 0], 100_000)
    np.testing.assert_allclose(chain.occupancy, np.linalg.inv(np.eye(3) - matrix[:, :-1]), atol=1e-12)


def histories(rows: list[list[float]], landing: list[float], steps: int) -> Iterator[tuple[float, list[int]]]:
    """Every way a session of at most so many steps can go, with its probability, as the page of each step."""

    def onward(path: list[int], probability: float) -> Iterator[tuple[float, list[int]]]:
        if len(path) == steps:
            yield probability, path
            return
        *moves, end = rows[path[-1]]
        if end:
            yield probability * end, path
        for target, move in enumerate(moves):
            if move:
                yield from onward([*path, target], probability * move)

    for page, share in enumerate(landing):
        if share:
            yield from onward([page], share)


def events_in(path: list[int], pages: int) -> npt.NDArray[np.int64]:
    arrived = [page for at, page in enumerate(path) if at == 0 or path[at - 1] != page]
    return np.bincount(arrived, minlength=pages)


@pytest.mark.parametrize("limit", [1, 2, 3, 6])
def test_every_history_of_a_session_that_the_limit_cuts(limit: int) -> None:
    chain = chain_of(LOOPED, LOOPED_LANDING, limit)
    known = list(histories(LOOPED, LOOPED_LANDING, limit))
    assert sum(probability for probability, _ in known) == pytest.approx(1)
    assert chain.steps == pytest.approx(sum(p * len(path) for p, path in known))
    np.testing.assert_allclose(chain.events_by_page, sum(p * events_in(path, 3) for p, path in known))
    np.testing.assert_allclose(chain.reach, sum(p * (events_in(path, 3) > 0) for p, path in known), atol=1e-15)
    cut = sum(p * (1 - LOOPED[path[-1]][-1]) for p, path in known if len(path) == limit)
    assert chain.cut_short == pytest.approx(cut)
    by_age = np.zeros(limit)
    for probability, path in known:
        for age in range(len(path)):
            by_age[age] += probability * (age == 0 or path[age] != path[age - 1])
    np.testing.assert_allclose(chain.events_by_age(), by_age)


def covariance_of(known: list[tuple[float, list[int]]]) -> Floats:
    counts = [(p, events_in(path, 3).astype(np.float64)) for p, path in known]
    mean = np.sum([p * n for p, n in counts], axis=0)
    second: Floats = np.sum([p * np.outer(n, n) for p, n in counts], axis=0) - np.outer(mean, mean)
    return second


def test_covariance_of_every_history_of_a_site_without_loops() -> None:
    rows = [[0, 0.5, 0.25, 0.25], [0, 0, 0.75, 0.25], [0, 0, 0, 1.0]]
    landing = [0.5, 0.25, 0.25]
    chain = chain_of(rows, landing, 360)
    np.testing.assert_allclose(
        chain.events_covariance, covariance_of(list(histories(rows, landing, 5))), atol=1e-15
    )


def test_covariance_where_the_limit_cuts_sessions() -> None:
    chain = chain_of(LOOPED, LOOPED_LANDING, 4)
    expected = covariance_of(list(histories(LOOPED, LOOPED_LANDING, 4)))
    np.testing.assert_allclose(chain.events_covariance, expected, atol=1e-12)


def limited_reach(matrix: Floats, landing: list[float], limit: int) -> Floats:
    """The reach of each page with that page made absorbing: the steps on it end at its first visit."""
    reach = np.zeros(len(matrix))
    for page in range(len(matrix)):
        stopped = matrix[:, :-1].copy()
        stopped[page] = 0.0
        present = np.array(landing)
        for _ in range(limit):
            reach[page] += present[page]
            present = present @ stopped
    return reach


def limited_covariance(matrix: Floats, landing: list[float], limit: int) -> Floats:
    """The covariance by moments of the counts so far, for every page that the session may be on by now."""
    moves, count = matrix[:, :-1], len(matrix)
    mean, second = np.zeros((count, count)), np.zeros((count, count, count))  # [page now, of n_i, of n_i n_j]
    present = np.array(landing)
    ended_mean, ended_second = np.zeros(count), np.zeros((count, count))

    def arrive(page: int, p: float, m: Floats, s: Floats) -> tuple[Floats, Floats]:
        one = np.eye(count)[page]
        return m + p * one, s + np.outer(m, one) + np.outer(one, m) + p * np.outer(one, one)

    for page, share in enumerate(landing):
        mean[page], second[page] = arrive(page, share, mean[page], second[page])
    for _ in range(limit - 1):
        end = matrix[:, -1]
        ended_mean, ended_second = ended_mean + end @ mean, ended_second + np.tensordot(end, second, 1)
        new_mean, new_second = np.zeros_like(mean), np.zeros_like(second)
        for page, target in np.ndindex(count, count):
            p = moves[page, target]
            m, s = p * mean[page], p * second[page]
            if page != target:
                m, s = arrive(target, p * present[page], m, s)
            new_mean[target], new_second[target] = new_mean[target] + m, new_second[target] + s
        present, mean, second = present @ moves, new_mean, new_second
    ended_mean, ended_second = ended_mean + mean.sum(axis=0), ended_second + second.sum(axis=0)
    return np.asarray(ended_second - np.outer(ended_mean, ended_mean))


@given(rows(), st.integers(1, 40))
@example(np.array(LOOPED), 1)
@example(np.array(LOOPED), 2)
def test_what_the_limit_cuts_is_what_following_every_step_gives(matrix: Floats, limit: int) -> None:
    landing = [0.5, 0.25, 0.25]
    chain = chain_of(matrix.tolist(), landing, limit)
    np.testing.assert_allclose(chain.reach, limited_reach(matrix, landing, limit), atol=1e-11)
    np.testing.assert_allclose(chain.events_covariance, limited_covariance(matrix, landing, limit), atol=1e-11)


@pytest.mark.parametrize("limit", [360, 5000])  # the second has more steps than powers that are kept, squared
def test_twelve_pages_that_sessions_hardly_leave(limit: int) -> None:
    matrix = np.random.default_rng(3).random((12, 13))
    matrix[:, -1] = 0.5 / limit * matrix[:, :-1].sum(axis=1)
    matrix /= matrix.sum(axis=1, keepdims=True)
    # Only now and then on to the last page, and all the time on the first one.
    matrix[:, 0] += matrix[:, 11] * (1 - 1 / limit)
    matrix[:, 11] /= limit
    landing = [0.5, 0.5, *[0.0] * 10]
    chain = AbsorbingChain(TransitionMatrix(tuple("abcdefghijkl"), matrix, np.array(landing)), limit)
    assert 0.3 < chain.cut_short < 0.9
    assert 0.01 < chain.reach[11] < 0.5
    np.testing.assert_allclose(chain.reach, limited_reach(matrix, landing, limit), atol=1e-11)
    if limit == 360:
        np.testing.assert_allclose(chain.events_covariance, limited_covariance(matrix, landing, limit), rtol=1e-9)


def test_reach_is_the_same_with_a_limit_that_hardly_cuts_and_without_one() -> None:
    # Just above and below the chance at which the closed form takes over.
    near, far = (chain_of(LOOPED, LOOPED_LANDING, limit) for limit in (60, 600))
    assert 1e-12 < near.cut_short < 1e-5
    assert far.cut_short < 1e-12
    np.testing.assert_allclose(near.reach, far.reach, atol=1e-5)


def test_random_walks_have_the_moments_of_the_default_site(config: Config, default: AbsorbingChain) -> None:
    generator = random.Random(5)
    names = list(config.page_names)
    sessions = 40_000
    counts = np.zeros((sessions, len(names)))
    for session in range(sessions):
        page = generator.choices(list(config.landing_pages), list(config.landing_pages.values()))[0]
        counts[session, names.index(page)] += 1
        while True:
            row = config.pages[page]
            target = generator.choices(list(row), list(row.values()))[0]
            if target == "session_end":
                break
            counts[session, names.index(target)] += target != page
            page = target
    error = FAR / np.sqrt(sessions)
    off = counts.mean(axis=0) - default.events_by_page
    assert (abs(off) < error * counts.std(axis=0)).all()
    reached = counts > 0
    assert (abs(reached.mean(axis=0) - default.reach) < error * reached.std(axis=0)).all()
    # The covariance is the mean of products of what is over the known mean, and has their error.
    over = counts - default.events_by_page
    products = over[:, :, None] * over[:, None, :]
    assert (abs(products.mean(axis=0) - default.events_covariance) < error * products.std(axis=0)).all()


def test_events_by_age_add_up(default: AbsorbingChain) -> None:
    by_age = default.events_by_age()
    assert by_age[0] == 1
    assert by_age.sum() == pytest.approx(default.events)
    assert len(by_age) <= 360


def test_a_page_that_no_session_has_reached_in_time_is_not_reached() -> None:
    config = site({"a": {"b": 1}, "b": {"c": 1}, "c": {"session_end": 1}}, {"a": 1})
    matrix = TransitionMatrix.of(config)
    assert AbsorbingChain(matrix, 2).reach.tolist() == [1, 1, 0]
    assert AbsorbingChain(matrix, 3).reach.tolist() == [1, 1, 1]
    assert AbsorbingChain(matrix, 2).cut_short == 1
    assert AbsorbingChain(matrix, 3).cut_short == 0


# The guide table


def by_thresholds(row: Floats, word: Words) -> npt.NDArray[np.int64]:
    thresholds = np.rint(np.cumsum(row) * SPAN)
    thresholds[-1] = SPAN
    found: npt.NDArray[np.int64] = np.searchsorted(thresholds, word.astype(np.float64), side="right")
    return found


def test_frequencies_are_the_probabilities(config: Config) -> None:
    matrix = TransitionMatrix.of(config)
    grid = np.arange(0, SPAN, 1 << 12, dtype=np.uint64)
    table = GuideTable(matrix.rows)
    for code, row in enumerate(matrix.rows):
        outcome = table.sample(np.full(len(grid), code), grid)
        counts = np.bincount(outcome, minlength=len(row))
        # Each end of an outcome's stretch of words is known to within one place of the grid.
        assert (abs(counts - row * len(grid)) <= 1).all()
        assert not counts[row == 0].any()


def test_rows_are_told_apart(config: Config) -> None:
    matrix = TransitionMatrix.of(config)
    generator = np.random.default_rng(1)
    row = generator.integers(0, 6, 50_000)
    word = generator.integers(0, SPAN, 50_000, dtype=np.uint64)
    outcome = GuideTable(matrix.rows).sample(row, word)
    for code in range(6):
        mine = row == code
        np.testing.assert_array_equal(outcome[mine], by_thresholds(matrix.rows[code], word[mine]))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any), st.lists(st.integers(0, SPAN - 1)))
@settings(max_examples=60)
def test_outcomes_are_those_of_a_search(shares: list[int], more: list[int]) -> None:
    row = np.array(shares, np.float64)
    row /= row.sum()
    thresholds = np.rint(np.cumsum(row) * SPAN).astype(np.int64)
    edges = np.concatenate([thresholds - 1, thresholds, thresholds + 1, [0, SPAN - 1]])
    word = np.concatenate([edges[(edges >= 0) & (edges < SPAN)], np.array(more, np.int64)]).astype(np.uint64)
    outcome = GuideTable(row[None, :]).sample(np.zeros(len(word), np.int64), word)
    np.testing.assert_array_equal(outcome, by_thresholds(row, word))
    assert (row[outcome] > 0).all()


@pytest.mark.parametrize(
    "row", [[0, 0.5, 0, 0.5, 0], [0, 0, 1], [1, 0, 0], [0.25, 0, 0, 0.75], [0.7, 0.2, 0.1, 0.0]]
)
def test_what_has_no_probability_never_occurs(row: list[float]) -> None:
    edges = np.rint(np.cumsum(row) * SPAN).astype(np.int64)
    word = np.unique(np.clip(np.concatenate([edges - 1, edges, edges + 1, [0]]), 0, SPAN - 1)).astype(np.uint64)
    outcome = GuideTable(np.array([row])).sample(np.zeros(len(word), np.int64), word)
    assert sorted(set(outcome.tolist())) == [place for place, share in enumerate(row) if share]


def test_the_last_outcome_takes_what_rounding_leaves() -> None:
    row = np.full(10, 0.1)
    assert np.cumsum(row)[-1] == 0.9999999999999999
    assert GuideTable(row[None, :]).sample(np.zeros(2, np.int64), words_of(SPAN - 1, 0)).tolist() == [9, 0]


def test_many_rows_and_many_outcomes() -> None:
    generator = np.random.default_rng(2)
    for count, outcomes in ((1000, 1001), (1, 40_000)):
        rows = generator.exponential(size=(count, outcomes))
        rows[:, ::3] = 0
        rows /= rows.sum(axis=1, keepdims=True)
        row = np.repeat(np.arange(count), 2000 // count)
        word = generator.integers(0, SPAN, len(row), dtype=np.uint64)
        outcome = GuideTable(rows).sample(row, word)
        expected = [by_thresholds(rows[r], word[at : at + 1])[0] for at, r in enumerate(row.tolist())]
        assert outcome.tolist() == expected
        assert outcome.max() >= outcomes - outcomes // 50


def test_a_small_change_of_a_probability_changes_few_outcomes() -> None:
    before, after = (GuideTable(np.array([[share, 0.6 - share, 0.4]])) for share in (0.3, 0.31))
    grid = np.arange(0, SPAN, 1 << 16, dtype=np.uint64)
    row = np.zeros(len(grid), np.int64)
    changed = (before.sample(row, grid) != after.sample(row, grid)).mean()
    assert changed == pytest.approx(0.01, abs=2 / len(grid))
