"""The secrets of a local deployment: made once, closed to others, and pairs that belong together."""

import base64
import json
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from deploy.local.secrets import ensure_secrets


def read(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_each_private_key_has_its_public_half_and_no_public_file_gives_it_away(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)
    for name, curve in (("actor", "Ed25519"), ("seal", "X25519")):
        private = OKPKey.import_key(json.loads((tmp_path / f"{name}_private.json").read_text()))
        public = json.loads((tmp_path / f"{name}_public.json").read_text())
        assert private.as_dict(private=False) == public
        assert public["crv"] == curve
        assert "d" not in public


@pytest.mark.parametrize("name", ["portal_secret", "export_seal"])
def test_a_secret_text_has_32_random_bytes(tmp_path: Path, name: str) -> None:
    ensure_secrets(tmp_path / "a")
    ensure_secrets(tmp_path / "b")
    first, second = ((tmp_path / folder / name).read_text() for folder in "ab")
    assert len(base64.urlsafe_b64decode(first + "=")) == 32
    assert first != second


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    ensure_secrets(tmp_path / "secrets")
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "secrets").iterdir()} == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_existing_secrets_are_kept_and_a_lost_half_renews_the_pair(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)
    before = read(tmp_path)
    ensure_secrets(tmp_path)
    assert read(tmp_path) == before
    (tmp_path / "seal_public.json").unlink()
    ensure_secrets(tmp_path)
    after = read(tmp_path)
    assert after["seal_private.json"] != before["seal_private.json"]
    assert after["actor_private.json"] == before["actor_private.json"]
