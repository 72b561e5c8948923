"""The local PostgreSQL: a cluster in the state folder, run as an ordinary process with durable settings from the
binaries of a Python package, and the databases in it: one per service, each with a login role that reaches no other."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from .child import LOOPBACK, LauncherError, children_of, end_former, group_of, run_apart, spawn, wait_until
from .reach import ACCOUNT, binaries, place_for

SERVICES = ("identity", "family", "booking", "billing", "notifications")
CONNECTIONS_MAX = 300  # a suite has many more services on one server than the hundred connections of a town would serve
START_LIMIT_SECONDS = 30
STOP_LIMIT_SECONDS = 8
ADMIN = "postgres"


class PostgresServer:
    """One cluster under `state_dir`, listening on the loopback `port`; `is_durable` unless nobody minds what a crash takes."""

    def __init__(self, state_dir: Path, port: int, *, is_durable: bool = True) -> None:
        self.name = "postgres"
        self.port = port
        self._durability = "on" if is_durable else "off"
        self.log = state_dir / "logs" / "postgres.log"
        self._passwords = state_dir / "database_passwords.json"
        self._link = state_dir / "postgres"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def admin_dsn(self) -> str:
        """The address of the administrator's database, password included."""
        return f"postgresql://{ADMIN}:{keep_password(self._passwords, ADMIN)}@{LOOPBACK}:{self.port}/{ADMIN}"

    def start(self) -> None:
        """Make the cluster if there is none, start it and wait until it answers. Call it from the main thread."""
        self.prepare()
        self.launch()
        self.wait_ready()

    def prepare(self) -> None:
        """Make the cluster if there is none. May run in any thread."""
        self._link.parent.mkdir(parents=True, exist_ok=True)
        self.end_former()
        version_file = self._link / "PG_VERSION"
        if not version_file.exists():
            self._create_cluster(place_for(self._link))
        made_by, ours = version_file.read_text().strip(), major_version(binaries())
        if made_by != ours:
            raise LauncherError(
                f"the data in {self._link} is of PostgreSQL {made_by}, not {ours}: `make reset` forgets it"
            )

    def end_former(self) -> None:
        """End the server that a launcher which died left on our cluster."""
        if pid := self._read_pid_file()[:1]:
            end_former(int(pid[0]), str(self._link.resolve()), signal.SIGINT)

    def launch(self) -> None:
        """Start the server process on a prepared cluster, without waiting for it. Call it from the main thread."""
        settings = {
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "max_connections": str(CONNECTIONS_MAX),
            "fsync": self._durability,
            "synchronous_commit": self._durability,
            "full_page_writes": self._durability,
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(binaries() / "postgres"), "-D", str(self._link.resolve()), "-p", str(self.port)]
        self._child = spawn([*command, *options], self.log, signal.SIGINT, account=ACCOUNT)

    def wait_ready(self) -> None:
        """Wait until the server accepts connections.

        Raises LauncherError when it ends instead, or is too slow.
        """
        ready = wait_until(lambda: not self.is_running() or self._is_ready(), START_LIMIT_SECONDS)
        if not ready or not self.is_running():
            raise LauncherError(f"PostgreSQL did not start: {self._why()} (whole log: {self.log})")

    def stop(self) -> None:
        """Shut down cleanly: connections are ended, everything is on disk."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.send_signal(signal.SIGINT)
        if not wait_until(lambda: not self.is_running(), STOP_LIMIT_SECONDS):
            self.kill()

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.send_signal(signal.SIGSTOP)  # no new backend between the listing and the kill
        backends = children_of(self._child.pid)
        self._child.kill()
        self._end_backends(backends)
        self._child.wait()

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while the server runs or before its first start."""
        return None if self._child is None else self._child.poll()

    @staticmethod
    def _end_backends(backends: list[int]) -> None:
        """Every backend leads a process group of its own, so ending the server's group would leave them."""
        for pid in backends:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _why(self) -> str:
        """What the log says against starting, without its timestamps."""
        lines = self.log.read_text(errors="replace").splitlines()
        reasons = [line.partition(":  ")[2] for line in lines if "FATAL:" in line or "LOG:  could not" in line]
        return "; ".join(reasons[-2:]) or "it says no reason"

    def _read_pid_file(self) -> list[str]:
        try:
            return (self._link / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return []

    def _is_ready(self) -> bool:
        """The eighth line of the lock file is the server's state, its first one the server's process."""
        lines = self._read_pid_file()
        return (
            len(lines) > 7
            and lines[7].strip() == "ready"
            and self._child is not None
            and lines[0] == str(self._child.pid)
        )

    def _create_cluster(self, folder: Path) -> None:
        """The folder takes its final name last: an interrupted creation leaves nothing that looks like a cluster."""
        unfinished = folder.with_name(folder.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        password_file = unfinished.with_suffix(".password")
        password_file.touch(0o600)
        password_file.write_text(keep_password(self._passwords, ADMIN))
        if ACCOUNT is not None:
            shutil.chown(unfinished, ACCOUNT)
            shutil.chown(password_file, ACCOUNT)
        command = [str(binaries() / "initdb"), "-D", str(unfinished), "-U", ADMIN, "-E", "UTF8"]
        command += [
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
            "--no-sync",
            "--no-instructions",
        ]
        try:
            made = subprocess.run(
                command,
                capture_output=True,
                text=True,
                cwd="/",
                check=False,
                user=ACCOUNT,
                group=group_of(ACCOUNT),
                extra_groups=None if ACCOUNT is None else [],
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            reason = " | ".join(made.stderr.strip().splitlines()[-3:])
            raise LauncherError(f"PostgreSQL could not create its cluster in {folder}: {reason}")
        unfinished.rename(folder)


def major_version(folder: Path) -> str:
    """The major version of the binaries in a folder, such as 18."""
    run = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    return run.stdout.split()[2].split(".")[0]


def keep_password(passwords_file: Path, role: str) -> str:
    """The password of a role, made at its first use and kept in `passwords_file` (JSON, role to password, 0600)."""
    passwords: dict[str, str] = json.loads(passwords_file.read_text()) if passwords_file.exists() else {}
    if role not in passwords:
        passwords[role] = secrets.token_urlsafe(24)
        passwords_file.parent.mkdir(parents=True, exist_ok=True)
        passwords_file.touch(0o600)
        passwords_file.write_text(json.dumps(passwords, indent=1))
    return passwords[role]


def ensure_service_databases(admin_dsn: str, prefix: str = "", passwords_file: Path | None = None) -> dict[str, str]:
    """Give every service its database and its role, both named `<prefix><service>`, and return the DSN by service.

    Safe to repeat. Passwords are kept in `passwords_file`; without one, every call sets new ones.
    Raises LauncherError when the server does not answer.
    """
    return run_apart(create_service_databases(admin_dsn, prefix, passwords_file))


async def create_service_databases(
    admin_dsn: str, prefix: str = "", passwords_file: Path | None = None
) -> dict[str, str]:
    """`ensure_service_databases` for callers that already run an event loop."""
    if not re.fullmatch(r"[a-z0-9_]*", prefix):
        raise ValueError(f"a prefix has lower-case letters, digits and underscores only: {prefix!r}")
    try:
        admin = await asyncpg.connect(admin_dsn, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        server = urlsplit(admin_dsn).netloc.rpartition("@")[2]
        raise LauncherError(f"PostgreSQL at {server} does not let us in ({error}): check DATABASE_URL") from error
    try:
        addresses = {}
        for service in SERVICES:
            name = prefix + service
            password = keep_password(passwords_file, name) if passwords_file else secrets.token_urlsafe(24)
            await _ensure_database(admin, name, password)
            addresses[service] = _dsn_of(admin_dsn, name, password)
        return addresses
    finally:
        await admin.close()


ROLE_AND_DATABASE_SQL = """
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1::text) AS has_role,
       EXISTS (SELECT FROM pg_database WHERE datname = $1::text) AS has_database
"""


async def _ensure_database(admin: asyncpg.Connection, name: str, password: str) -> None:
    """Everyone may connect to a new database by default; here its owner alone may."""
    row = await admin.fetchrow(ROLE_AND_DATABASE_SQL, name)
    verb = "ALTER" if row and row["has_role"] else "CREATE"
    await admin.execute(f"{verb} ROLE \"{name}\" LOGIN PASSWORD '{password}'")
    if row and row["has_database"]:
        return
    await admin.execute(f'GRANT "{name}" TO CURRENT_USER')  # an administrator who is no superuser needs it to give away
    await admin.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
    await admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')


def ensure_readers(admin_dsn: str, prefix: str = "", passwords_file: Path | None = None) -> dict[str, str]:
    """Give every service's database a role, `<prefix><service>_reader`, that reads its tables and nothing else; the DSN by service.

    Safe to repeat, once the databases are there; passwords are kept as theirs.
    """
    return run_apart(create_readers(admin_dsn, prefix, passwords_file))


async def create_readers(admin_dsn: str, prefix: str = "", passwords_file: Path | None = None) -> dict[str, str]:
    """`ensure_readers` for callers that already run an event loop."""
    addresses = {}
    for service in SERVICES:
        name, reader = prefix + service, f"{prefix}{service}_reader"
        password = keep_password(passwords_file, reader) if passwords_file else secrets.token_urlsafe(24)
        admin = await asyncpg.connect(urlunsplit(urlsplit(admin_dsn)._replace(path=f"/{name}")), timeout=10)
        try:
            await _ensure_reader(admin, name, reader, password)
        finally:
            await admin.close()
        addresses[service] = _dsn_of(admin_dsn, reader, password, name)
    return addresses


async def _ensure_reader(admin: asyncpg.Connection, name: str, reader: str, password: str) -> None:
    """Tables that its owner makes later may be read too."""
    row = await admin.fetchrow(ROLE_AND_DATABASE_SQL, reader)
    verb = "ALTER" if row and row["has_role"] else "CREATE"
    await admin.execute(f"{verb} ROLE \"{reader}\" LOGIN PASSWORD '{password}'")
    await admin.execute(f'ALTER ROLE "{reader}" SET default_transaction_read_only = on')
    await admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{reader}"')
    await admin.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{reader}"')
    await admin.execute(f'ALTER DEFAULT PRIVILEGES FOR ROLE "{name}" GRANT SELECT ON TABLES TO "{reader}"')


def _dsn_of(admin_dsn: str, name: str, password: str, database: str = "") -> str:
    """The address of a role's own database, or of another one."""
    parts = urlsplit(admin_dsn)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(name)}:{quote(password)}@{server}", path=f"/{database or name}"))
