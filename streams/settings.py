"""Settings of a worker, from the environment (prefix `SLAWATCH_`) and from `.env`."""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sla.links import check_key
from streams.errors import Unusable

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
_DURATION = re.compile(r"(?:\d+[dhms])+", re.ASCII)
_ISO = re.compile(r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?", re.ASCII)


def _milliseconds(text: object) -> object:
    """`35d`, `1h30m` or `PT15M` in ms; whole numbers are ms already."""
    if not isinstance(text, str):
        return text
    if _DURATION.fullmatch(text):
        return sum(int(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"\d+[dhms]", text))
    if (iso := _ISO.fullmatch(text)) and any(iso.groups()):
        return sum(int(amount) * _UNITS[unit] for unit, amount in iso.groupdict().items() if amount)
    msg = f"{text!r} is no duration; write it as 35d, 8h, 1h30m or PT15M"
    raise ValueError(msg)


Milliseconds = Annotated[int, BeforeValidator(_milliseconds), Field(gt=0)]

_T = TypeVar("_T")
#: Set to nothing is not set: an empty line of `.env` is no value.
OrNone = Annotated[_T | None, BeforeValidator(lambda value: value or None)]


class Settings(BaseSettings):
    """All that a worker wants to know; frozen."""

    model_config = SettingsConfigDict(env_prefix="SLAWATCH_", env_file=".env", frozen=True, extra="ignore")

    kafka: str = "localhost:9092"  # bootstrap servers, separated by commas
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_ca: Path | None = None  # certificate authorities; default: the system's
    kafka_certificate: Path | None = None  # of this client, with its key
    kafka_key: Path | None = None
    kafka_sasl: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    redis: str = "redis://localhost:6379/0"
    policies: Path = Path("policies")
    group: str = Field(default="slawatch", pattern=r"^[A-Za-z0-9._-]{1,100}$")
    partitions: int = Field(default=8, ge=1, le=1000)  # of topics that are created here
    replication: int = Field(default=-1, ge=-1)  # of topics that are created here; -1: the broker's default
    horizon: Milliseconds = 35 * 86_400_000
    grace: Milliseconds = 8 * 86_400_000
    metrics_port: int | None = None
    metrics_host: str = "0.0.0.0"  # noqa: S104 - what is measured is meant to be fetched from outside
    session_timeout: Milliseconds = 10_000  # a worker that is silent for so long loses its partitions
    log: Literal["text", "json"] = "text"
    tokens: OrNone[Path] = None  # who may see the page: lines of `token rights [scopes]`
    ticket_url: OrNone[str] = None  # of the desk's own page of a ticket, with {ticket_id}
    page_url: OrNone[str] = None  # of our page as others reach it: the base of links in alerts
    link_key: OrNone[SecretStr] = None  # signs links that acknowledge; the same for alerter and wallboard
    pseudonym_key: OrNone[SecretStr] = None  # what pseudonyms of persons follow from
    signing_key: OrNone[SecretStr] = None  # Ed25519, signs the manifests of appraisals

    @field_validator("redis")
    @classmethod
    def _is_redis_address(cls, value: str) -> str:
        if not re.match(r"(rediss?|unix)://", value):
            msg = "write an address that begins with redis://, rediss:// or unix://"
            raise ValueError(msg)
        return value

    @field_validator("kafka")
    @classmethod
    def _are_servers(cls, value: str) -> str:
        for server in value.split(","):
            if not re.fullmatch(r"\s*(\[[^\]]+\]|[^\s:,\[\]]+)(:\d{1,5})?\s*", server):
                msg = f"{server!r} is no server; write host:port, separated by commas"
                raise ValueError(msg)
        return value

    @field_validator("ticket_url", "page_url")
    @classmethod
    def _is_web_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not re.match(r"https?://[^\s/]", value):
            msg = "write an address that begins with https:// or http://"
            raise ValueError(msg)
        if value is not None and info.field_name == "ticket_url" and "{ticket_id}" not in value:
            msg = "write {ticket_id} where the ticket's id belongs, such as https://desk.example/t/{ticket_id}"
            raise ValueError(msg)
        return value

    @field_validator("link_key")
    @classmethod
    def _cannot_be_guessed(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_key(value.get_secret_value())
        return value

    @property
    def horizon_ms(self) -> int:
        """How long a ticket that is over stays open to corrections."""
        return self.horizon

    @property
    def grace_ms(self) -> int:
        """How long a period stays open after its end."""
        return self.grace

    def ssl_context(self) -> ssl.SSLContext | None:
        """What a connection to Kafka is secured with; None without TLS.

        Raises:
            Unusable: a certificate or key cannot be read.
        """
        if not self.kafka_security.endswith("SSL"):
            return None
        try:
            context = ssl.create_default_context(cafile=str(self.kafka_ca) if self.kafka_ca else None)
            if self.kafka_certificate:
                context.load_cert_chain(self.kafka_certificate, self.kafka_key)
        except (OSError, ssl.SSLError) as error:
            msg = f"the certificates of SLAWATCH_KAFKA_CA, _CERTIFICATE and _KEY cannot be read: {error}"
            raise Unusable(msg) from error
        return context


def environment() -> dict[str, str]:
    """The environment, and what `.env` says beside it: for names of others' choice, as of receivers' secrets."""
    beside = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return beside | os.environ


def load_settings(**given: object) -> Settings:
    """The settings of the environment, overridden by what is given (None: not given).

    Raises:
        Unusable: a setting has a value that it cannot have; the message names each.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(
            f"SLAWATCH_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        msg = f"unusable settings: {faults}"
        raise Unusable(msg) from error
    if settings.kafka_security.startswith("SASL") and not (settings.kafka_username and settings.kafka_password):
        msg = "SLAWATCH_KAFKA_SECURITY asks for SASL: set SLAWATCH_KAFKA_USERNAME and SLAWATCH_KAFKA_PASSWORD too"
        raise Unusable(msg)
    return settings
