"""The containers of compose.yaml without an engine: the files that enter the image and the packages of its lock alone, run by
the image's command with the container's variables, as an account that may write nowhere but in the temporary folder."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from deploy.local.child import free_ports, wait_until
from deploy.local.kafka import KafkaServer
from deploy.local.reach import ACCOUNT, is_reachable
from tests.support.containers import (
    DEMO_ENV,
    DOCKERFILE,
    ROOT,
    build_tree,
    environment_of,
    instructions_of,
    read_compose,
    read_dockerfile,
    read_env_file,
)
from tests.support.databases import Postgres
from tests.unit.deploy.test_image import locked

STAGES = read_dockerfile(DOCKERFILE.read_text())
PREFIX = "containers_"
CONTAINERS = read_compose(read_env_file(DEMO_ENV) | {"TOPIC_PREFIX": PREFIX})["services"]
PROCESSES = [
    name for name, container in CONTAINERS.items() if container["restart"] != "no" and name not in ("postgres", "kafka")
]
STEPS = [CONTAINERS[name] for name in ("secrets", "databases", "topics")]
READY_SECONDS = 90


@dataclass
class Machine:
    """Where the containers run: the image's tree and packages, the volumes, and the servers that stand for two of them."""

    folder: Path
    dsn: str
    kafka: str
    ports: dict[str, int]
    account: str | None

    def variables(self, name: str) -> dict[str, str]:
        """The container's variables, with each address and place of its world put where ours is."""
        variables = environment_of(CONTAINERS[name], STAGES)
        server = urlsplit(self.dsn)
        places = {f"http://{host}:8000": f"http://127.0.0.1:{port}" for host, port in self.ports.items()}
        places |= {"@postgres:5432": f"@127.0.0.1:{server.port}", "kafka:9092": self.kafka, "0.0.0.0": "127.0.0.1"}
        for line in CONTAINERS[name].get("volumes", []):
            source, place = line.split(":")[:2]
            places[place] = str(
                ROOT / "deploy" / source if source.startswith(".") else self.folder / "volumes" / source
            )
        places |= {"/secrets": str(self.folder / "steps")} if CONTAINERS[name] in STEPS else {}
        for here in sorted(places, key=len, reverse=True):
            variables = {key: value.replace(here, places[here]) for key, value in variables.items()}
        own = {"HTTP_PORT": str(self.ports[name]), "PYTHONPATH": str(self.folder / "packages"), "PATH": os.defpath}
        own |= {key: str(self.ports[key]) for key in ("SMTP_PORT", "METRICS_PORT") if key in variables}
        own |= {"STATE_DIR": str(self.folder / "tmp" / name)} if "STATE_DIR" in variables else {}
        return variables | own | {"TMPDIR": str(self.folder / "tmp")}

    def start(self, name: str, command: list[str] | None = None) -> subprocess.Popen[bytes]:
        """Run the container's command, or another one of the image, in the image's tree. The virtual environment stays out."""
        (entry,) = (
            instruction.words
            for instruction in instructions_of("portal", STAGES)
            if instruction.keyword == "ENTRYPOINT"
        )
        log = (self.folder / f"{name}.log").open("ab")
        python = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")
        return subprocess.Popen(
            [python, *entry[1:], *(command or CONTAINERS[name]["command"])],
            cwd=self.folder / "image",
            env=self.variables(name),
            stdout=log,
            stderr=subprocess.STDOUT,
            user=self.account,
            extra_groups=None if self.account is None else [],
        )

    def run(self, name: str, command: list[str] | None = None) -> int:
        """The exit code of a container that ends by itself."""
        return self.start(name, command).wait(60)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


def lay_out_packages(folder: Path, locks: list[str]) -> None:
    """Links to the packages of the locks, and to no other: what the image's environment would hold."""
    folder.mkdir()
    for name in {package for lock in locks for package in locked(lock)}:
        try:
            files = distribution(name).files or []
        except ModuleNotFoundError:  # for another operating system
            continue
        for top in {file.parts[0] for file in files if file.parts[0] not in ("..", "__pycache__")}:
            link = folder / top
            if not link.exists():
                link.symlink_to(Path(str(distribution(name).locate_file(top))))


@pytest.fixture(scope="module")
def machine(postgres: Postgres, kafka: KafkaServer) -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="containers-"))
    places = (folder, ROOT / "deploy", Path(os.__file__), Path(httpx2.__file__))
    folder.chmod(0o755)
    account = ACCOUNT if all(is_reachable(place) for place in places) else None
    build_tree("simulators", folder / "image")
    (compiling,) = [
        instruction.words for instruction in instructions_of("portal", STAGES) if "compileall" in instruction.rest
    ]
    subprocess.run([sys.executable, *compiling[1:]], cwd=folder / "image", check=True)
    lay_out_packages(folder / "packages", ["deploy/requirements-runtime.lock", "deploy/requirements-simulators.lock"])
    (folder / "steps").mkdir()
    volumes = [line.split(":")[:2] for line in CONTAINERS["secrets"]["volumes"]]
    for source, place in volumes:
        (folder / "volumes" / source).mkdir(parents=True)
        (folder / "steps" / Path(place).name).symlink_to(folder / "volumes" / source)
    # The server was there before: its administrator's password is the one that the steps find.
    password = urlsplit(postgres.server.admin_dsn).password
    (folder / "volumes" / "vault" / "administrator.json").write_text(json.dumps({"postgres": password}))
    (folder / "tmp").mkdir()
    for writable in (folder / "tmp", *(folder / "volumes").rglob("*")):
        shutil.chown(writable, account or os.getuid())
    for closed in (folder / "image", *(folder / "image").rglob("*")):
        closed.chmod(0o555 if closed.is_dir() else 0o444)
    names = [*CONTAINERS, "SMTP_PORT", "METRICS_PORT"]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    yield Machine(folder, postgres.server.admin_dsn, kafka.bootstrap, ports, account)
    shutil.rmtree(folder)


def test_steps_prepare_and_processes_start_answer_and_stop(machine: Machine) -> None:
    before = {path: path.stat().st_mtime_ns for path in (machine.folder / "image").rglob("*")}
    prepare(machine)
    running = {name: machine.start(name) for name in PROCESSES}
    try:
        assert wait_until(lambda: all(is_ready(machine, name) for name in PROCESSES), READY_SECONDS), last_words(
            machine
        )
        assert [name for name in PROCESSES if machine.run(name, ["deploy.health"]) != 0] == []
        page = httpx2.get(f"http://127.0.0.1:{machine.ports['gateway']}/connexion", timeout=READY_SECONDS)
        assert page.status_code == 200
        assert {process for process in running.values() if process.poll() is not None} == set()
    finally:
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        codes = {name: process.wait(60) for name, process in running.items()}
    assert set(codes.values()) == {0}, codes
    assert machine.run("gateway", ["deploy.health"]) == 1
    assert {path: path.stat().st_mtime_ns for path in (machine.folder / "image").rglob("*")} == before


def prepare(machine: Machine) -> None:
    """Run the steps; the secrets again, which changes none."""
    made = []
    for step in ("secrets", "databases", "topics", "secrets"):
        assert machine.run(step) == 0, machine.log(step)
        secrets = (path for path in (machine.folder / "volumes").rglob("*") if path.is_file())
        made.append({path: path.read_bytes() for path in secrets})
    assert made[0] == made[-1]


def is_ready(machine: Machine, name: str) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{machine.ports[name]}/health/ready").status_code == 200
    except httpx2.TransportError:
        return False


def last_words(machine: Machine) -> str:
    return "\n".join(f"{name}: {machine.log(name)[-600:]}" for name in PROCESSES if not is_ready(machine, name))
