"""What `make up` reads from the environment, and the one line with which it refuses."""

import ast
import socket
import subprocess
from pathlib import Path

import pytest

from deploy.local import up
from deploy.local.child import ROOT, LauncherError
from deploy.local.ports import PortPlan
from deploy.local.stack import Stack, StackPlan

VARIABLES = ("TOWN", "PORT_BASE", "REPLICAS", "ONLY", "DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_plan_without_any_variable(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = up.plan_from_environment(tmp_path)
    assert (plan.town, plan.database_url, plan.kafka_bootstrap) == ("demo", None, None)
    assert plan.ports == PortPlan.fixed(8000)


def test_variables_name_other_servers_ports_and_replicas(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("DATABASE_URL", "postgresql://admin@db/postgres")
    environment.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    environment.setenv("PORT_BASE", "9000")
    environment.setenv("REPLICAS", "2")
    plan = up.plan_from_environment(tmp_path)
    assert (plan.database_url, plan.kafka_bootstrap) == ("postgresql://admin@db/postgres", "kafka:9092")
    assert plan.ports is not None
    assert (plan.ports["gateway"], plan.ports["booking-2"]) == (9000, 9113)


def test_one_service_may_have_replicas_and_servers_may_run_alone(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("REPLICAS", "booking=2,billing=3")
    environment.setenv("ONLY", "servers")
    plan = up.plan_from_environment(tmp_path)
    assert {name: count for name, count in plan.replicas.items() if count > 1} == {"booking": 2, "billing": 3}
    assert plan.parts == ()


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("TOWN", "atlantis", "no town profile atlantis: TOWN is one of .*demo"),
        ("PORT_BASE", "high", "PORT_BASE is a number from 1 to 65000, not high"),
        ("REPLICAS", "0", "REPLICAS is a number from 1 to 9, not 0"),
        ("REPLICAS", "booking=10", "REPLICAS is a number from 1 to 9, not 10"),
        ("REPLICAS", "canteen=2", "REPLICAS names canteen: the services are identity, .*"),
        ("ONLY", "kafka", "ONLY is servers, or is not set: not kafka"),
    ],
)
def test_a_wrong_variable_is_said_in_one_line(
    environment: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str, line: str
) -> None:
    environment.setenv(variable, value)
    with pytest.raises(LauncherError, match=line):
        up.plan_from_environment(tmp_path)


def test_a_port_in_use_is_named_unless_the_server_there_is_the_one_to_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(up, "PORTS_LIMIT_SECONDS", 0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ports = PortPlan({"postgres": port})
        with pytest.raises(LauncherError, match=rf"port {port} \(postgres\) is in use.*PORT_BASE"):
            up.check_ports(StackPlan(tmp_path, ports=ports))
        up.check_ports(StackPlan(tmp_path, ports=ports, database_url="postgresql://admin@127.0.0.1/postgres"))


def test_an_unknown_command_exits_with_1_and_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert up.main(["down"]) == 1
    assert capsys.readouterr().err == "error: unknown command down: one of up, reset, jars, browser, exec\n"


def test_personas_are_shown_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "personas.toml"
    file.write_text(
        '[[persona]]\nname = "Anne Martin"\nrole = "parent"\nlogin = "amartin"\npassword = "Ada-1"\nnote = "two children"\n'
        '[[persona]]\nname = "Léa Roy"\nrole = "agent"\nlogin = "lroy"\npassword = "Bob-22"\n'
    )
    assert up.personas(file) == [
        "  Person       Role    User name  Password",
        "  Anne Martin  parent  amartin    Ada-1     two children",
        "  Léa Roy      agent   lroy       Bob-22",
        "",
    ]
    assert up.personas(tmp_path / "none.toml") == []


@pytest.mark.parametrize(
    ("town", "named"),
    [
        ("demo", {"Mails sent": 8202, "Payment (PayFiP)": 8201, "FranceConnect": 8205, "API Particulier": 8207}),
        ("belfort", {"Mails sent": 8202, "Payment (PayFiP)": 8201, "Agents' provider": 8206}),
    ],
)
def test_every_stand_in_that_a_town_uses_is_named_with_its_address(
    tmp_path: Path, town: str, named: dict[str, int]
) -> None:
    stack = Stack(StackPlan(tmp_path, town=town, ports=PortPlan.fixed(8000)))
    assert dict(up.addresses(stack)) == {label: f"http://localhost:{port}" for label, port in named.items()}
    for port in named.values():
        assert f"http://localhost:{port}\n" in up.welcome(stack, 1)


def test_an_old_python_can_read_the_file_that_tells_it_so() -> None:
    ast.parse((ROOT / "deploy/local/venv.py").read_text(), feature_version=(3, 7))


def test_make_help_lists_every_target() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    declared = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    assert {line.split()[1] for line in listed.splitlines()} == set(declared.split()[1:])
