"""How `run` and `replay` carry out what they are asked for, and what they say at its end."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fakeweb_tui.commands.progress import reporter, say, summary
from fakeweb_tui.commands.signals import BROKEN_PIPE_STATUS, collected_signals
from fakeweb_tui.terminal_text import plain

if TYPE_CHECKING:
    from fakeweb_tui.run import Task

# Who waits longer for the first event wants to know why.
_LONG = timedelta(minutes=1)


def carry_out(task: Task, options: dict[str, Any]) -> int:
    """Run a task; return the exit status: 0, 1 where the output failed, 128 + n after signal n, 141 for a closed
    pipe."""
    from fakeweb_tui.run import export
    from fakeweb_tui.sinks import exists, is_terminal, is_url

    place = "standard output" if task.output.place == "-" else plain(task.output.place)
    resume = options["resume"] and task.output.journal is not None and exists(task.output.journal)
    if options["resume"] and not resume and exists(task.output.place) and not options["overwrite"]:
        if not options["quiet"]:
            say(f"{place} is whole: there is nothing to resume")
        return 0
    if options["resume"] and not resume:
        # What a run has left that was killed before it had a journal is no obstacle.
        task = replace(task, output=replace(task.output, overwrite=True))
    if task.held_back > _LONG and not options["quiet"]:
        say(_how_long(task.held_back))
    # A bar would be drawn among the events.
    shown = reporter(quiet=options["quiet"] or is_terminal(task.output.place))
    with collected_signals() as caught:
        try:
            result = export(
                task,
                interrupted=lambda: bool(caught),
                report=shown.report,
                resume=resume,
                workers=options["workers"],
            )
        except OSError as error:
            return _failed(place, error, quiet=options["quiet"])
        finally:
            shown.close()
    if not result.whole:
        kept = f" are in {plain(result.kept)}" if result.kept else ""
        progress, on = result.progress, _how_to_go_on(result.resumable)
        if is_url(task.output.place):
            on = "; the object that was under way is not kept, --resume makes it again"
        say(f"interrupted at {progress.clock:%Y-%m-%d %H:%M:%S}: {progress.events:,} events{kept}{on}")
    elif not options["quiet"]:
        say(summary(result, task.scenario.parameters.seed) + _how_to_go_on(result.resumable))
    return 128 + caught[0] if caught else 0


def _failed(place: str, error: OSError, *, quiet: bool) -> int:
    """Say what failed; return the exit status."""
    from fakeweb_tui.run import ExportError

    if error.errno == errno.EPIPE:
        # That a reader, such as `head`, has enough is nothing wrong.
        if not quiet:
            say(f"whoever read {place} has closed it")
        return BROKEN_PIPE_STATUS
    what = f"{place}: {error.strerror}" if error.strerror else plain(str(error))
    if isinstance(error, ExportError):
        what += f"; what was written is in {plain(error.kept)}" if error.kept else ""
        what += _how_to_go_on(error.resumable)
    say(what)
    return 1


def _how_to_go_on(resumable: bool) -> str:
    return "; --resume goes on from there" if resumable else ""


def _how_long(wait: timedelta) -> str:
    minutes = timedelta(minutes=round(wait / timedelta(minutes=1)))
    return (
        f"events are held back until their block is complete, for about {minutes}: "
        "plain .jsonl and .csv come at once, and a shorter --rotate ends blocks sooner"
    )
