"""Reading a text that may become a procedure's next version, and publishing it."""

from dataclasses import replace
from difflib import ndiff
from typing import Final

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid
from contracts.family.procedure_words import Change, Procedure
from contracts.family.procedures import (
    ChangedLine,
    ProcedureCheck,
    ProcedureFlaw,
    ProcedurePublication,
    PublishedProcedure,
)

from ..request_errors import ProcedureOutdated
from ..settings import FamilyRules
from . import store
from .domain import procedure_of
from .queries import Counting, counting, read_procedure
from .store import Published


async def check_procedure(db: Database, rules: FamilyRules, text: str) -> ProcedureCheck:
    """What is wrong with a text, or what it says and would change."""
    known = await counting(db, rules)
    made = procedure_of(text, replace(rules.known_names, procedures=known.keys()))
    if not isinstance(made, Procedure):
        flaws = tuple(ProcedureFlaw(line=flaw.line, flaw=flaw.flaw.value, word=flaw.word) for flaw in made)
        return ProcedureCheck(flaws=flaws)
    before = known.get(made.code)
    lines = changes(before.text if before else "", text)
    return ProcedureCheck(
        procedure=made,
        version=before.version if before else 0,
        changes=tuple(ChangedLine(change=change, line=line) for change, line in lines),
    )


@command
async def publish_procedure(
    tx: Transaction, actor: Actor, rules: FamilyRules, request: ProcedurePublication
) -> PublishedProcedure:
    """Publish the next version; the text that counts already is published. Raises Invalid, ProcedureOutdated."""
    made = _made(request.text, rules, await counting(tx, rules))
    await store.lock_procedure(tx, made.code)
    known = (await counting(tx, rules)).get(made.code)
    if known is None or known.text != request.text:
        version = known.version if known else 0
        if version != request.after_version:
            raise ProcedureOutdated(version=version)
        if known is not None:
            await store.add_version(tx, known, known.published_by)
        tx.note(Act(actor, "procedure_published", made.code, after={"version": version + 1}))
        await store.add_version(tx, Published(made, version + 1, request.text), actor.account_id)
    return await read_procedure(tx, rules, made.code)


def _made(text: str, rules: FamilyRules, known: Counting) -> Procedure:
    """What a text says. Raises Invalid."""
    made = procedure_of(text, replace(rules.known_names, procedures=known.keys()))
    if not isinstance(made, Procedure):
        raise Invalid(FieldRefusal("/text", "procedure_flawed", (("count", len(made)), ("line", made[0].line))))
    return made


_CHANGES: Final = {"  ": Change.SAME, "+ ": Change.ADDED, "- ": Change.REMOVED}
AROUND_LINES: Final = 2


def changes(old: str, new: str) -> tuple[tuple[Change, str], ...]:
    """What changes from one text to another, line by line, with some lines around each change."""
    lines = [
        (_CHANGES[line[:2]], line[2:]) for line in ndiff(old.splitlines(), new.splitlines()) if line[:2] in _CHANGES
    ]
    changed = [place for place, (change, _) in enumerate(lines) if change is not Change.SAME]
    shown = {near for place in changed for near in range(place - AROUND_LINES, place + AROUND_LINES + 1)}
    return tuple(line for place, line in enumerate(lines) if place in shown)
