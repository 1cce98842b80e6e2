"""Work in a thread behind: in order, and no more of it after a failure."""

from functools import partial

import pytest

from fakeweb_tui.run.behind import Behind


def test_in_order() -> None:
    done: list[int] = []
    with Behind() as behind:
        for number in range(50):
            behind.do(partial(done.append, number))
        behind.wait()
    assert done == [*range(50)]


def test_nothing_is_done_after_a_failure() -> None:
    done: list[int] = []

    def fail() -> None:
        raise OSError("full")

    with Behind() as behind:
        behind.do(fail)
        behind._waiting.put(lambda: done.append(1))
        for _ in range(2):
            with pytest.raises(OSError, match="full"):
                behind.wait()
        behind._waiting.put(lambda: done.append(2))
        with pytest.raises(OSError, match="full"):
            behind.do(lambda: done.append(3))
    assert done == []
