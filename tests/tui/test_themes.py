from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Footer, Static

from fakeweb_tui.tui import themes
from fakeweb_tui.tui.palette import VARIABLES, contrast, fallback_variables
from fakeweb_tui.tui.themes import (
    DEFAULT_THEME,
    load_themes,
    shipped_theme_directory,
    user_theme_directory,
)

SHIPPED = ("colorblind", "contrast", "ember", "mist", "night", "paper")
PAGES = ("landing", "browsing", "goal")

GOOD = {
    "name": "dusk",
    "dark": "true",
    "background": '"#101418"',
    "surface": '"#14181c"',
    "panel": '"#222"',
    "foreground": "white",
    "muted": "Silver",
    "accent": '"#7AA2F7"',
    "now": "skyblue",
    "landing": "lightgreen",
    "browsing": "gold",
    "goal": "violet",
    "error": "tomato",
}


def theme_text(**changes: str | None) -> str:
    """A good theme file of one line per field; a change to None leaves the line out."""
    fields = {**GOOD, **changes}
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)


def shipped_colors(name: str) -> dict[str, Color]:
    directory = shipped_theme_directory()
    assert directory is not None
    fields = yaml.safe_load((directory / f"{name}.yml").read_text("utf-8"))
    return {field: Color.parse(value) for field, value in fields.items() if field not in ("name", "dark")}


def load_user(directory: Path) -> tuple[list[Theme], list[str]]:
    """The themes of the directory, without the shipped ones."""
    loaded, problems = load_themes(directory)
    return [theme for theme in loaded if theme.name not in SHIPPED], problems


class TestShipped:
    def test_all_load_without_problems(self) -> None:
        loaded, problems = load_themes(None)
        assert problems == []
        assert tuple(theme.name for theme in loaded) == SHIPPED
        assert DEFAULT_THEME in SHIPPED
        assert {theme.name for theme in loaded if not theme.dark} == {"mist", "paper"}

    def test_each_file_is_called_what_its_theme_is(self) -> None:
        directory = shipped_theme_directory()
        assert directory is not None
        for file in directory.iterdir():
            assert yaml.safe_load(file.read_text("utf-8"))["name"] == file.name.removesuffix(".yml")

    @pytest.mark.parametrize("name", SHIPPED)
    def test_contrasts(self, name: str) -> None:
        colors = shipped_colors(name)
        # WCAG 2.2, 1.4.3 (AA) and 1.4.6 (AAA), for text of any size. Every one of these colours is text somewhere,
        # and stands on each of these grounds: the screen, a dialog, the status line.
        least = 7.0 if name == "contrast" else 4.5
        for ground in ("background", "surface", "panel"):
            for field in ("foreground", "muted", *PAGES, "accent", "now", "error"):
                assert contrast(colors[field], colors[ground]) >= least, (field, ground)

    @pytest.mark.parametrize("name", SHIPPED)
    def test_what_is_mixed_shows(self, name: str) -> None:
        theme = next(theme for theme in load_themes(None)[0] if theme.name == name)
        color = {variable: Color.parse(value) for variable, value in theme.variables.items()}
        assert contrast(color["bar"], color["track"]) >= 3
        assert difference(color["bar"], color["now"]) >= 20
        assert difference(color["bar"], Color.parse(theme.primary)) >= 10
        for kind in ("block-cursor", "block-cursor-blurred"):
            assert contrast(color[f"{kind}-foreground"], color[f"{kind}-background"]) >= 4.5
        assert contrast(color["link-color-hover"], color["link-background-hover"]) >= 4.5
        assert contrast(color["input-selection-foreground"], color["input-selection-background"]) >= 4.5
        # A control is seen by 3:1 (1.4.11): a scrollbar, and where there is focus.
        assert contrast(color["scrollbar"], color["scrollbar-background"]) >= 3
        assert contrast(color["border"], Color.parse(str(theme.background))) >= 3
        if name == "contrast":
            assert contrast(color["border-blurred"], Color.parse(str(theme.surface))) >= 3


# What complete protanopia, deuteranopia and tritanopia make of linear RGB: G. M. Machado, M. M. Oliveira,
# L. A. F. Fernandes (2009), "A physiologically-based model for simulation of color vision deficiency",
# IEEE Transactions on Visualization and Computer Graphics 15(6), severity 1.0.
SIMULATIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(color: Color, vision: str) -> list[float]:
    """The colour's linear RGB as that vision has it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    mixed = (sum(a * b for a, b in zip(row, linear, strict=True)) for row in SIMULATIONS[vision])
    return [min(1.0, max(0.0, part)) for part in mixed]


def lab(linear: list[float]) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of linear sRGB."""
    red, green, blue = linear
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Color, other: Color, vision: str = "normal") -> float:
    """The CIE 1976 difference, of which about 2.3 is just noticeable."""
    pairs = zip(lab(seen(one, vision)), lab(seen(other, vision)), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


class TestColourMathematics:
    def test_contrast_of_known_pairs(self) -> None:
        black, white = Color.parse("black"), Color.parse("white")
        assert contrast(black, white) == contrast(white, black) == pytest.approx(21)
        assert contrast(white, white) == 1
        # The lightest greys on white that pass AA and AAA, as WCAG's own examples have them.
        assert contrast(Color.parse("#767676"), white) == pytest.approx(4.54, abs=0.005)
        assert contrast(Color.parse("#595959"), white) == pytest.approx(7.00, abs=0.005)

    def test_difference_of_known_pairs(self) -> None:
        assert difference(Color.parse("black"), Color.parse("white")) == pytest.approx(100, abs=0.01)
        assert lab(seen(Color.parse("red"), "normal")) == pytest.approx((53.24, 80.09, 67.20), abs=0.02)

    def test_greys_stay_grey(self) -> None:
        for vision in SIMULATIONS:
            assert max(map(abs, lab(seen(Color.parse("#808080"), vision))[1:])) < 0.1


class TestColorblind:
    # More than ten times what is just noticeable.
    @pytest.mark.parametrize("vision", SIMULATIONS)
    def test_pages_differ_from_each_other(self, vision: str) -> None:
        colors = shipped_colors("colorblind")
        for one, other in (("landing", "browsing"), ("landing", "goal"), ("browsing", "goal")):
            assert difference(colors[one], colors[other], vision) >= 30, (one, other)

    @pytest.mark.parametrize("vision", SIMULATIONS)
    def test_pages_differ_from_text_and_the_current_hour_from_bars(self, vision: str) -> None:
        colors = shipped_colors("colorblind")
        for page in PAGES:
            for text in ("foreground", "muted"):
                assert difference(colors[page], colors[text], vision) >= 20, (page, text)
        assert difference(colors["now"], colors["accent"], vision) >= 30

    def test_the_test_would_notice(self) -> None:
        colors = shipped_colors("night")
        assert difference(colors["landing"], colors["browsing"], "deuteranopia") < 10


class TestUserThemes:
    def test_no_directory(self, tmp_path: Path) -> None:
        assert load_user(tmp_path / "none") == ([], [])

    def test_where_they_are(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr("fakeweb_tui.tui.themes.platformdirs.user_config_path", lambda app: tmp_path / app)
        assert user_theme_directory() == tmp_path / "fakeweb_tui" / "themes"

    def test_good_file(self, tmp_path: Path) -> None:
        (tmp_path / "dusk.yaml").write_text("\ufeff# mine\n" + theme_text(dark="no"), "utf-8")
        (tmp_path / ".dusk.yml").write_text("left by an editor")
        (tmp_path / "notes.txt").write_text("not a theme")
        (theme,), problems = load_user(tmp_path)
        assert problems == []
        assert (theme.name, theme.dark) == ("dusk", False)
        assert (theme.primary, theme.panel, theme.foreground) == ("#7AA2F7", "#222222", "#FFFFFF")
        assert theme.variables["goal"] == Color.parse("violet").hex
        assert theme.variables["text-muted"] == theme.variables["muted"] == "#C0C0C0"
        assert set(VARIABLES) <= set(theme.variables)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                theme_text(backgroud="red"),
                "bad.yml:14:1: 'backgroud': unknown field; did you mean 'background'?",
            ),
            (theme_text(zzz="red"), "bad.yml:14:1: 'zzz': unknown field"),
            (
                theme_text() + "? [a, b]\n: red\n",
                "bad.yml:14:3: unknown field: the name of a field is plain text",
            ),
            (theme_text(goal=None), "bad.yml: goal: missing"),
            (theme_text(goal=None, dark=None), "bad.yml: dark, goal: missing"),
            (
                theme_text(accent="blurple"),
                "bad.yml:8:9: accent: 'blurple' is not a colour; write #rgb, #rrggbb or a CSS name",
            ),
            (
                theme_text(accent="#7aa2f7"),
                'bad.yml:8:8: accent: no colour; a hex colour needs quotes, "#171b24", or # begins a comment',
            ),
            (theme_text(dark="maybe"), "bad.yml:2:7: dark: 'maybe' is not a boolean; write true or false"),
            (theme_text(dark='"true"'), "bad.yml:2:7: dark: 'true' is not a boolean; write true or false"),
            (theme_text(dark="1"), "bad.yml:2:7: dark: '1' is not a boolean; write true or false"),
            (theme_text() + "goal: red\n", "bad.yml:14:1: goal: given twice, first in line 12"),
            (theme_text(error="[1, 2]"), "bad.yml:13:8: error: expected one value, not a list"),
            (theme_text(error="{a: b}"), "bad.yml:13:8: error: expected one value, not a mapping"),
            (
                theme_text(name="night"),
                "bad.yml: name: 'night' is already the name of a theme of this app",
            ),
            (
                theme_text(name="Night"),
                "bad.yml: name: 'Night' is already the name of a theme of this app",
            ),
            (theme_text(name="nord"), "bad.yml: name: 'nord' is already the name of a theme of Textual"),
            (theme_text(name="dusk"), "bad.yml: name: 'dusk' is already the name of a theme of a.yml"),
            ("", "bad.yml: empty"),
            ("just words\n", "bad.yml:1:1: not a theme: expected lines such as 'name: dusk'"),
            (
                "name: x\n\tdark: true\n",
                "bad.yml:2:1: broken YAML: found character '\\t' that cannot start any token",
            ),
            ("name: \x07x\n", "bad.yml:1:7: broken YAML: control character U+0007"),
            ("[" * 20_000, "bad.yml: broken YAML: nested too deeply"),
            (
                theme_text(name='"\\UFFFFFFFF"'),
                "bad.yml:1:10: broken YAML: an escape or a number out of range",
            ),
            (
                theme_text(name='"\\U00110000"'),
                "bad.yml:1:10: broken YAML: an escape or a number out of range",
            ),
            (theme_text() + "---\nname: y\n", "bad.yml:14:1: broken YAML: but found another document"),
            (theme_text(goal="*other"), "bad.yml:12:7: broken YAML: found undefined alias 'other'"),
            ("#" * 70_000, "bad.yml: too large: a theme has at most 64 KiB"),
        ],
    )
    def test_bad_file_is_told_and_hides_no_other(self, tmp_path: Path, text: str, expected: str) -> None:
        (tmp_path / "a.yml").write_text(theme_text(), "utf-8")
        (tmp_path / "bad.yml").write_text(text, "utf-8")
        (tmp_path / "z.yml").write_text(theme_text(name="zenith"), "utf-8")
        loaded, problems = load_user(tmp_path)
        assert problems == [expected]
        assert [theme.name for theme in loaded] == ["dusk", "zenith"]

    @pytest.mark.parametrize(
        "color",
        [
            '"#1234"',
            '"#12345678"',
            '"#12"',
            "rgb(1,2,3)",
            "hsl(1,2%,3%)",
            "transparent",
            "ansi_red",
            "$goal",
            "auto",
        ],
    )
    def test_colours_of_other_kinds(self, tmp_path: Path, color: str) -> None:
        (tmp_path / "bad.yml").write_text(theme_text(now=color), "utf-8")
        shown = color.strip('"')
        reason = f"{shown!r} is not a colour; write #rgb, #rrggbb or a CSS name"
        assert load_user(tmp_path) == ([], [f"bad.yml:9:6: now: {reason}"])

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("[b]x[/x]", None),
            ('"[/x]"', "[/x]"),
            ('"a, b"', "a, b"),
            ('"a\\e[31m"', "a\ufffd[31m"),
            ('"\\u202Eabc"', "\ufffdabc"),
            ('""', ""),
            ("x" * 41, "x" * 39 + "…"),
        ],
    )
    def test_names_that_would_be_markup_or_control(self, tmp_path: Path, name: str, shown: str | None) -> None:
        (tmp_path / "bad.yml").write_text(theme_text(name=name), "utf-8")
        loaded, (problem,) = load_user(tmp_path)
        assert loaded == []
        if shown is not None:
            rule = "use 1 to 40 of A-Z a-z 0-9 - _, the first a letter or digit"
            assert problem == f"bad.yml:1:7: name: '{shown}' is not a name; {rule}"

    def test_all_problems_of_a_file_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "bad.yml").write_text(theme_text(dark="2", now="nope", goal=None, shade="red"), "utf-8")
        assert load_user(tmp_path) == (
            [],
            [
                "bad.yml:2:7: dark: '2' is not a boolean; write true or false",
                "bad.yml:9:6: now: 'nope' is not a colour; write #rgb, #rrggbb or a CSS name",
                "bad.yml:13:1: 'shade': unknown field",
                "bad.yml: goal: missing",
            ],
        )

    def test_yaml_builds_no_objects(self, tmp_path: Path) -> None:
        proof = tmp_path / "proof"
        text = theme_text(name=f"!!python/object/apply:os.mkdir [{str(proof)!r}]")
        (tmp_path / "bad.yml").write_text(text, "utf-8")
        assert load_user(tmp_path) == ([], ["bad.yml:1:7: name: expected one value, not a list"])
        assert not proof.exists()

    def test_not_utf8(self, tmp_path: Path) -> None:
        (tmp_path / "bad.yml").write_bytes(b"# ok\n# caf\xe9\n")
        assert load_user(tmp_path) == ([], ["bad.yml:2: not UTF-8"])

    def test_not_a_regular_file(self, tmp_path: Path) -> None:
        (tmp_path / "folder.yml").mkdir()
        (tmp_path / "lost.yml").symlink_to("nowhere")
        os.mkfifo(tmp_path / "pipe.yml")
        assert load_user(tmp_path) == (
            [],
            [f"{name}.yml: unreadable: not a regular file" for name in ("folder", "lost", "pipe")],
        )

    def test_unreadable_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Permissions do not stop root, whom tests in a container often run as.
        (tmp_path / "bad.yml").write_text(theme_text(), "utf-8")
        (tmp_path / "good.yml").write_text(theme_text(), "utf-8")
        opened = Path.open

        def refuse(path: Path, mode: str = "r") -> object:
            if path.name == "bad.yml":
                raise PermissionError(13, "Permission denied")
            return opened(path, mode)

        monkeypatch.setattr(Path, "open", refuse)
        loaded, problems = load_user(tmp_path)
        assert problems == ["bad.yml: unreadable: permission denied"]
        assert [theme.name for theme in loaded] == ["dusk"]

    def test_unreadable_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(path: Path) -> object:
            raise PermissionError(13, "Permission denied", str(path))

        shipped = themes._theme_files
        monkeypatch.setattr(
            themes, "_theme_files", lambda place: refuse(tmp_path) if place == tmp_path else shipped(place)
        )
        loaded, problems = load_themes(tmp_path)
        assert problems == [f"{tmp_path}: unreadable: permission denied"]
        assert tuple(theme.name for theme in loaded) == SHIPPED

    def test_lost_installation(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a.yml").write_text(theme_text(), "utf-8")
        monkeypatch.setattr(themes, "shipped_theme_directory", lambda: None)
        loaded, problems = load_themes(tmp_path)
        assert problems == ["themes: the installation has lost its themes; Textual's own remain"]
        assert [theme.name for theme in loaded] == ["dusk"]


class Sample(App[None]):
    """Every variable as the colour of a widget of its own."""

    CSS = "\n".join(f"#{variable} {{ color: ${variable}; }}" for variable in VARIABLES)

    def __init__(self, loaded: list[Theme]) -> None:
        super().__init__()
        for theme in loaded:
            self.register_theme(theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallback_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        for variable in VARIABLES:
            yield Static(variable, id=variable)
        yield Footer()

    def color_of(self, variable: str) -> Color:
        return self.query_one(f"#{variable}").styles.color


class TestInAnApp:
    async def test_switches_through_ours(self) -> None:
        loaded, _ = load_themes(None)
        app = Sample(loaded)
        async with app.run_test() as pilot:
            for theme in loaded:
                app.theme = theme.name
                await pilot.pause()
                colors = shipped_colors(theme.name)
                for field in (*PAGES, "now", "muted"):
                    assert app.color_of(field) == colors[field], (theme.name, field)
                assert app.color_of("track") == colors["panel"]
                assert app.screen.styles.background == colors["background"]
                assert app.query_one(Footer).styles.background == colors["panel"]
                assert app.theme_variables["text-muted"] == colors["muted"].hex

    @pytest.mark.parametrize("name", BUILTIN_THEMES)
    async def test_falls_back_under_textuals_own(self, name: str) -> None:
        app = Sample([])
        async with app.run_test() as pilot:
            app.theme = name
            await pilot.pause()
            expected = fallback_variables(BUILTIN_THEMES[name])
            assert tuple(expected) == VARIABLES
            for variable in VARIABLES:
                assert app.color_of(variable) == Color.parse(expected[variable])

    @pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
    def test_fallback_text_is_legible(self, name: str) -> None:
        theme = BUILTIN_THEMES[name]
        surface = Color.parse(theme.to_color_system().generate()["surface"])
        for variable in (*PAGES, "now", "muted"):
            assert contrast(Color.parse(fallback_variables(theme)[variable]), surface) >= 3, variable
