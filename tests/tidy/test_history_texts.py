"""Every act that a service notes, or the chassis for it, has a French sentence, and every sentence an act."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import Fault, files, nodes, text_of

TEXTS = Path("portal/frame/texts.toml")


def noted_actions(source: str) -> set[str]:
    """The actions that a module notes: the second argument of `Act(...)`, itself or by the name that holds it."""
    assigned = dict(_assignments(source))
    calls = [
        node
        for node in nodes(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Act"
    ]
    actions: set[str] = set()
    for call in calls:
        value = call.args[1]
        if isinstance(value, ast.Subscript):
            value = value.value
        if isinstance(value, ast.Name):
            value = assigned[value.id]
        actions |= set(_words(value))
    return actions


def _assignments(source: str) -> Iterator[tuple[str, ast.expr]]:
    """What the names of a module hold."""
    for node in nodes(source):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(target, ast.Name) and node.value:
            yield target.id, node.value


def _words(value: ast.expr) -> Iterator[str]:
    """The texts that an expression may come to."""
    if isinstance(value, ast.IfExp):
        yield from (*_words(value.body), *_words(value.orelse))
    elif isinstance(value, ast.Dict):
        for item in value.values:
            yield from _words(item)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def faults(actions: set[str], sentences: set[str]) -> Iterator[Fault]:
    """Actions without a sentence, and sentences without an action."""
    yield from (f"{action}: no sentence in {TEXTS}, [history.action]" for action in sorted(actions - sentences))
    yield from (f"{sentence}: nothing notes it" for sentence in sorted(sentences - actions))


def test_acts_and_sentences_go_together() -> None:
    actions = set().union(*(noted_actions(text_of(path)) for path in files("services", "chassis")))
    sentences = set(tomllib.loads(text_of(TEXTS))["history"]["action"])
    assert list(faults(actions, sentences)) == []
    assert len(actions) > 15


def test_an_act_without_a_sentence_is_found() -> None:
    source = (
        'ENDED = {True: "closed", False: "lost"}\n'
        'what = "opened" if new else "changed"\n'
        'tx.note(Act(actor, "written", one))\ntx.note(Act(actor, what, one))\ntx.note(Act(actor, ENDED[x], one))'
    )
    actions = noted_actions(source)
    assert actions == {"written", "opened", "changed", "closed", "lost"}
    assert len(list(faults(actions, {"written", "opened", "burnt"}))) == 4
