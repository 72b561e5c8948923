"""Names that say nothing are refused, for identifiers and files: data, info, manager, helper, utils, and process as a verb.

A test's name is a sentence and may use any word. A process of the operating system is called one. The suffixes of
contract fields tell dates, instants and truths apart. A name is the noun that it holds, not how it came about.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import FUNCTIONS, Fault, check, classes, files, nodes

EMPTY_WORDS = frozenset({"data", "info", "manager", "helper", "helpers", "util", "utils"})
EXCEPTIONS = {
    "data": "the web framework's name for a request body",
    "data_received": "asyncio's name for what a connection brings",
    "data_schema": "the CloudEvents attribute `dataschema`",
    "handle_DATA": "the mail server library's name for the SMTP command DATA",
    "data_answer": "the answer to the SMTP command DATA",
    "data_seconds": "the time of the SMTP command DATA",
    "personal_data": "the legal term of the GDPR",
}
VERBS = frozenset({"told", "found", "each", "every", "said"})
FIELD_SUFFIXES = {"date": ("_on",), "datetime": ("_at",), "bool": ("is_", "has_")}
FIELD_EXCEPTIONS = {
    "until": "says that it is an instant, in a sentence",
    "time": "the CloudEvents attribute",
}


def empty_names(path: Path, source: str) -> Iterator[Fault]:
    """Identifiers and file names made of an empty word."""
    stem = path.stem.removeprefix("test_")
    if not EMPTY_WORDS.isdisjoint(words(stem)) and stem not in EXCEPTIONS:
        yield f": the file's name says nothing ({path.stem})"
    for name, line in _named(source):
        if name.startswith("test_") or name in EXCEPTIONS:
            continue
        if not EMPTY_WORDS.isdisjoint(words(name)):
            yield f":{line}: {name} says nothing"
    for node in nodes(source):
        if isinstance(node, FUNCTIONS) and words(node.name)[0] == "process":
            yield f":{node.lineno}: {node.name}: say what it does"


def verbs_as_names(_path: Path, source: str) -> Iterator[Fault]:
    """Names that say how something came about, not what it is."""
    for name, line in _named(source):
        if name in VERBS:
            yield f":{line}: {name} holds something: name it by its noun"


def words(identifier: str) -> list[str]:
    """The words of a snake_case or CamelCase identifier, in lower case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return [word for word in spaced.lower().split("_") if word] or [""]


def field_suffixes(_path: Path, source: str) -> Iterator[Fault]:
    """Fields of contract models whose name hides whether they are a date, an instant or a truth."""
    for model in classes(source):
        for node in model.body:
            if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
                continue
            name, kind = node.target.id, ast.unparse(node.annotation).removesuffix(" | None").replace("Day", "date")
            wanted = FIELD_SUFFIXES.get(kind)
            if wanted and name not in FIELD_EXCEPTIONS and not name.startswith(wanted) and not name.endswith(wanted):
                yield f":{node.lineno}: {model.name}.{name} is a {kind}: name it {' or '.join(wanted)}"


def _named(source: str) -> Iterator[tuple[str, int]]:
    """What a module names itself: definitions, parameters, variables and attributes."""
    for node in nodes(source):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def test_names_say_something() -> None:
    check(empty_names, files())


def test_a_name_is_the_noun_that_it_holds() -> None:
    check(verbs_as_names, files())


def test_contract_fields_say_date_instant_or_truth() -> None:
    check(field_suffixes, files("contracts"))


def test_empty_names_are_found() -> None:
    source = "def load_info(userData):\n    self.fileManager = data = 1\nclass MailHelper: ...\ndef process_all(): ..."
    faults = list(empty_names(Path("services/x/utils.py"), source))
    assert len(faults) == 6
    assert not list(empty_names(Path("chassis/processes.py"), "def f(process, data): ...\ndef test_no_data(): ..."))


def test_verb_as_a_name_is_found() -> None:
    source = (
        "def ask(told):\n    found = [each.name for each in told]\n    if said := found:\n        return sorted(said)\n"
        "    order = lambda each: each.name\n    for found in order: ...\n    with told as told: ...\n    return {row.found: row}\n"
        "try: ask()\nexcept OSError as said: ..."
    )
    assert len(list(verbs_as_names(Path("chassis/x.py"), source))) == 8
    prose = "def find(rows):\n    # each row is said to be found\n    return rows.found"
    assert not list(verbs_as_names(Path("chassis/x.py"), prose))


def test_misleading_field_is_found() -> None:
    source = "class A:\n    born: date\n    day: Day | None\n    paid: datetime\n    open: bool\n    paid_on: date\n    is_open: bool"
    assert len(list(field_suffixes(Path("contracts/x.py"), source))) == 4
