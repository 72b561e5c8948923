"""Documents that must stay true: the front door, the READMEs, the mission's table of proofs, the glossary, the ADRs."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator

from contracts.types import SERVICES
from tests.tidy.tree import FUNCTIONS, REPOSITORY, all_files, files, nodes, text_of

READMES = ("README.md", "contracts/README.md", "tests/README.md", *(f"services/{name}/README.md" for name in SERVICES))
MISSION_ROWS = {"S0": 62, "S1": 45, "S2": 46, "S3": 32, "S4": 54}
PROOF = re.compile(r"^\| *(S[0-4]-\d+) *\| *`?(tests/[\w/]+\.py::\w+)(?:\[[^\]]*\])?`? *\|", re.MULTILINE)
ROW = re.compile(r"^\| *S", re.MULTILINE)
ADR = re.compile(r"docs/adr/(\d{4})-[a-z0-9-]+\.md")
ADR_PARTS = ("## Context", "## Decision", "## Alternatives", "## Cost")
ADR_LINES_MAX = 60
IDENTIFIER = re.compile(r"`([\w-]+)`")
PACKAGE = re.compile(r"[\w-]+")


def proofs(text: str) -> list[tuple[str, str]]:
    """The rows of `docs/mission.md` with the test that proves each."""
    return PROOF.findall(text)


def unknown_rows(text: str) -> Iterator[str]:
    """Lines of the table that name no row of the mission, or name one twice."""
    found = proofs(text)
    if len(found) != len(ROW.findall(text)):
        yield "a line of the table cannot be read"
    for row, _ in found:
        guide, _, number = row.partition("-")
        if not 1 <= int(number) <= MISSION_ROWS[guide]:
            yield f"{row} is no row of the mission"
    yield from (f"{row} is named {count} times" for row, count in Counter(row for row, _ in found).items() if count > 1)


def names_of_tests(source: str) -> set[str]:
    """The tests that a module defines."""
    return {node.name for node in nodes(source) if isinstance(node, FUNCTIONS) if node.name.startswith("test")}


def first_column(text: str) -> set[str]:
    """The identifiers in the first column of a Markdown table."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return {name for cell in rows[1:] for name in IDENTIFIER.findall(cell)}


def identifiers(source: str) -> set[str]:
    """Every word of every identifier of a module, and the identifiers themselves."""
    names = set(re.findall(r"[A-Za-z_]\w*", source))
    return names | {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in names}


def occurs(name: str, known: set[str]) -> bool:
    """Whether an identifier, or its plural, stands in the code alone or as a part of another."""
    pattern = re.compile(rf"(?:^|_){name}(?:s|es)?(?:_|$)")
    return any(pattern.search(other) for other in known)


def test_front_door_names_the_two_commands() -> None:
    front_door = text_of(REPOSITORY / "README.md")
    assert "make up" in front_door
    assert "make test" in front_door


def test_readmes_exist() -> None:
    assert [name for name in READMES if not (REPOSITORY / name).is_file()] == []


def test_mission_table_names_known_rows_once() -> None:
    text = text_of(REPOSITORY / "docs" / "mission.md")
    assert proofs(text)
    assert list(unknown_rows(text)) == []


def test_mission_table_names_tests_that_exist() -> None:
    missing = []
    for row, proof in proofs(text_of(REPOSITORY / "docs" / "mission.md")):
        path, _, name = proof.partition("::")
        if not (REPOSITORY / path).is_file() or name not in names_of_tests(text_of(REPOSITORY / path)):
            missing.append(f"{row}: {proof}")
    assert missing == []


def test_glossary_names_identifiers_of_the_code() -> None:
    known = {name for path in files() if path.parts[0] not in ("tests", "tools") for name in identifiers(text_of(path))}
    names = first_column(text_of(REPOSITORY / "docs" / "glossary.md"))
    assert len(names) > 20
    assert sorted(name for name in names if not occurs(name, known)) == []


def test_dependencies_are_those_of_the_decision() -> None:
    project = tomllib.loads(text_of(REPOSITORY / "pyproject.toml"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    declared = {PACKAGE.match(line).group() for group in groups for line in group}  # type: ignore[union-attr]  # all match
    decided = first_column(text_of(REPOSITORY / "docs/adr/0005-one-dependency-for-each-job.md"))
    assert declared == decided


def test_decisions_are_short_and_whole() -> None:
    decisions = [path for path in all_files() if path.parent.as_posix() == "docs/adr"]
    numbers = [int(match.group(1)) for path in decisions if (match := ADR.fullmatch(path.as_posix()))]
    assert numbers == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = text_of(path)
        assert len(text.splitlines()) <= ADR_LINES_MAX, path
        assert [part for part in ADR_PARTS if part not in text] == [], path


def test_each_check_finds_what_it_is_for() -> None:
    table = "| Row | Test |\n| --- | --- |\n| S0-2 | tests/e2e/test_a.py::test_b |\n| S0-2 | `tests/e2e/test_a.py::test_c[x]` |\n"
    assert proofs(table) == [("S0-2", "tests/e2e/test_a.py::test_b"), ("S0-2", "tests/e2e/test_a.py::test_c")]
    assert list(unknown_rows(table)) == ["S0-2 is named 2 times"]
    assert list(unknown_rows("| S0-63 | tests/a.py::test_b |")) == ["S0-63 is no row of the mission"]
    assert list(unknown_rows("| S0-2 | soon |")) == ["a line of the table cannot be read"]
    assert names_of_tests("class A:\n    def test_b(self): ...\nasync def test_c(): ...\ndef d(): ...") == {
        "test_b",
        "test_c",
    }
    assert first_column("| Name | French |\n| --- | --- |\n| `slot` · `site` | `x` |") == {"slot", "site"}
    known = identifiers("class WaitingListEntry: slot_ids = 1")
    assert occurs("waiting_list_entry", known)
    assert occurs("slot", known)
    assert not occurs("lot", known)
