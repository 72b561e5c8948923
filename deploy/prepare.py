"""What a deployment needs before its first process starts: `python -m deploy.prepare secrets|databases|topics`. Each step
may be repeated: what is there is left as it is, so that all of them run at every start.

The folder SECRETS_DIR gets one folder for each process, with the secrets of that process alone, and `vault`, which only this
program reads. `secrets NAME ...` makes the named ones anew: `actor`, `seal`, `portal_secret`, `export_seal`, `databases`.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from .local.child import LauncherError
from .local.postgres import ADMIN, SERVICES, ensure_readers, ensure_service_databases, keep_password
from .local.secrets import ensure_secrets
from .local.topics import create_topics

SECRETS_OF = {
    "identity": (
        "actor_private.json",
        "actor_public.json",
        "seal_public.json",
        "franceconnect_client_secret",
        "agent_provider_client_secret",
    ),
    "family": ("actor_public.json", "seal_public.json", "export_seal", "api_particulier_token"),
    "booking": ("actor_public.json",),
    "billing": ("actor_public.json",),
    "notifications": ("actor_public.json", "seal_private.json"),
    "gateway": ("portal_secret", "export_seal"),
    "franceconnect": ("franceconnect_client_secret",),
    "api_particulier": ("api_particulier_token",),
}
PASSWORDS = "database_passwords.json"
FILES_OF = {
    "actor": ("actor_private.json", "actor_public.json"),
    "seal": ("seal_private.json", "seal_public.json"),
    "portal_secret": ("portal_secret",),
    "export_seal": ("export_seal",),
    "franceconnect_client_secret": ("franceconnect_client_secret",),
    "agent_provider_client_secret": ("agent_provider_client_secret",),
    "api_particulier_token": ("api_particulier_token",),
    "databases": (PASSWORDS,),
}


def main(arguments: list[str]) -> int:
    """Run one step; the exit code is 1 after a line that says what is wrong."""
    step, *names = arguments or [""]
    folder = Path(os.environ["SECRETS_DIR"])
    steps: dict[str, Callable[[], object]] = {
        "secrets": lambda: prepare_secrets(folder, names),
        "databases": lambda: prepare_databases(os.environ["DATABASE_URL"], folder / "vault" / PASSWORDS),
        "topics": lambda: create_topics(os.environ["KAFKA_BOOTSTRAP_SERVERS"], os.environ.get("TOPIC_PREFIX", "")),
    }
    if step not in steps:
        return _fail(f"no step {step!r}: one of {', '.join(steps)}")
    try:
        steps[step]()
    except LauncherError as error:
        return _fail(str(error))
    return 0


def _fail(reason: str) -> int:
    print(f"error: {reason}", file=sys.stderr)
    return 1


def prepare_databases(admin_dsn: str, passwords_file: Path) -> None:
    """Every service's database, with its owner and a role that only reads."""
    ensure_service_databases(admin_dsn, passwords_file=passwords_file)
    ensure_readers(admin_dsn, passwords_file=passwords_file)


def prepare_secrets(folder: Path, renewed: list[str]) -> None:
    """Make the secrets that are missing and those `renewed`, and hand each process its own.

    Raises LauncherError for a name that is no secret.
    """
    if unknown := [name for name in renewed if name not in FILES_OF]:
        raise LauncherError(f"no secret {unknown[0]!r}: one of {', '.join(FILES_OF)}")
    vault = folder / "vault"
    for name in (file for secret in renewed for file in FILES_OF[secret]):
        (vault / name).unlink(missing_ok=True)
    ensure_secrets(vault)
    for process, names in SECRETS_OF.items():
        for name in names:
            _hand_over(folder / process / name, (vault / name).read_text())
    for service in SERVICES:
        _hand_over(folder / service / "database_password", _password_line(keep_password(vault / PASSWORDS, service)))
    readers = [f"{service}_reader" for service in SERVICES]
    lines = [_password_line(keep_password(vault / PASSWORDS, reader), reader) for reader in readers]
    _hand_over(folder / "operator" / "reader_passwords", "".join(lines))
    # The server keeps the administrator's password that it made its cluster with, so this one is never renewed here.
    administrator = keep_password(vault / "administrator.json", ADMIN)
    _hand_over(vault / "administrator_password", _password_line(administrator))
    # The server runs under another account, and nobody else is shown its folder.
    _hand_over(folder / "postgres" / "password", administrator, mode=0o644)


def _password_line(password: str, role: str = "*") -> str:
    """A line of a PostgreSQL password file, good for any server: the client is told which file is for which server."""
    return f"*:*:*:{role}:{password}\n"


def _hand_over(file: Path, content: str, mode: int = 0o600) -> None:
    """Put a secret in its place, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = file.with_name(file.name + ".new")
    unfinished.touch(mode)
    unfinished.chmod(mode)
    unfinished.write_text(content)
    unfinished.replace(file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
