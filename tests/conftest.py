"""Fixtures for all tests."""

import gc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from object_stores import BUCKET, emptied, s3_server
from obstore.store import S3Store

from fakeweb_tui.config import Config, load_config

# The same examples in every run, and no judgement by how long they took: a busy machine is no finding.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

# All that the tests import makes a collection slow, and each app that is started brings on many: they took a third
# of the time. What a test forgot to close comes to light a little later.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the themes, the settings and the unsaved edits of whoever runs the tests out of them."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".state"))


@pytest.fixture(scope="session")
def config() -> Config:
    """The built-in config, whatever lies in the current directory."""
    return load_config(Path(__file__).parent.parent / "fakeweb_tui" / "default.yml")


@pytest.fixture(scope="session")
def start() -> datetime:
    """The midnight at which simulations begin."""
    return datetime(2026, 3, 2)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of an S3 server."""
    with s3_server() as address:
        yield address


@pytest.fixture
def environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment in which the server is found, with one empty bucket."""
    found = emptied(endpoint)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def store(environment: dict[str, str]) -> S3Store:
    """The empty bucket."""
    return S3Store(BUCKET, endpoint=environment["AWS_ENDPOINT_URL"], client_options={"allow_http": True})
