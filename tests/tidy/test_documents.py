"""Documents that must stay true: the front door, the READMEs, the mission's table of proofs, the ADRs."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from contracts.types import SERVICES
from tests.support.towns import GUIDES
from tests.tidy.tree import FUNCTIONS, REPOSITORY, Fault, all_files, check, files, nodes, parse, text_of

READMES = ("README.md", "contracts/README.md", "tests/README.md", *(f"services/{name}/README.md" for name in SERVICES))
MISSION_ROWS = {"S0": 64, "S1": 46, "S2": 46, "S3": 33, "S4": 57}
PROOF = re.compile(
    r"^\| *(S[0-4]-\d+) *\| *(\w+) *\| *(tests/[\w/]+\.py(?:::\w+)+)\[(?:[\w.]+-)*\2(?:-[\w.]+)*\] *\|$", re.MULTILINE
)
ROW = re.compile(r"^\| *S", re.MULTILINE)
ADR = re.compile(r"docs/adr/(\d{4})-[a-z0-9-]+\.md")
ADR_PARTS = ("## Context", "## Decision", "## Alternatives", "## Cost")
ADR_LINES_MAX = 60
CITED = re.compile(r"[A-Z]{1,2}-?\d{1,2}(?:-\d{1,2})?(?=[:,.]|$)")
"""An id with which a docstring begins."""
PLACE = re.compile(r"`((?:[\w-]+/)*[\w-]+\.py)(?:: (?:\w+\.)?(\w+))?`")


def proofs(text: str) -> list[tuple[str, str, str]]:
    """The rows of `docs/mission.md`, each with a town and the test that proves it there: the id names that town too."""
    return PROOF.findall(text)


def unknown_rows(text: str) -> Iterator[str]:
    """Lines of the table that name no row of the mission, or name one twice."""
    pairs = proofs(text)
    if len(pairs) != len(ROW.findall(text)):
        yield "a line of the table cannot be read"
    for row, town, _ in pairs:
        guide, _, number = row.partition("-")
        if not 1 <= int(number) <= MISSION_ROWS[guide]:
            yield f"{row} is no row of the mission"
        if town != GUIDES[guide]:
            yield f"{row} holds in the town {GUIDES[guide]}, not {town}"
    counts = Counter(row for row, _, _ in pairs)
    yield from (f"{row} is named {count} times" for row, count in counts.items() if count > 1)


def towns_of_tests(source: str) -> dict[str, set[str]]:
    """The towns in which each test of a module says that it runs, by `in_towns` or `also_under`."""
    return {
        function.name: {
            str(word.value)
            for decorator in function.decorator_list
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("in_towns", "also_under")
            for word in decorator.args
            if isinstance(word, ast.Constant)
        }
        for function in parse(source).body
        if isinstance(function, FUNCTIONS)
    }


def unknown_ids(path: Path, source: str) -> Iterator[Fault]:
    """Docstrings of tests that begin with an id which is no row of the mission: a reader could look it up nowhere."""
    for node in nodes(source):
        text = ast.get_docstring(node) if isinstance(node, (ast.Module, *FUNCTIONS)) else None
        if text and (cited := CITED.match(text)):
            guide, _, number = cited[0].partition("-")
            if not 1 <= int(number or 0) <= MISSION_ROWS.get(guide, 0):
                yield f":{getattr(node, 'lineno', 1)}: {cited[0]} is no row of docs/mission.md"


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


def test_ids_that_tests_cite_are_rows_of_the_mission() -> None:
    check(unknown_ids, files("tests"))
    example = Path("tests/example.py")
    assert not list(unknown_ids(example, '"""S1-13, S1-14: both."""'))
    assert not list(unknown_ids(example, '"""A page says it."""'))
    assert list(unknown_ids(example, '"""AG-5"""')) == [":1: AG-5 is no row of docs/mission.md"]
    assert list(unknown_ids(example, 'def f():\n    """U14: no."""'))
    assert list(unknown_ids(example, '"""S1-99: no."""'))


def test_mission_table_names_tests_that_exist() -> None:
    missing = []
    for row, _, proof in proofs(text_of(REPOSITORY / "docs" / "mission.md")):
        path, _, name = proof.partition("::")
        if not (REPOSITORY / path).is_file() or name not in names_of_tests(text_of(REPOSITORY / path)):
            missing.append(f"{row}: {proof}")
    assert missing == []


def test_mission_table_names_tests_that_run_in_the_town_of_the_row() -> None:
    elsewhere = []
    for row, town, proof in proofs(text_of(REPOSITORY / "docs" / "mission.md")):
        path, _, name = proof.partition("::")
        if town not in towns_of_tests(text_of(REPOSITORY / path)).get(name, set()):
            elsewhere.append(f"{row}: {proof}")
    assert elsewhere == []


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
    head = "| Row | Town | Proof |\n| --- | --- | --- |\n"
    table = (
        head
        + "| S0-2 | belfort | tests/a.py::test_b[belfort] |\n| S0-2 | belfort | tests/a.py::A::test_c[belfort-x] |\n"
    )
    assert proofs(table) == [("S0-2", "belfort", "tests/a.py::test_b"), ("S0-2", "belfort", "tests/a.py::A::test_c")]
    assert list(unknown_rows(table)) == ["S0-2 is named 2 times"]
    assert list(unknown_rows("| S0-65 | belfort | tests/a.py::test_b[belfort] |")) == ["S0-65 is no row of the mission"]
    assert list(unknown_rows("| S0-2 | velizy | tests/a.py::test_b[velizy] |")) == [
        "S0-2 holds in the town belfort, not velizy"
    ]
    for line in (
        "| S0-2 | belfort | soon |",
        "| S0-2 | belfort | tests/a.py::test_b[demo] |",
        "| S0-2 | belfort | tests/a.py::test_b |",
    ):
        assert list(unknown_rows(line)) == ["a line of the table cannot be read"]
    marked = '@in_towns("a", "b")\nasync def test_x(): ...\n@also_under("c")\ndef test_y(): ...\ndef test_z(): ...'
    assert towns_of_tests(marked) == {"test_x": {"a", "b"}, "test_y": {"c"}, "test_z": set()}
    assert names_of_tests("class A:\n    def test_b(self): ...\nasync def test_c(): ...\ndef d(): ...") == {
        "A::test_b",
        "test_c",
    }
