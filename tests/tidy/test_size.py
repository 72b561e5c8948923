"""Rule 8: functions of at most 70 lines, files of at most 300, at most 5 parameters.

A parameter that the caller does not choose is not counted: `self` and `cls`; dependencies, which stand first and are handed
on (the database or transaction, the HTTP request, a page's visit, and on whose behalf which services are called); what the
wiring injects into a route (`NamedDependency`); and the fixtures of a test. The filters of a list are parameters of its address, given by name: neither
the operation that declares them (a stub with a `cursor`) nor the route that serves it is counted.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import Fault, check, files, functions

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 300
PARAMETERS_MAX = 5
NOT_COUNTED = {"self", "cls", "db", "tx", "visit", "caller", "services"}
INJECTED = ("NamedDependency[", "Request[", "AnyRequest")
MANY_PARAMETERS = {
    ("deploy/local/child.py", "spawn"): "what a process inherits: optional, and given by name",
    ("portal/frame/spaces.py", "action"): "what a declaration says: optional, and given by name",
}


def long_files(_path: Path, source: str) -> Iterator[Fault]:
    """Files over the limit."""
    if (count := len(source.splitlines())) > FILE_LINES_MAX:
        yield f": {count} lines, at most {FILE_LINES_MAX}"


def long_functions(_path: Path, source: str) -> Iterator[Fault]:
    """Functions over the limit, from `def` to their last line."""
    for function in functions(source):
        count = (function.end_lineno or function.lineno) - function.lineno + 1
        if count > FUNCTION_LINES_MAX:
            yield f":{function.lineno}: {function.name} has {count} lines, at most {FUNCTION_LINES_MAX}"


def many_parameters(path: Path, source: str) -> Iterator[Fault]:
    """Functions with more parameters than a reader keeps in mind."""
    for function in functions(source):
        if path.parts[0] == "tests" and (function.name.startswith("test_") or _is_fixture(function)):
            continue
        if _is_list(function):
            continue
        arguments = function.args
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        given += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
        count = sum(1 for argument in given if argument.arg not in NOT_COUNTED and not _is_injected(argument))
        if count > PARAMETERS_MAX and (str(path), function.name) not in MANY_PARAMETERS:
            yield f":{function.lineno}: {function.name} has {count} parameters, at most {PARAMETERS_MAX}"


def _is_fixture(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)


def _is_list(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is the declaration, or the route, of an operation that gives a list page by page."""
    names = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    decorators = {ast.unparse(item.func) for item in function.decorator_list if isinstance(item, ast.Call)}
    return "cursor" in names and bool(decorators & {"get", "serves"})


def _is_injected(argument: ast.arg) -> bool:
    return argument.annotation is not None and ast.unparse(argument.annotation).startswith(INJECTED)


def test_files_are_short() -> None:
    check(long_files, files())


def test_functions_are_short() -> None:
    check(long_functions, files())


def test_parameters_are_few() -> None:
    check(many_parameters, files())


def test_size_checks_find_what_is_too_big() -> None:
    path = Path("chassis/example.py")
    assert list(long_files(path, "\n" * 301)) == [": 301 lines, at most 300"]
    assert list(long_functions(path, "def f():\n" + "    pass\n" * 70)) == [":1: f has 71 lines, at most 70"]
    assert not list(long_functions(path, "def f():\n" + "    pass\n" * 69))
    assert list(many_parameters(path, "def f(db, a, b, c, d, e, *f): ..."))
    assert list(many_parameters(path, "def f(db, request, a, b, c, d, e): ..."))
    assert not list(many_parameters(path, "def f(request: Request[Any, Any, Any], visit, services, a, b, c, d): ..."))
    assert not list(many_parameters(path, "def f(self, db, a, b, c, d, e: NamedDependency[int], *, g): ..."))
    assert not list(many_parameters(path, "@get('/things')\nasync def f(a, b, c, d, e, cursor): ..."))
    assert not list(many_parameters(path, "@serves(api.f)\nasync def f(db, a, b, c, d, e, cursor): ..."))
    assert list(many_parameters(path, "@get('/things')\nasync def f(a, b, c, d, e, g): ...")), "it is no list"
    assert list(many_parameters(path, "async def f(a, b, c, d, e, cursor): ...")), "it is no operation"
    assert list(many_parameters(Path("tests/unit/test_x.py"), "def f(a, b, c, d, e, f): ..."))
    assert not list(many_parameters(Path("tests/unit/test_x.py"), "def test_f(a, b, c, d, e, f): ..."))
