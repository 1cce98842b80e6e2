"""What a page is for the site; it decides the page's colour."""

from enum import StrEnum

from fakeweb_tui.config import Config


class Role(StrEnum):
    """A page's role, by the name of its theme colour."""

    LANDING = "landing"
    BROWSING = "browsing"
    GOAL = "goal"


def page_roles(config: Config) -> dict[str, Role]:
    """Return each page's role: the last page is the goal, others are where sessions land or only come to by
    browsing."""
    roles = {page: Role.LANDING if config.landing_pages.get(page) else Role.BROWSING for page in config.pages}
    roles[config.goal] = Role.GOAL
    return roles


ROLE_SIGNS = {Role.LANDING: "»", Role.BROWSING: "·", Role.GOAL: "★"}
"""A sign for each role, for eyes and terminals that tell few colours apart."""

SIGN_CELLS = 2
"""What a sign before a name takes where there is room for a gap; without one, it takes a cell."""


def signed(role: Role | None, name: str, apart: bool = True) -> str:
    """Return a page's name behind the sign of its role; one that is gone has a gap in its place."""
    return f"{ROLE_SIGNS[role] if role else ' '}{' ' * apart}{name}"
