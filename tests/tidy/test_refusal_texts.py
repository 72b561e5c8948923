"""Every refusal has a French text, and every text a refusal; a text asks for no fact that the refusal does not give.

Rule 7: the text says the rule, who decides, and what to do. French typography is checked where it can be.
"""

import ast
import functools
import importlib
import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from chassis.http.errors import STATUS_CODES
from chassis.refusal import Refusal
from contracts.types import SERVICES
from portal.kit.refusal_texts import UNREADABLE_FIELD
from tests.tidy.tree import REPOSITORY, Fault, all_files, check, files, nodes, parse, text_of

TEXTS_FOLDER = Path("portal/kit/refusals")
# Codes that no class stands for: what the HTTP layer itself answers.
HTTP_CODES = {*STATUS_CODES.values(), "internal_error"}
UNTYPOGRAPHIC = re.compile(r"\w'\w| [:;!?»]|« |\.\.\.")
NO_BREAK_SPACE = "\u00a0"


def refusal_classes() -> dict[str, type[Refusal]]:
    """Every refusal that a service may answer, by code."""
    for service in SERVICES:
        if (REPOSITORY / "services" / service / "app.py").is_file():
            importlib.import_module(f"services.{service}.app")
    by_code: dict[str, type[Refusal]] = {}
    waiting = list(Refusal.__subclasses__())
    while waiting:
        refusal = waiting.pop()
        waiting.extend(refusal.__subclasses__())
        if refusal.__module__.startswith(("services.", "chassis.refusal")):
            by_code[refusal.code()] = refusal
    return by_code


def written_codes(source: str) -> set[str]:
    """The codes that a module writes down: of field refusals, and of enumerations of reasons."""
    tree = parse(source)
    refusals = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "FieldRefusal"
    ]
    arguments = [
        argument
        for call in refusals
        for argument in [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
    ]
    chosen = [
        constant
        for node in ast.walk(tree)
        if refusals and isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code"
        for constant in ast.walk(node.value)
    ]
    reasons = {
        item.targets[0].id.lower()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("Reason")
        for item in node.body
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
    }
    return reasons | {
        node.value for node in (*arguments, *chosen) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@functools.cache
def texts() -> list[tuple[str, str, Path]]:
    """Every text with its code and file."""
    paths = [path for path in all_files() if path.parent == TEXTS_FOLDER]
    return [(code, text, path) for path in paths for code, text in _sentences(tomllib.loads(text_of(path)))]


def _sentences(table: Mapping[str, str | Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Sentences by code; of one with two forms, that for several, which asks for the same facts as that for one."""
    for code, text in table.items():
        if isinstance(text, str):
            yield code, text
        else:
            assert set(text) - {"by"} == {"one", "other"}, code
            assert placeholders(text["one"]) == placeholders(text["other"]), code
            assert text.get("by", "count") in placeholders(text["other"]), code
            yield code, text["other"]


def placeholders(text: str) -> set[str]:
    """The facts that a text asks for."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name and name.lower() != "authority"}


def missing_facts(_path: Path, source: str) -> Iterator[Fault]:
    """Refusals made without a fact that their text needs."""
    wanted = {_class_name(code): placeholders(text) for code, text, _ in texts()}
    for node in nodes(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in wanted:
            given = {keyword.arg for keyword in node.keywords}
            if None not in given and (lacking := wanted[node.func.id] - given):
                yield f":{node.lineno}: {node.func.id} is made without {sorted(lacking)}, which its text needs"
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and wanted.get(node.exc.id):
            yield f":{node.lineno}: {node.exc.id} is raised without {sorted(wanted[node.exc.id])}"


def untypographic(_path: Path, text: str) -> Iterator[Fault]:
    """French written with the wrong apostrophe, space or ellipsis."""
    for number, line in enumerate(text.splitlines(), 1):
        value = line.partition("=")[2] if "=" in line else line
        if not line.lstrip().startswith("#") and (match := UNTYPOGRAPHIC.search(value)):
            yield f":{number}: {match.group()!r}: write ’ for an apostrophe, U+00A0 for a space by : ; ! ? « », … for ..."


def _class_name(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))


def _all_codes() -> set[str]:
    written = {code for path in files("services", "chassis") for code in written_codes(text_of(path))}
    return {*refusal_classes(), *(written - UNREADABLE_FIELD), *HTTP_CODES}


def test_every_refusal_has_a_text() -> None:
    without = sorted(_all_codes() - {code for code, _, _ in texts()})
    assert not without, f"no sentence in {TEXTS_FOLDER}/<service>.toml for {without}"


def test_every_text_has_a_refusal() -> None:
    wanted = _all_codes()
    assert sorted(f"{path.name}: {code}" for code, _, path in texts() if code not in wanted) == []


def test_no_code_has_two_texts() -> None:
    assert [code for code, count in Counter(code for code, _, _ in texts()).items() if count > 1] == []


def test_refusals_give_the_facts_of_their_text() -> None:
    check(missing_facts, files("services", "chassis"))


def test_texts_are_typographic() -> None:
    check(untypographic, [path for path in all_files() if path.parent == TEXTS_FOLDER])


def test_each_check_finds_what_it_is_for() -> None:
    assert written_codes("FieldRefusal('/a', 'too_late')\nFieldRefusal('/b', code='odd')") == {"too_late", "odd"}
    assert written_codes("code = 'a' if x else str(y)\nFieldRefusal('/b', code)") == {"a"}
    assert written_codes("class DayReason(StrEnum):\n    SLOT_FULL = auto()") == {"slot_full"}
    assert {"not_found", "busy"} <= set(refusal_classes())
    assert placeholders("Le {day_on}, {count} places") == {"day_on", "count"}
    for line in ['a = "l\'enfant"', 'a = "Attention !"', 'a = "Oui..."', 'a = "« oui »"']:
        assert list(untypographic(Path("x.toml"), line)), line
    right = '# it\'s\na = "l’enfant_: «_oui_»…"'.replace("_", NO_BREAK_SPACE)
    assert not list(untypographic(Path("x.toml"), right))
    assert (REPOSITORY / TEXTS_FOLDER).is_dir()


def test_refusal_without_its_facts_is_found() -> None:
    name, needs = next((_class_name(code), placeholders(text)) for code, text, _ in texts() if placeholders(text))
    path = Path("services/x/commands.py")
    assert list(missing_facts(path, f"raise {name}()"))
    assert list(missing_facts(path, f"raise {name}"))
    assert not list(missing_facts(path, f"raise {name}({', '.join(f'{fact}=1' for fact in needs)})"))
