"""The world outside, as tests need it: a web server, a proxy that sees through TLS, a mail server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.alerts.targets.stations import Authority, Station, station


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs certificates that nobody trusts who was not told to."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def web() -> Iterator[Station]:
    """A web server."""
    with station() as opened:
        yield opened


@pytest.fixture
def world(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """Every host of the world, over TLS, through a proxy that writes down what is meant for it."""
    with station(certificate=authority.context) as opened:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, opened.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.path))
        yield opened
