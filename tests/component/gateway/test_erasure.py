"""A household is erased: what was sealed for it opens nowhere any more, every state is withdrawn, and nobody of it is named in any table."""

from typing import Any

import pytest

from contracts.registry import TOPICS
from contracts.topic import TopicKind
from services.family.erasure.commands import erase_household
from tests.component.authorization.departures import tell_erasures
from tests.component.family.child_files import rows_of
from tests.component.gateway.test_change_pages import asked
from tests.component.gateway.test_child_pages import CANARY, SAID, Home, home
from tests.component.gateway.town import Town
from tests.support.roles import Role

__all__ = ("home",)
pytestmark = pytest.mark.anyio

SEALED = (CANARY, "peanuts")
PHONE = "698712345"
NEWEST_SQL = """
select distinct on (topic, key) topic, key, payload is null as is_withdrawn from outbox
where topic = any($1::text[]) order by topic, key, sequence desc
"""


async def lives(home: Home) -> None:
    """A family says all that a family may say."""
    town, child = home.town, home.household.children[0]
    assert not (await home.say(**SAID)).is_error
    family = town.services["family"]
    parent = family.as_parent(home.household.adults[0].adult_id)
    desk = family.as_agent(Role.FRONT_DESK)
    person = {"kind": "emergency", "first_name": CANARY, "last_name": CANARY, "relation": CANARY}
    entourage = {**person, "child_ids": [str(child.child_id)], "phone": f"0{PHONE}"}
    shown = {"evidence_kind": "judgment", "evidence_on": "2026-01-05", "evidence": f"JAF {CANARY}"}
    tie = {"role": "guardian", "authority": "joint", "starts_on": str(await family.db.today()), **shown}
    for method, path, body, headers in (
        ("POST", "/entourage", entourage, parent | family.key()),
        ("PUT", f"/children/{child.child_id}/responsibilities/{home.household.adults[1].adult_id}", tie, desk),
        ("PUT", f"/households/{home.household.household_id}/quotient", {"value_cents": 71_234}, desk),
    ):
        body = body | ({"effective_on": str(await family.db.today())} if "quotient" in path else {})
        answer = await family.client.request(method, path, json=body, headers=headers)
        assert answer.is_success, (path, answer.text)
    await asked(home, first_name=CANARY.capitalize())
    await home.settle()


async def open_sealed(town: Town) -> str:
    """What every service can read of what stands sealed in its tables, and of what its topics keep."""
    family, booking = town.services["family"].db, town.services["booking"].db
    keys = [row["owner"] for row in await family.fetch("select owner from history_keys")]
    keys += [str(row["child_id"]) for row in await booking.fetch("select child_id from care_keys")]
    return " ".join(keys)


async def test_nothing_of_an_erased_household_is_found_or_opens(home: Home, town: Town) -> None:
    await lives(home)
    (child, *_), adults = home.household.children, home.household.adults
    ids = [home.household.household_id, child.child_id, *(adult.adult_id for adult in adults)]
    known = await open_sealed(town)
    assert all(str(item) in known for item in ids[:2]), "the control: there are keys to destroy"
    name = child.last_name
    assert name in await rows_of(town.services["family"].db)

    await erase_household(town.services["family"].db, home.household.household_id)
    await tell_erasures(town)
    await town.services["notifications"].run_job("send_messages")

    known = await open_sealed(town)
    assert [item for item in ids if str(item) in known] == [], "every key is destroyed at once"
    states = [topic.name for topic in TOPICS if topic.kind is TopicKind.STATE]
    for service, running in town.services.items():
        newest = await running.db.fetch(NEWEST_SQL, states)
        owned = [row for row in newest if row["key"] in {str(item) for item in ids}]
        assert [tuple(row)[:2] for row in owned if not row["is_withdrawn"]] == [], service
        left = await traces(running.db, [name, PHONE, *SEALED])
        assert left == {}, service


async def traces(db: Any, words: list[str]) -> dict[str, list[str]]:
    """The words that a service's tables still have, by table: the outbox apart, whose rows the topics' compaction takes, and where what was sealed stays
    sealed."""
    places: dict[str, list[str]] = {}
    for table in await db.fetch("select tablename from pg_tables where schemaname = 'public'"):
        rows = await db.fetch(f'select t::text as text from "{table["tablename"]}" t')
        text = "\n".join(row["text"] for row in rows).lower()
        in_outbox = table["tablename"] == "outbox"
        looked_for = [word for word in words if not in_outbox or word in SEALED]
        if here := [word for word in looked_for if word.lower() in text or word.encode().hex() in text]:
            places[table["tablename"]] = here
    return places
