"""The container image, read as an engine would read it: pinned and hashed parts, only what the product needs, no root, a
health check; and the checks themselves, seen to fail."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.containers import (
    DOCKERFILE,
    IGNORE,
    ROOT,
    WORKDIR,
    copied_files,
    image_environment,
    instructions_of,
    is_admitted,
    read_dockerfile,
)

STAGES = read_dockerfile(DOCKERFILE.read_text())
PRODUCT = STAGES[-1].name
PINNED = re.compile(r"python:3\.\d+\.\d+-slim-\w+")
LOCKED = re.compile(r"^([\w.-]+)==([\w.+!]+)", re.MULTILINE)
PUBLISHED_NAME = re.compile(r"^[\w-]+")


def locked(name: str) -> dict[str, str]:
    """The packages of a lock file, with their versions."""
    return dict(LOCKED.findall((ROOT / name).read_text()))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(source: str) -> set[str]:
    """The packages that a module imports from outside, by their first name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names)


def strangers(target: str, locks: dict[str, str]) -> set[str]:
    """What the modules of an image import and neither the image's own files nor its packages provide."""
    files = copied_files(target, STAGES)
    known = {canonical(name) for name in locks}
    providers = packages_distributions()
    names = {name for place, file in files.items() if place.endswith(".py") for name in imported(file.read_text())}
    outside = names - {place.split("/")[0] for place in files}
    return {name for name in outside if not known & {canonical(package) for package in providers.get(name, [])}}


def test_every_stage_begins_with_a_pinned_image_or_another_stage() -> None:
    names = {stage.name for stage in STAGES}
    assert [stage.base for stage in STAGES if stage.base not in names and not PINNED.fullmatch(stage.base)] == []
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert {stage.base.split(".")[1] for stage in STAGES if stage.base.startswith("python:")} == {
        supported.rpartition(".")[2]
    }


def test_packages_are_installed_by_hash_from_wheels_alone() -> None:
    installs = [
        instruction
        for stage in STAGES
        for instruction in stage.instructions
        if "install" in instruction.rest and "pip" in instruction.rest
    ]
    assert len(installs) == 2
    for install in installs:
        assert {"--require-hashes", "--only-binary", ":all:"} <= set(install.words)
        assert install.words[-1].endswith(".lock")


@pytest.mark.parametrize("name", ["deploy/requirements-runtime.lock", "deploy/requirements-simulators.lock"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    tested = locked("requirements.lock")
    assert {package: tested.get(package) for package in locked(name)} == locked(name)
    assert "://" not in (ROOT / name).read_text()


def test_the_runtime_lock_holds_the_dependencies_and_nothing_of_developers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(locked("deploy/requirements-runtime.lock"))

    def declared(lines: list[str]) -> set[str]:
        return {canonical(match.group()) for line in lines if (match := PUBLISHED_NAME.match(line))}

    needed = declared(project["project"]["dependencies"])
    assert needed <= packages
    for lines in project["dependency-groups"].values():
        assert (declared(lines) - needed) & packages <= {"anyio", "pyyaml"}, "packages that others need too"


def test_the_image_has_every_package_that_its_modules_import() -> None:
    runtime = locked("deploy/requirements-runtime.lock")
    assert strangers("portal", runtime) == set()
    assert "aiosmtpd" in strangers("simulators", runtime)
    assert strangers("simulators", runtime | locked("deploy/requirements-simulators.lock")) == set()


def test_the_image_holds_the_product_alone() -> None:
    places = {place for place in copied_files(PRODUCT, STAGES) if not place.startswith("/tmp")}
    assert {place.split("/")[0] for place in places} == {
        *("chassis", "contracts", "deploy", "gateway", "portal", "services", "tools")
    }
    assert not [
        place
        for place in places
        if "__pycache__" in place or place.startswith(("tools/bench", "tools/chaos", "tools/sbom"))
    ]
    assert "services/booking/migrations/0001_booking.sql" in places


@pytest.mark.parametrize(
    "path",
    [
        *(".git/config", ".venv/bin/python", ".run/secrets/portal_secret", ".env", "secrets/actor_private.json"),
        *("tests/conftest.py", "docs/mission.md", "deploy/local/kafka.properties", "deploy/towns/demo/town.toml"),
        *("tools/chaos/__main__.py", "services/booking/__pycache__/app.cpython-311.pyc", "requirements.lock"),
    ],
)
def test_nothing_else_reaches_the_engine(path: str) -> None:
    assert not is_admitted(path, IGNORE.read_text())


def test_processes_run_without_root_and_are_watched() -> None:
    instructions = instructions_of(PRODUCT, STAGES)
    by_keyword = {instruction.keyword: instruction for instruction in instructions}
    assert by_keyword["USER"].words == ["10001:10001"]
    after = instructions[instructions.index(by_keyword["USER"]) :]
    assert {instruction.keyword for instruction in after} <= {
        "USER",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "COPY",
    }
    assert by_keyword["WORKDIR"].words == [WORKDIR]
    assert by_keyword["STOPSIGNAL"].words == ["SIGTERM"]
    assert by_keyword["ENTRYPOINT"].is_exec
    assert by_keyword["ENTRYPOINT"].words == ["python", "-m"]
    check = by_keyword["HEALTHCHECK"]
    assert check.flags.keys() == {"interval", "timeout", "start-period", "start-interval", "retries"}
    command, _, arguments = check.rest.partition(" ")
    assert (command, arguments) == ("CMD", '["python", "-m", "deploy.health"]')
    assert "deploy/health.py" in copied_files(PRODUCT, STAGES)


def test_the_image_carries_no_secret_and_names_no_host() -> None:
    text = DOCKERFILE.read_text()
    assert "://" not in text
    assert "ADD " not in text
    variables = image_environment(PRODUCT, STAGES)
    assert [name for name in variables if re.search("PASSWORD|TOKEN|KEY|_URL", name)] == []
    assert variables["SECRETS_DIR"] == "/run/secrets"


def test_each_check_finds_what_it_is_for(tmp_path: Path) -> None:
    text = 'FROM a:1 AS one\nENV A=1 \\\n    B="2 3"\n# words\nCOPY --from=x --chown=1 a/ b/\nFROM one AS two\nCMD ["a", "b"]\n'
    stages = read_dockerfile(text)
    assert [(stage.name, stage.base) for stage in stages] == [("one", "a:1"), ("two", "one")]
    assert image_environment("two", stages) == {"A": "1", "B": "2 3"}
    assert stages[0].instructions[1].flags == {"from": "x", "chown": "1"}
    assert stages[1].instructions[0].words == ["a", "b"]
    assert is_admitted("a/b/c", "*\n!a\na/d")
    assert not is_admitted("a/d/c", "*\n!a\na/d")
    assert not is_admitted("a/b/__pycache__/c", "**/__pycache__")
    assert imported("import os, yaml\nfrom .x import y\nfrom a.b import c") == {"yaml", "a"}
    (tmp_path / ".dockerignore").write_text("*")
    with pytest.raises(LookupError, match="COPY a/ finds nothing"):
        copied_files("one", read_dockerfile("FROM a:1 AS one\nCOPY a/ a/\n"), tmp_path)
