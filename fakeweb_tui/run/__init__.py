"""Runs without a screen: a scenario's events into files, pipes and object stores.

The way of the data: a scenario's `stretches` are cut into `blocks`, those are encoded (by several `workers`, if so
asked), and `files` puts them where they belong; a `journal` beside them allows to go on after an interruption.

    from fakeweb_tui.run import Output, Task, export
    result = export(Task(scenario, Output("events.parquet", format_of("events.parquet"))), report=print)
"""

from fakeweb_tui.run.exporting import ExportError, Progress, Result, export
from fakeweb_tui.run.journal import ResumeError
from fakeweb_tui.run.output import Output, Rotation
from fakeweb_tui.run.stretches import Bounds, Pace
from fakeweb_tui.run.task import Task, earlier_task

__all__ = [
    "Bounds",
    "ExportError",
    "Output",
    "Pace",
    "Progress",
    "Result",
    "ResumeError",
    "Rotation",
    "Task",
    "earlier_task",
    "export",
]
