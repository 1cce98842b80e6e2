"""What a user may do next to a config that is tuned."""

from collections.abc import Mapping

from hypothesis import strategies as st

from fakeweb_tui.tuning import UNITS, Workbench

STRUCTURAL = ("add_name", "remove_name", "rename_name", "add_page", "remove_page", "rename_page")


def step(bench: Workbench, data: st.DataObject) -> Workbench:
    """One thing that a user may do next."""
    config = bench.config
    path = data.draw(st.sampled_from(config.paths))
    names = list(config.row(path))
    name = data.draw(st.sampled_from(names))
    page = data.draw(st.sampled_from(config.page_names))
    new = data.draw(st.sampled_from(["a", "b", "home", "cart", "Opera"]))
    value = data.draw(st.sampled_from([0.0, 1.0, 0.5, 1 / 3]) | st.floats(0, 1))
    what = data.draw(
        st.sampled_from(
            [
                *["probability", "lock"] * 2,
                "undo",
                "redo",
                "revert_row",
                "revert_page",
                "revert_all",
                "set_row",
                "parameters",
                *STRUCTURAL,
            ]
        )
    )
    if what == "probability":
        locked = bench.locked(path)
        after = bench.set_probability(path, name, value, gesture=data.draw(st.sampled_from([None, "drag"])))
        row, before = after.config.row(path), config.row(path)
        assert all(row[held] == before[held] for held in locked)
        held_back = round(row[name] * UNITS) != round(value * UNITS)
        assert bool(after.reason) == held_back
        return after
    if what == "lock":
        return bench.toggle_lock(path, name)
    if what == "set_row":
        return bench.set_row(path, dict(zip(names, reversed(list(config.row(path).values())), strict=True)))
    if what == "parameters":
        return bench.set_parameters(sessions_per_day=value * 1000, batch_size=data.draw(st.sampled_from([5, 10])))
    calls: Mapping[str, tuple[object, ...]] = {
        "revert_row": (path,),
        "revert_page": (data.draw(st.sampled_from([*config.page_names, *bench.loaded.page_names])),),
        "add_name": (path, new, value),
        "remove_name": (path, name),
        "rename_name": (path, name, new),
        "add_page": (new, path, value),
        "remove_page": (page,),
        "rename_page": (page, new),
    }
    after = getattr(bench, what)(*calls.get(what, ()))
    assert isinstance(after, Workbench)
    return after
