"""The secrets of containers: made once, handed to whoever needs them and to nobody else, renewed by name."""

from pathlib import Path

import pytest

from contracts.types import SERVICES
from deploy.local.child import LauncherError
from deploy.prepare import SECRETS_OF, main, prepare_secrets


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_each_process_gets_its_own_and_no_other(tmp_path: Path) -> None:
    prepare_secrets(tmp_path, [])
    made = files(tmp_path)
    for process, names in SECRETS_OF.items():
        own = {name.partition("/")[2] for name in made if name.startswith(f"{process}/")}
        assert own == {*names, *(["database_password"] if process in SERVICES else [])}
    private = {name for name, content in made.items() if '"d"' in content}
    assert private == {
        *("vault/actor_private.json", "identity/actor_private.json"),
        *("vault/seal_private.json", "notifications/seal_private.json"),
    }
    readable = {name for name in made if (tmp_path / name).stat().st_mode & 0o077}
    assert readable == {"postgres/password"}, "the server runs under another account"
    assert made["vault/administrator_password"] == f"*:*:*:*:{made['postgres/password']}\n"


def test_secrets_stay_until_they_are_renewed_by_name(tmp_path: Path) -> None:
    prepare_secrets(tmp_path, [])
    first = files(tmp_path)
    prepare_secrets(tmp_path, [])
    assert files(tmp_path) == first
    prepare_secrets(tmp_path, ["actor", "databases"])
    changed = {name for name, content in files(tmp_path).items() if first[name] != content}
    assert {name for name in changed if "actor" not in name} == {
        "vault/database_passwords.json",
        "operator/reader_passwords",
        *(f"{process}/database_password" for process in SERVICES),
    }
    assert {name for name in first if "actor" in name} <= changed


def test_an_unknown_secret_or_step_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        LauncherError,
        match="no secret 'smtp': one of actor, seal, portal_secret, export_seal, franceconnect_client_secret, agent_provider_client_secret, api_particulier_token, databases",
    ):
        prepare_secrets(tmp_path, ["smtp"])
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    assert main(["everything"]) == 1
    assert main([]) == 1
    assert files(tmp_path) == {}
