"""The repository as the tidy tests see it: the files that are, or would be, committed, and their Python syntax trees."""

import ast
import functools
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BINARY = {".heic", ".png", ".jpg", ".jpeg", ".webp", ".ico", ".woff2", ".ttf", ".pdf", ".jar"}

Fault = str
Rule = Callable[[Path, str], Iterator[Fault]]


@functools.cache
def all_files() -> tuple[Path, ...]:
    """Every file that git tracks or would track, relative to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = sorted({Path(name) for name in listed.split("\0") if name})
    return tuple(path for path in paths if (REPOSITORY / path).is_file())


def files(*folders: str, suffix: str = ".py") -> list[Path]:
    """The files of a kind under some folders (all when none is named)."""
    return [path for path in all_files() if path.suffix == suffix and (not folders or path.parts[0] in folders)]


@functools.cache
def text_of(path: Path) -> str:
    """The content of a file; nothing for a binary one."""
    return "" if path.suffix in BINARY else (REPOSITORY / path).read_text()


@functools.cache
def parse(source: str) -> ast.Module:
    """The syntax tree of a module's text; the same text is parsed once."""
    return ast.parse(source)


@functools.cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Every node of a module's syntax tree, in the order of `ast.walk`."""
    return tuple(ast.walk(parse(source)))


def faults(rule: Rule, paths: Iterable[Path]) -> list[Fault]:
    """What a rule finds in some files, each with its place first."""
    return [f"{path}{fault}" for path in paths for fault in rule(path, text_of(path))]


def check(rule: Rule, paths: Iterable[Path]) -> None:
    """Fail with one line for each fault."""
    lines = faults(rule, paths)
    assert not lines, "\n" + "\n".join(lines)


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, nested ones included."""
    return (node for node in nodes(source) if isinstance(node, FUNCTIONS))


def classes(source: str) -> Iterator[ast.ClassDef]:
    return (node for node in nodes(source) if isinstance(node, ast.ClassDef))
