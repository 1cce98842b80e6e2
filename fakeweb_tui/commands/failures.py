"""How a command ends where its input is bad or cannot be read, and where it is interrupted."""

import errno
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from fakeweb_tui.terminal_text import plain

FAILED, BAD_INPUT = 1, 2
"""The exit statuses where reading or writing fails, and where input is bad, as click's own for bad options."""
INTERRUPTED = 130
"""The exit status after SIGINT, as a shell gives it; 1 would say of `verify` that events do not fit."""


def stops_at_bad_input(command: Callable[..., Any]) -> Callable[..., Any]:
    """Print what is wrong with a config or a parameter, and exit with status 2; with 1 where reading or writing
    fails, and with 130 where ctrl+c ends it."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from fakeweb_tui.config import ConfigError

        try:
            return command(*args, **kwargs)
        except (ConfigError, ValueError) as error:
            click.echo("\n".join(plain(line) for line in str(error).splitlines()), err=True)
            sys.exit(BAD_INPUT)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever reads has enough, which is no failure
            where = f"{error.filename}: " if error.filename else ""
            click.echo(plain(f"{where}{error.strerror or error}"), err=True)
            sys.exit(FAILED)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)

    return run
