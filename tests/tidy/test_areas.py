"""The shape of a service: fixed file names, pure domains, transactions in commands alone, and borders that nobody crosses.

Rules 1 to 3 and 15, and architecture decisions 1 and 3.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from contracts.types import SERVICES
from tests.tidy.tree import FUNCTIONS, Fault, all_files, check, classes, files, functions, nodes, parse, text_of

AREA_FILES = {"__init__.py", "domain.py", "store.py", "commands.py", "queries.py", "routes.py", "consumers.py"}
NEEDED_FILES = {"README.md", "__init__.py", "__main__.py", "app.py", "settings.py"}
SERVICE_FILES = {*NEEDED_FILES, "errors.py", "access.py"}
ERRORS = re.compile(r"(\w+_)?errors(\.py)?")
"""What a service refuses; a service of many areas has a file of its own for some."""
ADAPTERS = "adapters"
"""The folder of a service for all that talks to the outside or wraps a slow library."""
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "new_id", "uuid4", "uuid7"}
STATEMENTS = {"fetch", "fetchrow", "fetchval", "execute", "executemany"}
BUSINESS_FILES = {"domain.py", "commands.py", "queries.py", "routes.py", "store.py", "consumers.py"}
BUILT_IN_ANSWERS = {"Exception", "ValueError", "KeyError", "LookupError", "RuntimeError", "PermissionError"}
# The base class of events is there for the type of a decision that holds some.
DOMAIN_IMPORTS = (
    "contracts.types",
    "contracts.event",
    "contracts.telephones",
    "chassis.refusal",
    "chassis.clock",
    "chassis.collation",
    "chassis.comparing",
    "chassis.days",
    "chassis.timeline",
    "chassis.versions",
    "zxcvbn.frequency_lists",  # words, and nothing that runs
)
STATEMENT = re.compile(r"\b[A-Z][A-Z0-9_]*_SQL\b")
MIGRATION = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


def unexpected_files(path: Path, _source: str) -> Iterator[Fault]:
    """Python files of a service whose name is none of the fixed ones."""
    expected = SERVICE_FILES if len(path.parts) == 3 else AREA_FILES
    is_refusals = len(path.parts) == 3 and ERRORS.fullmatch(path.name)
    if path.name not in expected and not is_refusals and path.parts[2] != ADAPTERS:
        yield f": not one of the fixed names {sorted(expected)}"


def impure_domain(path: Path, source: str) -> Iterator[Fault]:
    """What a pure decision may not import, or do: wait, read a clock, know SQL."""
    own_events = re.compile(rf"contracts\.{path.parts[1]}\.((\w+_)?events|\w+_words)")
    for module, line in imported(path, source):
        if not (
            module in DOMAIN_IMPORTS
            or own_events.fullmatch(module)
            or _is_standard(module)
            or _is_sibling(path, module)
        ):
            yield f":{line}: a domain does not import {module}"
    for node in nodes(source):
        if isinstance(node, (ast.AsyncFunctionDef, ast.Await)):
            yield f":{node.lineno}: a domain does not wait"
        if isinstance(node, ast.Call) and _name(node.func) in CLOCKS:
            yield f":{node.lineno}: a domain is given the time and the ids: {_name(node.func)}()"


def foreign_services(path: Path, source: str) -> Iterator[Fault]:
    """Imports of another service, and absolute ones of one's own."""
    for node in nodes(source):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        modules = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            modules = [_absolute(path, node)]
            if node.level == 0 and modules[0].startswith(f"services.{path.parts[1]}"):
                yield f":{node.lineno}: inside a service, imports are relative"
        for module in modules:
            parts = module.split(".")
            if parts[0] == "services" and (len(parts) < 2 or parts[1] != path.parts[1]):
                yield f":{node.lineno}: {path.parts[1]} knows other services by contract only, not {module}"
            if parts[0] in ("gateway", "portal", "simulators", "deploy", "tests", "tools"):
                yield f":{node.lineno}: a service stands alone, without {module}"


def transactions_outside_commands(path: Path, source: str) -> Iterator[Fault]:
    """Commands declared elsewhere than in commands.py, transactions opened by hand, statements outside constants."""
    for function in functions(source):
        if path.name != "commands.py" and any(_name(item) == "command" for item in function.decorator_list):
            yield f":{function.lineno}: {function.name} is a command: it belongs to commands.py"
    chosen = {
        target.id: node.value
        for node in nodes(source)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes(source):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if path.name != "commands.py" and node.func.attr == "transaction":
            yield f":{node.lineno}: a transaction is opened in commands.py"
        if node.func.attr in STATEMENTS and node.args and not _is_constant(node.args[0], chosen):
            yield f":{node.lineno}: SQL stands in a constant that ends in _SQL"


def built_in_answers(_path: Path, source: str) -> Iterator[Fault]:
    """Built-in exceptions raised as business answers: an expected "no" is a refusal."""
    for node in nodes(source):
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = _name(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
            if raised in BUILT_IN_ANSWERS:
                yield f":{node.lineno}: {raised}: an expected no is a Refusal"


def events_outside_contracts(_path: Path, source: str) -> Iterator[Fault]:
    """Event classes declared where no consumer can see them."""
    for node in classes(source):
        if any(_name(base) == "Event" for base in node.bases) and any(
            isinstance(item, ast.AnnAssign) and ast.unparse(item.target) == "event_type" for item in node.body
        ):
            yield f":{node.lineno}: {node.name} is an event: declare it in contracts/"


def imported(path: Path, source: str) -> Iterator[tuple[str, int]]:
    """The modules that a module imports, made absolute, with their line."""
    for node in nodes(source):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level < 3:
            yield _absolute(path, node), node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{_absolute(path, node)}.{alias.name}", node.lineno) for alias in node.names)


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = path.parts[: len(path.parts) - node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def _is_standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names


def _is_sibling(path: Path, module: str) -> bool:
    """The service's errors, or the domain of one of its areas."""
    parts = module.split(".")
    own = list(path.parts[:2])
    is_refusals = len(parts) == 3 and parts[:2] == own and ERRORS.fullmatch(parts[2])
    return bool(is_refusals) or (parts[:2] == own and len(parts) == 4 and parts[3] == "domain")


def _is_constant(argument: ast.expr, chosen: dict[str, ast.expr]) -> bool:
    """Whether an expression is a constant of SQL, or a name for one of several."""
    if isinstance(argument, ast.IfExp):
        return _is_constant(argument.body, chosen) and _is_constant(argument.orelse, chosen)
    name = _name(argument) or ""
    return name.endswith("_SQL") or (name in chosen and _is_constant(chosen.pop(name), chosen))


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _business_files() -> list[Path]:
    return [path for path in files("services") if path.name in BUSINESS_FILES]


def test_services_have_the_fixed_files() -> None:
    check(unexpected_files, files("services"))
    for service in SERVICES:
        names = {path.name for path in all_files() if path.parts[:2] == ("services", service) and len(path.parts) == 3}
        assert names >= NEEDED_FILES, f"services/{service} lacks {NEEDED_FILES - names}"


def test_migrations_are_numbered_without_a_gap() -> None:
    for folder in {path.parent for path in all_files() if path.parent.name == "migrations"}:
        names = sorted(path.name for path in all_files() if path.parent == folder)
        numbers = [int(match.group(1)) for name in names if (match := MIGRATION.fullmatch(name))]
        assert numbers == list(range(1, len(names) + 1)), f"{folder}: {names}"


def test_domains_are_pure() -> None:
    check(impure_domain, [path for path in files("services") if path.name == "domain.py"])


def test_services_know_each_other_by_contract_only() -> None:
    check(foreign_services, files("services"))


def test_commands_are_the_transactions() -> None:
    check(transactions_outside_commands, files("services"))


def unused_statements(sources: Iterable[str]) -> set[str]:
    """SQL constants that are written once and never used."""
    names = Counter(name for source in sources for name in STATEMENT.findall(source))
    return {name for name, count in names.items() if count == 1}


def test_every_statement_is_used() -> None:
    assert unused_statements(text_of(path) for path in files("services", "chassis")) == set()
    assert unused_statements(["A_SQL = 'x'\nB_SQL = 'y'", "fetch(A_SQL)"]) == {"B_SQL"}


def test_an_expected_no_is_a_refusal() -> None:
    check(built_in_answers, _business_files())


def test_events_are_declared_in_contracts() -> None:
    check(events_outside_contracts, [path for path in files() if path.parts[0] not in ("contracts", "tests")])


def test_each_check_finds_what_it_is_for() -> None:
    area = Path("services/booking/bookings")
    assert list(unexpected_files(area / "service.py", ""))
    assert list(unexpected_files(Path("services/booking/models.py"), ""))
    domain = area / "domain.py"
    for line in [
        "import asyncpg",
        "from contracts.billing.events import InvoicePaid",
        "from chassis.data.database import Database",
        "from .store import load",
        "from ..settings import BookingSettings",
        "async def f(): ...",
        "x = datetime.now(UTC)",
        "x = date.today()",
    ]:
        assert list(impure_domain(domain, line)), line
    for line in [
        "import re",
        "from contracts.types import Role",
        "from contracts.booking.events import BookingConfirmed",
        "from ..errors import SlotFull",
        "from ..catalog.domain import Activity",
        "from chassis.clock import civil_day",
    ]:
        assert not list(impure_domain(domain, line)), line
    for line in ["from services.billing import app", "import services.billing.app", "from ...billing import errors"]:
        assert list(foreign_services(area / "store.py", line)), line
    assert list(foreign_services(area / "store.py", "from services.booking.errors import SlotFull"))
    assert list(foreign_services(area / "store.py", "from gateway.app import create"))
    assert not list(
        foreign_services(area / "store.py", "from ..errors import SlotFull\nfrom chassis.clock import instant")
    )
    for line in ["async with db.transaction() as tx: ...", "await tx.fetch('select 1')", "await tx.execute(f'{x}')"]:
        assert list(transactions_outside_commands(area / "store.py", f"async def f():\n    {line}")), line
    assert list(transactions_outside_commands(area / "queries.py", "@command\nasync def book(tx): ..."))
    assert not list(transactions_outside_commands(area / "commands.py", "@command\nasync def book(tx): ..."))
    choice = "sql = ALL_SQL if x else OWN_SQL\nawait tx.fetch(sql)"
    assert not list(transactions_outside_commands(area / "queries.py", choice))
    assert list(transactions_outside_commands(area / "queries.py", choice.replace("OWN_SQL", "'select 1'")))
    assert list(built_in_answers(domain, "raise ValueError('full')"))
    assert list(events_outside_contracts(domain, "class A(Event):\n    event_type: ClassVar[str] = 'a.b.v1'"))
    assert isinstance(parse("def f(): ...").body[0], FUNCTIONS)
