"""What a transaction did is said in the log once it is committed: it may be rolled back, or run again after a collision."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import Fault, check, files, functions

TRANSACTION = "tx"


def said_too_early(_path: Path, source: str) -> Iterator[Fault]:
    """Functions of a transaction that log by themselves what they did. A refusal is logged where it is raised: nothing is done then."""
    for function in functions(source):
        if TRANSACTION in {argument.arg for argument in function.args.args}:
            yield from (
                f":{call.lineno}: {function.name}: tx.report says it after the commit" for call in _logged(function)
            )


def _logged(function: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr="info")):
                yield node


def test_nothing_is_said_before_it_is_done() -> None:
    check(said_too_early, files("services"))


def test_the_rule_finds_what_it_forbids() -> None:
    early = "async def sign_in(tx: Transaction) -> None:\n    log.info('signed in')\n"
    late = "async def sign_in(tx: Transaction) -> None:\n    tx.report('signed in')\n    log.warning('no')\n"
    assert [*said_too_early(Path("x.py"), early)] == [":2: sign_in: tx.report says it after the commit"]
    assert not [*said_too_early(Path("x.py"), late)]
