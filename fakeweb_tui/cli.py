"""The command line: which commands there are."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from fakeweb_tui import __version__
from fakeweb_tui.commands.check import check
from fakeweb_tui.commands.compare import compare
from fakeweb_tui.commands.explore import explore
from fakeweb_tui.commands.failures import BAD_INPUT
from fakeweb_tui.commands.fit import fit
from fakeweb_tui.commands.forecast import forecast
from fakeweb_tui.commands.init import init
from fakeweb_tui.commands.replay import replay
from fakeweb_tui.commands.run import run
from fakeweb_tui.commands.serve import serve
from fakeweb_tui.commands.solve import solve
from fakeweb_tui.commands.verify import verify

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class ExploreByDefault(click.Group):
    """A group whose first word may be left out: then it is `explore`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `explore` before arguments that begin with no command's name."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help", "--version")):
            if args and args[0].isalpha() and not os.path.lexists(args[0]) and not ctx.resilient_parsing:
                self._refuse(args[0])
            # A shell that completes the first word asks without it.
            if args or not ctx.resilient_parsing:
                args = ["explore", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete the first word to a command, or where none begins so, to a file."""
        from click.shell_completion import CompletionItem

        return super().shell_complete(ctx, incomplete) or [CompletionItem(incomplete, type="file")]

    def _refuse(self, word: str) -> NoReturn:
        """Say that a word, which is no file, is no command either."""
        from fakeweb_tui.config.problems import shown
        from fakeweb_tui.config.rules import most_similar

        similar = most_similar(word, self.commands)
        meant = f"did you mean {similar}? The" if similar else "the"
        commands = ", ".join(self.commands)
        click.echo(f"there is no command and no file {shown(word)}: {meant} commands are {commands}", err=True)
        sys.exit(BAD_INPUT)


@click.group(
    cls=ExploreByDefault, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="fakeweb-tui %(version)s")
def main() -> None:
    """See, steer and produce a realistic stream of web events.

    Without a command, `explore` is run: fakeweb-tui [CONFIG].
    """
    # Matrices have a row per page: on a machine that is busy, threads that share one wait for each other twenty
    # times as long as one of them needs for all of it. Read when NumPy is imported, which no command has done yet.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


for command in (explore, check, compare, fit, forecast, init, run, replay, serve, solve, verify):
    main.add_command(command)
