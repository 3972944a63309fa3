"""`manifest.json`: the digest of each file, what it was computed from, and who signed it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from appraisal.form import Appraisal

NAME: Final = "manifest.json"
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_SEED = 32  # bytes


class UnusableKey(ValueError):
    """A key to sign with that cannot be read.

    Operator action: set SLAWATCH_SIGNING_KEY to an Ed25519 private key, as PEM or as 32 bytes in base64.
    """


def read_key(text: str) -> Ed25519PrivateKey:
    """A private key from its text: PEM without a password, or its 32 bytes in base64.

    Raises:
        UnusableKey: it is neither; the message never shows it.
    """
    msg = "SLAWATCH_SIGNING_KEY is no Ed25519 private key: give it as PEM without a password, or as 32 bytes in base64"
    try:
        if "-----BEGIN" in text:
            key = load_pem_private_key(text.replace("\\n", "\n").encode(), None)
            if isinstance(key, Ed25519PrivateKey):
                return key
            raise UnusableKey(msg)
        seed = base64.b64decode(text.strip(), validate=True)
    except (ValueError, TypeError, binascii.Error) as error:
        raise UnusableKey(msg) from error
    if len(seed) != _SEED:
        raise UnusableKey(msg)
    return Ed25519PrivateKey.from_private_bytes(seed)


def manifest_of(
    appraisal: Appraisal,
    files: Mapping[PurePosixPath, bytes],
    asked: Mapping[str, Any],
    key: Ed25519PrivateKey | None = None,
) -> bytes:
    """The manifest of the files of an appraisal; `asked` is what `verify` needs to ask for the same again."""
    body: dict[str, Any] = {
        "period": appraisal.period,
        "revision": appraisal.revision,
        "final": appraisal.final,
        "editions": appraisal.editions,
        "as_of": appraisal.as_of,
        "inputs": appraisal.inputs,
        "asked": dict(asked),
        "files": {str(name): hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    if key is not None:
        body["signature"] = {
            "algorithm": "Ed25519",
            "public_key": public_text(key.public_key()),
            "value": base64.b64encode(key.sign(_signed(body))).decode(),
        }
    return orjson.dumps(body, option=_OPTIONS)


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as the manifest names it: its 32 bytes in base64."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def signer_of(manifest: Mapping[str, Any]) -> str | None:
    """The public key that a manifest is signed with; None when nobody signed it.

    Raises:
        ValueError: the signature is not that of what the manifest says.
    """
    signature = manifest.get("signature")
    if signature is None:
        return None
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"], validate=True))
        key.verify(base64.b64decode(signature["value"], validate=True), _signed(manifest))
    except (InvalidSignature, KeyError, TypeError, ValueError) as error:
        msg = "the signature is not that of this manifest: it, or what it says, was changed after signing"
        raise ValueError(msg) from error
    return str(signature["public_key"])


def _signed(manifest: Mapping[str, Any]) -> bytes:
    """What is signed: everything but the signature, with sorted keys and no blanks."""
    return orjson.dumps(
        {name: value for name, value in manifest.items() if name != "signature"}, option=orjson.OPT_SORT_KEYS
    )
