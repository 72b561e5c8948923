"""Documents that must stay true: the front door, the READMEs, the mission's table of proofs, the ADRs."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from contracts.types import SERVICES
from tests.tidy.tree import FUNCTIONS, REPOSITORY, Fault, all_files, check, parse, text_of

READMES = ("README.md", "contracts/README.md", "tests/README.md", *(f"services/{name}/README.md" for name in SERVICES))
MISSION_ROWS = {"S0": 62, "S1": 45, "S2": 46, "S3": 32, "S4": 54}
PROOF = re.compile(r"^\| *(S[0-4]-\d+) *\| *`?(tests/[\w/]+\.py(?:::\w+)+)(?:\[[^\]]*\])?`? *\|", re.MULTILINE)
ROW = re.compile(r"^\| *S", re.MULTILINE)
ADR = re.compile(r"docs/adr/(\d{4})-[a-z0-9-]+\.md")
ADR_PARTS = ("## Context", "## Decision", "## Alternatives", "## Cost")
ADR_LINES_MAX = 60
PLACE = re.compile(r"`((?:[\w-]+/)*[\w-]+\.py)(?:: (?:\w+\.)?(\w+))?`")


def proofs(text: str) -> list[tuple[str, str]]:
    """The rows of `docs/mission.md` with the test that proves each."""
    return PROOF.findall(text)


def unknown_rows(text: str) -> Iterator[str]:
    """Lines of the table that name no row of the mission, or name one twice."""
    pairs = proofs(text)
    if len(pairs) != len(ROW.findall(text)):
        yield "a line of the table cannot be read"
    for row, _ in pairs:
        guide, _, number = row.partition("-")
        if not 1 <= int(number) <= MISSION_ROWS[guide]:
            yield f"{row} is no row of the mission"
    yield from (f"{row} is named {count} times" for row, count in Counter(row for row, _ in pairs).items() if count > 1)


def names_of_tests(source: str) -> set[str]:
    """The tests that a module defines, as pytest names them: those of a class with the class before them."""
    names = set()
    for node in parse(source).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        names |= {
            prefix + function.name
            for function in inside
            if isinstance(function, FUNCTIONS) and function.name.startswith("test")
        }
    return names


def missing_places(path: Path, text: str) -> Iterator[Fault]:
    """Files, and names in them, that a document points to and that are not there: `chassis/clock.py: age_on`."""
    for number, line in enumerate(text.splitlines(), 1):
        for place, name in PLACE.findall(line):
            candidates = [
                known for known in all_files() if known.as_posix() == place or known.as_posix().endswith(f"/{place}")
            ]
            if not candidates:
                yield f":{number}: there is no {place}"
            elif name and not any(re.search(rf"\b{name}\b", text_of(known)) for known in candidates):
                yield f":{number}: {place} has no {name}"


def test_front_door_names_the_two_commands() -> None:
    front_door = text_of(REPOSITORY / "README.md")
    assert "make up" in front_door
    assert "make test" in front_door


def test_documents_point_to_what_is_there() -> None:
    check(missing_places, [path for path in all_files() if path.suffix == ".md"])


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


def test_decisions_are_short_and_whole() -> None:
    decisions = [path for path in all_files() if path.parent.as_posix() == "docs/adr"]
    numbers = [int(match.group(1)) for path in decisions if (match := ADR.fullmatch(path.as_posix()))]
    assert numbers == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = text_of(path)
        assert len(text.splitlines()) <= ADR_LINES_MAX, path
        assert [part for part in ADR_PARTS if part not in text] == [], path


def test_each_check_finds_what_it_is_for() -> None:
    assert list(missing_places(Path("x.md"), "`chassis/clock.py`, `clock.py: age_on`, `auth.py: Sessions`")) == []
    assert list(missing_places(Path("x.md"), "see\n`chassis/clocks.py` and `clock.py: age_off`")) == [
        ":2: there is no chassis/clocks.py",
        ":2: clock.py has no age_off",
    ]
    table = "| Row | Test |\n| --- | --- |\n| S0-2 | tests/e2e/test_a.py::test_b |\n| S0-2 | `tests/e2e/test_a.py::A::test_c[x]` |\n"
    assert proofs(table) == [("S0-2", "tests/e2e/test_a.py::test_b"), ("S0-2", "tests/e2e/test_a.py::A::test_c")]
    assert list(unknown_rows(table)) == ["S0-2 is named 2 times"]
    assert list(unknown_rows("| S0-63 | tests/a.py::test_b |")) == ["S0-63 is no row of the mission"]
    assert list(unknown_rows("| S0-2 | soon |")) == ["a line of the table cannot be read"]
    assert names_of_tests("class A:\n    def test_b(self): ...\nasync def test_c(): ...\ndef d(): ...") == {
        "A::test_b",
        "test_c",
    }
