"""`init`: a config to begin one of your own with."""

from pathlib import Path

import click

from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.options import site_option
from fakeweb_tui.commands.saving import refuse_existing, save
from fakeweb_tui.terminal_text import plain


@click.command(short_help="Write a config to begin one of your own with.")
@click.argument("path", metavar="[FILE]", default="config.yml", type=click.Path(path_type=Path))
@site_option("The site that it is of")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@stops_at_bad_input
def init(path: Path, site: str | None, overwrite: bool) -> None:
    """Write the config of a site that comes along, comments included, to begin one of your own with.

    FILE is config.yml, which every command takes where no config is given, or - for standard output.

    \b
    Examples:
      fakeweb-tui init
      fakeweb-tui init shop.yml
      fakeweb-tui init --site bank bank.yml
    """
    from fakeweb_tui.config import DEFAULT_SITE, load_site

    config = load_site(DEFAULT_SITE if site is None else site)
    if str(path) == "-":
        click.echo(config.document.text, nl=False)
        return
    refuse_existing(path, overwrite=overwrite)
    save(config, path, overwrite=overwrite)
    click.echo(f"{plain(str(path))} is written.")
