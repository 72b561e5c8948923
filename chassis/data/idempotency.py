"""Idempotency keys: one effect for each (actor, key), and the same answer however often the request is sent.

The claim is made in the command's own transaction: a second request with the key waits for the first to commit and then
gets its answer; when the first was refused nothing was kept, and the second is judged afresh.
Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel

from chassis.data.queries import Queries
from chassis.refusal import IdempotencyKeyReused

KEY_LENGTH_MAX = 200
RETENTION_DAYS = 7

ModelT = TypeVar("ModelT", bound=BaseModel)

CLAIM_KEY_SQL = """
insert into idempotency_keys (actor, key, fingerprint) values ($1, $2, $3)
on conflict (actor, key) do nothing returning true
"""

READ_KEY_SQL = "select fingerprint, response::text as response from idempotency_keys where actor = $1 and key = $2"

KEEP_RESPONSE_SQL = "update idempotency_keys set response = $3::text::jsonb where actor = $1 and key = $2"

FORGET_OLD_KEYS_SQL = """
delete from idempotency_keys where (actor, key) in (
    select actor, key from idempotency_keys where created_at < clock_timestamp() - make_interval(days => $1)
    order by created_at limit $2 for update skip locked)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """The idempotency key of one request, by one actor, for one operation and body."""

    actor: str
    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, actor: str, key: str, operation: str, body: bytes) -> "Claim":
        """The claim of a request; `operation` is its method and path."""
        return cls(actor, key, hashlib.sha256(operation.encode() + b"\0" + body).digest())

    async def replay(self, tx: Queries, response: type[ModelT]) -> ModelT | None:
        """Claim the key; the stored answer when it was claimed before, else None and the work is to be done.

        Raises:
            IdempotencyKeyReused: the key was used for another operation or body.
        """
        if await tx.fetchval(CLAIM_KEY_SQL, self.actor, self.key, self.fingerprint):
            return None
        kept = await tx.fetchrow(READ_KEY_SQL, self.actor, self.key)
        if kept is None or kept["fingerprint"] != self.fingerprint:
            raise IdempotencyKeyReused
        return response.model_validate_json(kept["response"])

    async def keep(self, tx: Queries, answer: ModelT) -> ModelT:
        """Store the answer with the work, and return it."""
        await tx.execute(KEEP_RESPONSE_SQL, self.actor, self.key, answer.model_dump_json())
        return answer


FORGET_ANSWERS_SQL = "delete from idempotency_keys where strpos(response::text, $1) > 0"


async def forget_answers(tx: Queries, subject_id: UUID) -> None:
    """Forget every answer that names somebody, or a household, who is erased: the words of it would be told again."""
    await tx.execute(FORGET_ANSWERS_SQL, str(subject_id))


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer that a key has already, as JSON, with the claim that it was given to."""

    claim: Claim
    response: str


class AnswerRaced(asyncpg.SerializationError):
    """Another transaction kept an answer for one of these keys first; run again, and it will be found."""


KEPT_ANSWERS_SQL = """
select k.actor, k.key, k.fingerprint, k.response::text as response
from unnest($1::text[], $2::text[]) as asked(actor, key)
cross join lateral (select * from idempotency_keys where actor = asked.actor and key = asked.key offset 0) k
"""
"""The answers that were kept for some keys. Comparing the fingerprints of their claims is the caller's."""


def kept_answer(row: Mapping[str, Any]) -> KeptAnswer:
    """A row of `KEPT_ANSWERS_SQL`."""
    return KeptAnswer(Claim(row["actor"], row["key"], row["fingerprint"]), row["response"])
