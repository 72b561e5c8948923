"""What is said to the service that has children in care, and with which key it reads it."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.data.database import Transaction
from chassis.data.replicas import Replica
from chassis.sealing import seal
from contracts.booking.events import CareKeyState
from contracts.event import Envelope
from contracts.family.care import Care, CareInsurance, CarePerson, LeavingAnswer
from contracts.family.child_events import AuthorizationKind, Consent
from contracts.family.events import CareState

from ..authorizations.domain import Answers
from ..authorizations.store import load_answers
from ..custody.store import load_custody
from ..entourage.store import load_around, load_portrait
from ..health.store import HealthFile, load_health
from ..insurance.domain import Kept
from ..insurance.store import load_insurances
from ..people.store import load_adult, load_children, lock_child
from ..schools.domain import days_of, school_year_of
from .domain import BY_DECISION, COLLECTING, ROLES, SitePerson, on_site

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
    known = _Known(
        health=await load_health(tx, child_id),
        answers=answers,
        people=await _people(tx, child_id),
        contracts=await load_insurances(tx, child_id, year, year + 1),
    )
    people = [_person(item, await _portrait(tx, item)) for item in known.people]
    text = _care(known, people).model_dump_json()
    reader = OKPKey.import_key(json.loads(public_key))
    tx.emit(CareState(child_id=child_id, sealed_for=reader.thumbprint(), sealed=seal(text, reader)))


async def _people(tx: Transaction, child_id: UUID) -> list[SitePerson]:
    """Whom a site has to know of, from the entourage and from custody."""
    if (child := (await load_children(tx, [child_id])).get(child_id)) is None:
        return []
    custody = await load_custody(tx, child)
    adult_ids = {tie.adult_id for tie in custody.ties if tie.role in ROLES}
    loaded = {adult_id: await load_adult(tx, adult_id) for adult_id in sorted(adult_ids)}
    adults = {adult_id: adult for adult_id, adult in loaded.items() if adult is not None}
    return on_site(await load_around(tx, child_id), custody, adults, await tx.today())


CHILDREN_AROUND_SQL = """
select distinct r.child_id from responsibilities r join care_readers k on k.child_id = r.child_id
where r.adult_id = $1 and r.role <> 'guardian' order by r.child_id
"""


async def publish_care_around(tx: Transaction, adult_id: UUID) -> None:
    """Say it again of the children whose site reads an adult's name and telephone number. Their households are held."""
    for row in await tx.fetch(CHILDREN_AROUND_SQL, adult_id):
        if await lock_child(tx, row["child_id"]) is not None:
            await publish_care(tx, row["child_id"])


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a child in care, as this service keeps it."""

    health: HealthFile
    answers: dict[int, dict[UUID, Answers]]
    people: list[SitePerson]
    contracts: dict[int, Kept]


async def _portrait(tx: Transaction, item: SitePerson) -> bytes | None:
    """The picture of who may collect the child."""
    is_wanted = item.contact_id is not None and item.kind in COLLECTING
    return await load_portrait(tx, item.contact_id) if is_wanted and item.contact_id else None


def _care(known: _Known, people: list[CarePerson]) -> Care:
    statement = known.health.statement
    return Care(
        is_known=known.health.revision > 0,
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
            for year, by_adult in known.answers.items()
            for days in [days_of(year)]
            for adult_id, by_kind in by_adult.items()
            if (answer := by_kind.of(AuthorizationKind.LEAVING_ALONE)) is not None
        ),
        people=tuple(people),
        doctor_name=statement.doctor_name,
        doctor_phone=statement.doctor_phone,
        insurances=tuple(
            CareInsurance(
                company=contract.company,
                contract_number=contract.contract_number,
                starts_on=days_of(year).first,
                ends_on=contract.ends_on,
            )
            for year, kept in known.contracts.items()
            if (contract := kept.contract) is not None
        ),
    )


def _person(item: SitePerson, portrait: bytes | None) -> CarePerson:
    return CarePerson(
        kind=item.kind,
        name=f"{item.person.first_name} {item.person.last_name.upper()}",
        relation=item.person.relation,
        phone=item.person.phone,
        starts_on=item.person.starts_on,
        ends_on=item.person.ends_on,
        birth_on=item.person.birth_on,
        decision=item.person.decision if item.kind in BY_DECISION else None,
        decided_on=item.person.decided_on if item.kind in BY_DECISION else None,
        contact_id=item.contact_id if portrait else None,
        portrait=b64encode(portrait) if portrait else None,
    )


REMOVE_READER_SQL = "delete from care_readers where child_id = $1"


async def forget_care(tx: Transaction, child_id: UUID) -> None:
    """Have whoever has the child in care forget what they know of it."""
    await tx.execute(REMOVE_READER_SQL, child_id)
    tx.erase(CareState, str(child_id))
