import pytest

from fakeweb_tui.web.visitors import refusal

NAMES = {"build.example"}
UNKNOWN = "This server does not go by the name {!r}; --allow-host NAME gives it one."
FOREIGN = "Only a page of this server may do that."


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "app.localhost:1", "[::1]:8000", "192.0.2.7:80"]
)
def test_its_own_page_under_each_of_its_addresses(host: str) -> None:
    for scheme in ("http", "https"):
        assert refusal(host, f"{scheme}://{host.lower()}", (), steers=True) is None
    assert refusal(host, None, (), steers=False) is None


def test_a_name_it_was_given() -> None:
    assert refusal("Build.example:8000", "http://build.example:8000", NAMES, steers=True) is None
    assert refusal("build.example", None, NAMES, steers=False) is None


@pytest.mark.parametrize(
    "host", ["rebound.example:8000", "localhost.example", "127.0.0.1.example", "xlocalhost", "build.example.org"]
)
@pytest.mark.parametrize("steers", [True, False])
def test_a_name_that_somebody_else_made_to_mean_it(host: str, steers: bool) -> None:
    name = host.removesuffix(":8000")
    assert refusal(host, f"http://{host}", NAMES, steers=steers) == UNKNOWN.format(name)


@pytest.mark.parametrize(
    "host", ["", ":8000", "localhost:port", "a/b", "user@localhost:8000", "[::1", "local host"]
)
def test_no_name_at_all(host: str) -> None:
    assert refusal(host, f"http://{host}", (), steers=True) is not None
    assert refusal(host, None, (), steers=False) is not None


@pytest.mark.parametrize(
    "origin",
    [
        "http://elsewhere.example",
        "http://127.0.0.1",
        "http://127.0.0.1:8001",
        "http://localhost:8000",
        "http://127.0.0.1:8000.elsewhere.example",
        "http://127.0.0.1:8000@elsewhere.example",
        "ftp://127.0.0.1:8000",
        "file://",
        "null",
        "",
    ],
)
def test_a_page_of_another_origin(origin: str) -> None:
    for steers in (True, False):
        assert refusal("127.0.0.1:8000", origin, (), steers=steers) == FOREIGN


def test_who_steers_says_where_it_comes_from() -> None:
    assert refusal("127.0.0.1:8000", None, (), steers=True) == FOREIGN
