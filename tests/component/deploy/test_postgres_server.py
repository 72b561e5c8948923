"""The local PostgreSQL: it survives every end, leaves nothing behind, and keeps each service in its own database."""

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.child import ROOT, LauncherError, children_of, runs, wait_until
from deploy.local.ports import free_ports
from deploy.local.postgres import SERVICES, PostgresServer, ensure_readers, ensure_service_databases
from deploy.local.reach import ACCOUNT, binaries

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "pg_stat_statements")
EXCLUSION_SQL = """
do $$ begin
create table stays (child int, days daterange, exclude using gist (child with =, days with &&));
insert into stays values (1, '[2026-09-01,2026-09-30]'), (1, '[2026-10-01,2026-10-31]'), (2, '[2026-09-01,2026-10-31]');
end $$
"""
# What an account without rights of ours may not read is imported before it is taken on, or copied to where it may.
AS_ORDINARY_USER = """
import asyncio, asyncpg, concurrent.futures.thread, ctypes, hashlib, importlib.metadata, importlib.util, json, os, pathlib, pwd, secrets, signal, subprocess, sys
if os.geteuid() == 0:
    account = pwd.getpwnam("nobody")
    os.setgroups([]); os.setgid(account.pw_gid); os.setuid(account.pw_uid)
from deploy.local.postgres import PostgresServer
server = PostgresServer(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
server.start(); server.kill(); server.start()
print(os.geteuid(), server.is_running())
server.stop()
"""


def run_sql(dsn: str, statement: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn, timeout=20)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def new_server(state_dir: Path) -> PostgresServer:
    return PostgresServer(state_dir, *free_ports(1))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    server = new_server(tmp_path_factory.mktemp("state"))
    server.start()
    yield server
    server.stop()


def test_it_has_the_extensions_that_a_town_server_must_have(server: PostgresServer) -> None:
    for extension in EXTENSIONS:
        run_sql(server.admin_dsn, f"create extension {extension}")
    run_sql(server.admin_dsn, EXCLUSION_SQL)
    with pytest.raises(asyncpg.ExclusionViolationError):
        run_sql(server.admin_dsn, "insert into stays values (1, '[2026-09-30,2026-10-02]')")
    assert (
        run_sql(server.admin_dsn, "select unaccent('Élodie') || similarity('Dupont', 'Dupond')::text")
        == "Elodie0.5555556"
    )


@pytest.mark.parametrize("program", ["pg_dump", "pg_restore", "psql", "pgbench"])
def test_the_programs_of_backups_and_measures_come_with_the_server(program: str) -> None:
    server_version, version = (
        subprocess.run([binaries() / name, "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
        for name in ("postgres", program)
    )
    assert version == server_version
    assert server_version.startswith("18.")


def test_an_ordinary_user_runs_it_too() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
        state = folder / "state"
        state.mkdir()
        if ACCOUNT is not None:
            shutil.chown(state, ACCOUNT)
        command = [sys.executable, "-c", AS_ORDINARY_USER, str(state), str(*free_ports(1))]
        env = {**os.environ, "PG_BINDIR": str(binaries())}
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    user, is_running = done.stdout.split()
    assert user != "0"
    assert is_running == "True"


def test_what_was_committed_survives_a_power_cut(server: PostgresServer) -> None:
    run_sql(server.admin_dsn, "create table kept (n int)")
    run_sql(server.admin_dsn, "insert into kept values (7)")
    server.kill()
    assert not server.is_running()
    assert server.exit_code == -signal.SIGKILL
    server.start()
    assert run_sql(server.admin_dsn, "select n from kept") == 7


def test_a_kill_leaves_no_backend_that_would_still_write(server: PostgresServer) -> None:
    (pid,) = [int(pid) for pid in (server._link / "postmaster.pid").read_text().split("\n")[:1]]
    backends = children_of(pid)
    assert backends
    server.kill()
    data = str(server._link.resolve())
    assert wait_until(lambda: not any(runs(backend, "postgres") for backend in backends), 2), data
    server.start()


def test_durability_is_on(server: PostgresServer) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert run_sql(server.admin_dsn, f"show {setting}") == "on"


def test_a_lock_file_that_names_an_unrelated_process_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    server = new_server(tmp_path)
    server.start()
    server.kill()
    lock = server._link / "postmaster.pid"
    lines = lock.read_text().split("\n")
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()
    server.stop()


def test_the_server_of_a_launcher_that_died_is_ended_and_its_data_continued(tmp_path: Path) -> None:
    former = new_server(tmp_path)
    former.start()
    run_sql(former.admin_dsn, "create table kept (n int)")
    latter = new_server(tmp_path)
    latter.start()
    assert wait_until(lambda: not former.is_running(), 5)
    assert run_sql(latter.admin_dsn, "select count(*) from kept") == 0
    latter.stop()


def test_it_ends_with_the_launcher_even_when_that_one_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from deploy.local.postgres import PostgresServer\n"
        "server = PostgresServer(pathlib.Path(sys.argv[1]), int(sys.argv[2])); server.start()\n"
        "print(server._child.pid, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path), str(*free_ports(1))]
    launcher = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert launcher.stdout is not None
    pid = int(launcher.stdout.readline())
    assert runs(pid, "postgres")
    launcher.kill()
    launcher.communicate()
    assert wait_until(lambda: not runs(pid, "postgres"), 5)


def test_a_folder_that_others_may_not_enter_is_no_obstacle(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = new_server(closed / "state")
    server.start()
    assert run_sql(server.admin_dsn, "select 1") == 1
    server.stop()


def test_data_of_another_major_version_is_refused_in_one_line(tmp_path: Path) -> None:
    server = new_server(tmp_path)
    server.prepare()
    (server._link / "PG_VERSION").write_text("9\n")
    with pytest.raises(LauncherError, match=r"is of PostgreSQL 9, not \d+: `make reset`"):
        server.start()


def test_a_server_that_cannot_start_says_why(server: PostgresServer, tmp_path: Path) -> None:
    other = PostgresServer(tmp_path, server.port)
    with pytest.raises(LauncherError, match=r"did not start: could not bind .*[Aa]ddress already in use"):
        other.start()


def test_every_service_owns_its_database_and_reaches_no_other(server: PostgresServer) -> None:
    dsns = ensure_service_databases(server.admin_dsn)
    assert list(dsns) == list(SERVICES)
    for service, dsn in dsns.items():
        assert run_sql(dsn, "select current_user || ' ' || current_database()") == f"{service} {service}"
        run_sql(dsn, "create table own (n int)")
    for service, other in itertools.permutations(SERVICES, 2):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
            run_sql(dsns[service].rpartition("/")[0] + f"/{other}", "select 1")


def test_a_reader_reads_the_tables_of_its_service_and_does_nothing_else(server: PostgresServer) -> None:
    owners = ensure_service_databases(server.admin_dsn, "town_r_")
    run_sql(owners["family"], "create table former (n int)")
    readers = ensure_readers(server.admin_dsn, "town_r_")
    run_sql(owners["family"], "create table later (n int)")
    assert ensure_readers(server.admin_dsn, "town_r_").keys() == readers.keys() == set(SERVICES)
    reader = ensure_readers(server.admin_dsn, "town_r_")["family"]
    for table in ("former", "later"):
        assert run_sql(reader, f"select count(*) from {table}") == 0
    for statement in ("insert into later values (1)", "drop table later", "create table own (n int)"):
        for writable in ("on", "off"):
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
                run_sql(f"{reader}?default_transaction_read_only={writable}", statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
        run_sql(reader.rpartition("/")[0] + "/town_r_booking", "select 1")


def test_a_role_needs_its_password(server: PostgresServer) -> None:
    dsn = ensure_service_databases(server.admin_dsn)["billing"]
    credentials = dsn.split("//")[1].split("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_sql(dsn.replace(credentials, "billing:wrong"), "select 1")


def test_databases_are_kept_and_passwords_stay_when_they_are_written_down(
    server: PostgresServer, tmp_path: Path
) -> None:
    passwords = tmp_path / "passwords.json"
    first = ensure_service_databases(server.admin_dsn, "town_a_", passwords)
    run_sql(first["family"], "create table kept (n int)")
    assert ensure_service_databases(server.admin_dsn, "town_a_", passwords) == first
    assert run_sql(first["family"], "select count(*) from kept") == 0
    assert set(json.loads(passwords.read_text())) == {f"town_a_{service}" for service in SERVICES}
    assert passwords.stat().st_mode & 0o777 == 0o600


def test_two_prefixes_share_a_server_and_nothing_else(server: PostgresServer) -> None:
    first = ensure_service_databases(server.admin_dsn, "town_b_")
    second = ensure_service_databases(server.admin_dsn, "town_c_")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        run_sql(first["booking"].rpartition("/")[0] + "/" + second["booking"].rpartition("/")[2], "select 1")


def test_an_administrator_who_is_no_superuser_suffices(server: PostgresServer) -> None:
    run_sql(server.admin_dsn, "create role steward login createdb createrole password 'steward'")
    dsn = f"postgresql://steward:steward@127.0.0.1:{server.port}/postgres?application_name=launcher"
    dsns = ensure_service_databases(dsn, "town_d_")
    assert run_sql(ensure_readers(dsn, "town_d_")["booking"], "select current_user") == "town_d_booking_reader"
    assert dsns["booking"].endswith("/town_d_booking?application_name=launcher")
    run_sql(dsns["booking"], "create table own (n int)")


def test_a_server_that_refuses_us_is_said_in_one_line(server: PostgresServer) -> None:
    dsn = f"postgresql://postgres:wrong@127.0.0.1:{server.port}/postgres"
    with pytest.raises(LauncherError, match=rf"PostgreSQL at 127.0.0.1:{server.port} does not let us in"):
        ensure_service_databases(dsn)
