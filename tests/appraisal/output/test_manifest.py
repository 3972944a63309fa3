"""A manifest finds out whatever was done to the files after it was written."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from appraisal.form import FilledForm
from appraisal.output.files import Asked, files_of, write_files
from appraisal.output.manifest import UnusableKey, public_text, read_key
from appraisal.output.verify import Unverifiable, compare, folders_of, read_manifest, verify_folder
from tests.appraisal.output.made import appraisal

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SEED = base64.b64encode(bytes(range(32))).decode()

WITH_TICKETS = Asked(tickets=True)


def as_text(form: FilledForm, language: str) -> bytes:
    """A form as a kind of file that takes a line to write."""
    return f"{form.title.in_language(language)} {form.total}\n".encode()


def written(folder: Path, key: Ed25519PrivateKey | None = None, asked: Asked = WITH_TICKETS) -> Path:
    """The appraisal in a folder."""
    return write_files(appraisal(), files_of(appraisal(), asked, {"txt": as_text}, key), folder)


def faults(folder: Path) -> list[str]:
    """What verifying the folder finds."""
    return verify_folder(folder).faults


def test_what_was_just_written_is_without_fault(tmp_path: Path) -> None:
    """Forms, totals and tickets are all in the manifest."""
    root = written(tmp_path)

    assert [] == faults(root)
    assert {"totals.json", "totals.csv", "totals.parquet", "tickets.csv", "forms/small/agent-wang.li.txt"} <= {
        str(name) for name in read_manifest(root).files
    }


def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    """In any file, at its start, its middle and its end."""
    root = written(tmp_path)
    for name in read_manifest(root).files:
        whole = (root / name).read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 1):
            (root / name).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert [f"{name}: changed since it was written"] == faults(root)
        (root / name).write_bytes(whole)


@pytest.mark.parametrize(
    ("expected", "harm"),
    [
        ("totals.csv: missing", lambda root: (root / "totals.csv").unlink()),
        ("extra.csv: not in the manifest", lambda root: (root / "extra.csv").write_text("x")),
    ],
)
def test_what_is_missing_or_too_much_is_named(tmp_path: Path, expected: str, harm: Callable[[Path], object]) -> None:
    """A form put in by hand is no form of ours."""
    root = written(tmp_path)
    harm(root)

    assert [expected] == faults(root)


def test_a_signature_names_who_signed(tmp_path: Path) -> None:
    """With it a manifest cannot be written anew by whoever changed a file."""
    verdict = verify_folder(written(tmp_path, KEY))

    assert (public_text(KEY.public_key()), []) == (verdict.signer, verdict.faults)


def test_a_manifest_changed_after_signing_is_found(tmp_path: Path) -> None:
    """The revision, a digest, or anything else that it says."""
    root = written(tmp_path, KEY)
    said = orjson.loads((root / "manifest.json").read_bytes())
    for changed in (said | {"revision": 7}, said | {"files": {}}, said | {"as_of": "2020-01-01T00:00:00Z"}):
        (root / "manifest.json").write_bytes(orjson.dumps(changed))
        assert any("signature" in fault for fault in faults(root))


def test_a_manifest_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    """It may have been made to ask about files that are none of its business."""
    root = written(tmp_path)
    said = orjson.loads((root / "manifest.json").read_bytes())
    (root / "manifest.json").write_bytes(orjson.dumps(said | {"files": said["files"] | {"../../secret": "0" * 64}}))

    assert ["../../secret: the manifest points out of its folder"] == faults(root)


def test_writing_again_leaves_nothing_behind(tmp_path: Path) -> None:
    """Tickets asked for yesterday are not taken for today's."""
    written(tmp_path)
    root = written(tmp_path, asked=Asked())

    assert not (root / "tickets.csv").exists()
    assert [] == faults(root)


def test_the_same_appraisal_is_the_same_bytes() -> None:
    """The signature as well: Ed25519 draws no lots."""
    once, again = (files_of(appraisal(), Asked(), {"txt": as_text}, KEY) for _ in range(2))

    assert once == again


def test_computed_anew_it_is_compared_file_by_file(tmp_path: Path) -> None:
    """What differs, what is missing and what is too much are told apart."""
    known = read_manifest(written(tmp_path)).files
    anew = dict(files_of(appraisal(), Asked(tickets=True), {"txt": as_text}))
    assert [] == compare(known, anew)

    anew[PurePosixPath("totals.csv")] += b"x"
    del anew[PurePosixPath("tickets.csv")]
    anew[PurePosixPath("new.csv")] = b""
    assert [
        "tickets.csv: only in the folder, not among what is computed anew",
        "new.csv: computed anew, but not in the manifest",
        "totals.csv: computed anew it is different",
    ] == compare(known, anew)


def test_a_key_comes_as_pem_or_as_its_bytes() -> None:
    """A secret store keeps either."""
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    for text in (SEED, pem, pem.replace("\n", "\\n")):
        assert KEY.private_bytes_raw() == read_key(text).private_bytes_raw()


@pytest.mark.parametrize(
    "text", ["", "secret", SEED[:-8], "-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_refused_and_not_shown(text: str) -> None:
    """The message goes into logs."""
    with pytest.raises(UnusableKey, match="SLAWATCH_SIGNING_KEY") as caught:
        read_key(text)
    assert not text or text not in str(caught.value)


def test_a_folder_without_manifests_says_what_to_name(tmp_path: Path) -> None:
    """The folder of one period, or that of all."""
    root = written(tmp_path)
    assert [root] == folders_of(tmp_path) == folders_of(root)

    (root / "manifest.json").write_text("[]")
    with pytest.raises(Unverifiable, match=r"manifest\.json cannot be read"):
        verify_folder(root)
    (root / "manifest.json").unlink()
    with pytest.raises(Unverifiable, match="name the folder"):
        folders_of(root)
