"""What is said to the service that has children in care, and with which key it reads it."""

import json
from typing import Final
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.data.database import Transaction
from chassis.data.replicas import Replica
from chassis.sealing import seal
from contracts.booking.events import CareKeyState
from contracts.event import Envelope
from contracts.family.care import Care, CarePerson, LeavingAnswer
from contracts.family.child_events import AuthorizationKind, Consent
from contracts.family.events import CareState

from ..authorizations.domain import Answers
from ..authorizations.store import load_answers
from ..entourage.domain import Around, on_site
from ..entourage.store import load_around
from ..health.store import HealthFile, load_health
from ..people.store import lock_child
from ..schools.domain import days_of, school_year_of

READERS: Final = Replica("care_readers", "child_id", ("public_key",))


async def keep_reader(tx: Transaction, state: CareKeyState, envelope: Envelope) -> None:
    """Know with which key a child's care is read, and say it sealed with that."""
    # Whoever changes the child's file meanwhile says what it is afterwards: both hold the child.
    if await lock_child(tx, state.child_id) is None:
        return
    if await READERS.keep(tx, state.child_id, envelope.sequence, state.public_key):
        await publish_care(tx, state.child_id)


async def forget_reader(tx: Transaction, key: str) -> None:
    """Nobody has the child in care any more: nothing of it need be anywhere else."""
    await READERS.forget(tx, key)
    tx.erase(CareState, key)


READER_SQL = "select public_key from care_readers where child_id = $1"


async def publish_care(tx: Transaction, child_id: UUID) -> None:
    """Say what must be known of a child, sealed for whoever has it in care; nothing where nobody does. The child is held."""
    public_key = await tx.fetchval(READER_SQL, child_id)
    if public_key is None:
        return
    year = school_year_of(await tx.today())
    answers = await load_answers(tx, child_id, year, year + 1)
    around = on_site(await load_around(tx, child_id), await tx.today())
    text = _care(await load_health(tx, child_id), answers, around).model_dump_json()
    reader = OKPKey.import_key(json.loads(public_key))
    tx.emit(CareState(child_id=child_id, sealed_for=reader.thumbprint(), sealed=seal(text, reader)))


def _care(health: HealthFile, answers: dict[int, dict[UUID, Answers]], around: list[Around]) -> Care:
    statement = health.statement
    return Care(
        is_known=health.revision > 0,
        allergens=tuple(statement.allergens),
        other_allergies=statement.other_allergies,
        has_pai=statement.has_pai,
        pai_ends_on=statement.pai_ends_on,
        conduct=statement.conduct,
        diet=statement.diet,
        has_own_lunch=statement.has_own_lunch,
        leaving=tuple(
            LeavingAnswer(
                adult_id=adult_id,
                starts_on=days.first,
                ends_on=days.last,
                is_given=answer.consent is Consent.GIVEN,
                leaves_from=answer.leaves_from,
            )
            for year, by_adult in answers.items()
            for days in [days_of(year)]
            for adult_id, by_kind in by_adult.items()
            if (answer := by_kind.of(AuthorizationKind.LEAVING_ALONE)) is not None
        ),
        people=tuple(
            CarePerson(
                kind=row.kind.value,
                name=f"{row.person.first_name} {row.person.last_name.upper()}",
                relation=row.person.relation,
                phone=row.person.phone,
                starts_on=row.person.starts_on,
                ends_on=row.person.ends_on,
            )
            for row in around
        ),
    )


REMOVE_READER_SQL = "delete from care_readers where child_id = $1"


async def forget_care(tx: Transaction, child_id: UUID) -> None:
    """Have whoever has the child in care forget what they know of it."""
    await tx.execute(REMOVE_READER_SQL, child_id)
    tx.erase(CareState, str(child_id))
