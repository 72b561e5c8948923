"""docs/operations.md: what stands in it is run by `tests/e2e/test_operations.py`; what needs an engine of containers is held
here against compose.yaml, the image and the options of its command."""

import shlex
from collections.abc import Iterator

import pytest

from tests.support.containers import (
    DEMO_ENV,
    DOCKERFILE,
    ROOT,
    copied_files,
    read_compose,
    read_dockerfile,
    read_env_file,
)
from tests.support.documents import Block, blocks_of

PAGE = ROOT / "docs" / "operations.md"
KINDS = {"sh", "sh running", "sh stop", "sh exit=1", "sh compose"}
CONTAINERS = read_compose(read_env_file(DEMO_ENV))["services"]
BEGINNING = ["docker", "compose", "--env-file", "deploy/demo.env", "-f", "deploy/compose.yaml"]
# The options of each command that the page uses, and whether they take a value.
OPTIONS = {
    "build": {},
    "up": {"--detach": False, "--no-deps": False, "--scale": True},
    "ps": {},
    "logs": {"--since": True},
    "exec": {},
    "run": {"--rm": False},
    "restart": {},
    "stop": {},
}
FILES = copied_files("portal", read_dockerfile(DOCKERFILE.read_text()))


def faults(line: str) -> Iterator[str]:
    """What an engine would refuse in one command, or what would not do what it says."""
    words = shlex.split(line)
    if words[: len(BEGINNING)] != BEGINNING or len(words) == len(BEGINNING):
        yield "begins otherwise"
        return
    command, *rest = words[len(BEGINNING) :]
    if command not in OPTIONS:
        yield f"{command}: unknown"
        return
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option not in OPTIONS[command]:
            yield f"{option}: unknown"
        elif OPTIONS[command][option]:
            value = rest.pop(0)
            if option == "--scale" and value.partition("=")[0] not in CONTAINERS:
                yield f"{value}: no such container"
    names, arguments = (rest[:1], rest[1:]) if command in ("exec", "run") else (rest, [])
    yield from (f"{name}: no such container" for name in names if name not in CONTAINERS)
    if command == "exec":
        yield from faults_of_module(arguments[2:]) if arguments[:2] == ["python", "-m"] else ["exec runs no module"]
    elif arguments:
        yield from faults_of_module(arguments)


def faults_of_module(arguments: list[str]) -> Iterator[str]:
    """A module that the image does not hold."""
    place = arguments[0].replace(".", "/") if arguments else ""
    if f"{place}.py" not in FILES and f"{place}/__main__.py" not in FILES:
        yield f"{place}: not in the image"


def page() -> list[Block]:
    return blocks_of(PAGE.read_text())


def test_every_block_is_run_or_checked() -> None:
    assert {block.kind for block in page()} == KINDS


def test_commands_for_containers_are_ones_that_an_engine_takes() -> None:
    lines = [line for block in page() if block.kind == "sh compose" for line in block.lines]
    assert len(lines) > 10
    assert {line: line_faults for line in lines if (line_faults := list(faults(line)))} == {}


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("up --detach --scale canteen=2", "canteen=2: no such container"),
        ("up --quick", "--quick: unknown"),
        ("halt", "halt: unknown"),
        ("logs canteen", "canteen: no such container"),
        ("exec billing python -m tools.missing", "tools/missing: not in the image"),
        ("run --rm secrets tools.chaos", "tools/chaos: not in the image"),
    ],
)
def test_a_command_that_cannot_work_is_noticed(words: str, fault: str) -> None:
    assert fault in list(faults(" ".join([*BEGINNING, words])))


def test_a_fence_that_says_nothing_is_noticed() -> None:
    assert blocks_of("```sh\na\n\n# b\n```\n") == [Block("sh", "a\n\n# b\n")]
    with pytest.raises(ValueError, match="stands alone, or without a word"):
        blocks_of("```\nmake up\n```\n")
