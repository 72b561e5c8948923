"""One effect for each idempotency key, the same answer each time, and a refusal when the key means something else."""

import asyncio

import pytest
from pydantic import BaseModel

from chassis.data.database import Database, Transaction, command
from chassis.data.idempotency import Claim
from chassis.refusal import IdempotencyKeyReused, NotFound

pytestmark = pytest.mark.anyio


class Answer(BaseModel):
    number: int


@pytest.fixture
async def counted(db: Database) -> Database:
    await db.execute("create table counter (n int not null)")
    await db.execute("insert into counter values (0)")
    return db


@command
async def count(tx: Transaction, claim: Claim, is_refused: bool = False) -> Answer:
    if kept := await claim.replay(tx, Answer):
        return kept
    number = await tx.fetchval("update counter set n = n + 1 returning n")
    if is_refused:
        raise NotFound
    return await claim.keep(tx, Answer(number=number))


async def test_concurrent_repeats_have_one_effect_and_one_answer(counted: Database) -> None:
    claim = Claim.of("somebody", "key-1", "POST /count", b"{}")
    answers = await asyncio.gather(*(count(counted, claim) for _ in range(12)))
    assert {answer.number for answer in answers} == {1}
    assert await counted.fetchval("select n from counter") == 1


async def test_a_key_used_for_another_body_is_refused(counted: Database) -> None:
    await count(counted, Claim.of("somebody", "key-1", "POST /count", b"{}"))
    with pytest.raises(IdempotencyKeyReused):
        await count(counted, Claim.of("somebody", "key-1", "POST /count", b'{"n": 2}'))


async def test_a_key_belongs_to_its_actor(counted: Database) -> None:
    await count(counted, Claim.of("somebody", "key-1", "POST /count", b"{}"))
    assert (await count(counted, Claim.of("another", "key-1", "POST /count", b"{}"))).number == 2


async def test_a_refused_request_keeps_nothing_and_is_judged_afresh(counted: Database) -> None:
    claim = Claim.of("somebody", "key-1", "POST /count", b"{}")
    with pytest.raises(NotFound):
        await count(counted, claim, is_refused=True)
    assert (await count(counted, claim)).number == 1
