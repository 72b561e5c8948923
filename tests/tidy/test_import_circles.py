"""No module imports itself through others, and none hides such a circle behind TYPE_CHECKING."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.tidy.tree import Fault, check, files, nodes

ROOTS = {path.parts[0] for path in files()}
Graph = Mapping[str, set[str]]


def module_of(path: Path) -> str:
    """The name under which a file is imported."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, source: str, known: set[str]) -> set[str]:
    """The modules of our own that a module imports."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    modules: set[str] = set()
    for node in nodes(source):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            named = {f"{base}.{alias.name}".lstrip(".") for alias in node.names}
            modules |= named if named <= known else {base, *named}
    return (modules & known) - {module_of(path)}


def circles(graph: Graph) -> list[list[str]]:
    """The groups of modules that reach one another: strongly connected components of more than one (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            place = stack.index(module)
            group = stack[place:]
            del stack[place:]
            if len(group) > 1:
                groups.append(sorted(group))

    for module in graph:
        if module not in index:
            visit(module)
    return groups


def hidden_imports(_path: Path, source: str) -> Iterator[Fault]:
    """Modules of our own that only a type checker sees imported; a heavy library may be loaded later."""
    for node in nodes(source):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for item in node.body:
                if isinstance(item, ast.ImportFrom) and (item.level or (item.module or "").split(".")[0] in ROOTS):
                    yield f":{item.lineno}: {item.module} is imported for its type alone: let it stand elsewhere"


def test_no_module_imports_itself_through_others() -> None:
    sources = {path: (Path(__file__).parents[2] / path).read_text() for path in files()}
    known = {module_of(path) for path in sources}
    assert circles({module_of(path): imports_of(path, source, known) for path, source in sources.items()}) == []


def test_no_circle_is_hidden() -> None:
    check(hidden_imports, files())


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert imports_of(Path("x/y.py"), "from . import z\nfrom ..w import v", {"x", "x.z", "w"}) == {"x.z", "w"}
    assert imports_of(Path("x/y.py"), "from .z import a\nimport w.v", {"x.z", "w.v"}) == {"x.z", "w.v"}
    assert list(hidden_imports(Path("x.py"), "if TYPE_CHECKING:\n    from chassis.clock import deadline"))
