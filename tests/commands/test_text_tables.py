"""Tables that commands print."""

from rich.cells import cell_len

from fakeweb_tui.commands.text_tables import aligned


def test_columns_are_in_line_whatever_the_letters() -> None:
    rows = [("home", "1.5", "fits"), ("買い物かご", "10.25", "–"), ("e\u0301te\x1b[1m", "7.00", "does not fit")]
    lines = aligned(("page", "χ²", ""), rows, text_columns=(0, 2)).splitlines()
    assert lines == [
        "  page           χ²",
        "  home          1.5  fits",
        "  買い物かご  10.25  –",
        "  e\u0301te\ufffd[1m      7.00  does not fit",
    ]
    assert {
        cell_len(line[: line.index(figure) + len(figure)])
        for line, figure in zip(lines[1:], ("1.5", "10.25", "7.00"), strict=True)
    } == {19}
