"""Settings are read from the environment, and what is unusable is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.errors import Unusable
from streams.settings import environment, load_settings

DAY = 86_400_000


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """No `.env` of this repository is read."""
    monkeypatch.chdir(str(tmp_path))


@pytest.mark.parametrize(
    ("text", "ms"),
    [("35d", 35 * DAY), ("1h30m", 5_400_000), ("90s", 90_000), ("PT15M", 900_000), ("P2DT1H", 2 * DAY + 3_600_000)],
)
def test_durations_are_read_as_they_are_written(monkeypatch: pytest.MonkeyPatch, text: str, ms: int) -> None:
    """Short ones and ISO 8601."""
    monkeypatch.setenv("SLAWATCH_HORIZON", text)

    assert ms == load_settings().horizon_ms


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HORIZON", "soon", "SLAWATCH_HORIZON: 'soon' is no duration; write it as 35d"),
        ("HORIZON", "P", "SLAWATCH_HORIZON"),
        ("HORIZON", "0d", "SLAWATCH_HORIZON"),
        ("PARTITIONS", "0", "SLAWATCH_PARTITIONS"),
        ("GROUP", "a b", "SLAWATCH_GROUP"),
        ("REDIS", "nonsense", "SLAWATCH_REDIS"),
        ("REDIS", "", "SLAWATCH_REDIS"),
        ("KAFKA", "localhost:abc", "SLAWATCH_KAFKA: 'localhost:abc' is no server"),
        ("KAFKA", "", "SLAWATCH_KAFKA"),
        ("KAFKA_SECURITY", "SASL_SSL", "set SLAWATCH_KAFKA_USERNAME"),
    ],
)
def test_an_unusable_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    """The message says which, and the process ends with 2."""
    monkeypatch.setenv(f"SLAWATCH_{name}", value)

    with pytest.raises(Unusable, match=says) as caught:
        load_settings()

    assert 2 == caught.value.exit_code


def test_what_is_given_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """And None gives nothing."""
    monkeypatch.setenv("SLAWATCH_GROUP", "theirs")

    assert "ours" == load_settings(group="ours").group
    assert "theirs" == load_settings(group=None).group


def test_a_password_is_not_shown() -> None:
    """Settings may be logged."""
    settings = load_settings(kafka_security="SASL_PLAINTEXT", kafka_username="u", kafka_password="very-secret")  # noqa: S106 - of nobody

    assert "very-secret" not in repr(settings)


def test_secrets_of_receivers_may_stand_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `.env` says is known too, and the environment wins."""
    (tmp_path / ".env").write_text("ROOM_SECRET=beside\nOTHER_SECRET=beside\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROOM_SECRET", "here")

    assert ("here", "beside") == (environment()["ROOM_SECRET"], environment()["OTHER_SECRET"])
