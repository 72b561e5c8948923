"""Actor tokens: what identity signs is what a service reads, within the leeway of clocks, and nothing else is read at all."""

import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey

import chassis.actor
from chassis.actor import (
    ALGORITHM,
    CLOCK_SKEW_SECONDS,
    ISSUER,
    Actor,
    ActorReader,
    read_actor,
    sign_actor,
)
from chassis.refusal import Forbidden, Unauthenticated
from chassis.telemetry import TOKENS_FROM_THE_FUTURE
from contracts.permissions import PERMISSIONS
from contracts.types import ActorKind, StepUp, Strength

KEY = OKPKey.generate_key("Ed25519")
GOOD_CLAIMS = {
    "iss": ISSUER,
    "sub": str(UUID(int=1)),
    "kind": "parent",
    "guardian": str(UUID(int=2)),
    "permissions": "",
    "sites": [],
    "acr": "basic",
    "iat": 1_700_000_000,
    "exp": 4_000_000_000,
}


PEOPLE = (ActorKind.PARENT, ActorKind.DELEGATE)
"""Whom a token names by the id under which families know them."""


def signed(claims: dict[str, object]) -> str:
    return jwt.encode({"alg": ALGORITHM}, claims, KEY, algorithms=[ALGORITHM])


@given(
    st.builds(
        Actor,
        account_id=st.uuids(),
        kind=st.sampled_from(ActorKind),
        guardian_id=st.none() | st.uuids(),
        permissions=st.frozensets(st.sampled_from(sorted(PERMISSIONS))),
        sites=st.none() | st.frozensets(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,19}", fullmatch=True), max_size=5),
        strength=st.sampled_from(Strength),
        opened=st.frozensets(st.sampled_from([step_up.value for step_up in StepUp])),
        details_revision=st.none() | st.integers(0, 2**31 - 1),
    ).filter(lambda actor: actor.kind not in PEOPLE or actor.guardian_id is not None)
)
def test_a_signed_actor_is_read_back_whole(actor: Actor) -> None:
    token, _ = sign_actor(actor, KEY, timedelta(minutes=5))
    assert read_actor(token, KEY) == actor


def test_a_token_outlives_its_expiry_by_the_leeway_and_no_more() -> None:
    actor = Actor(uuid4(), ActorKind.SYSTEM)
    within, _ = sign_actor(actor, KEY, timedelta(seconds=10 - CLOCK_SKEW_SECONDS))
    assert read_actor(within, KEY) == actor
    beyond, _ = sign_actor(actor, KEY, timedelta(seconds=-1 - CLOCK_SKEW_SECONDS))
    with pytest.raises(Unauthenticated):
        read_actor(beyond, KEY)


def test_a_known_token_is_not_checked_again_and_is_forgotten_as_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chassis.actor, "KNOWN_TOKENS_MAX", 2)
    reader = ActorReader(KEY)
    tokens = [sign_actor(Actor(uuid4(), ActorKind.SYSTEM), KEY, timedelta(minutes=5))[0] for _ in range(3)]
    first, second = reader.read(tokens[0]), reader.read(tokens[1])
    assert reader.read(tokens[0]) is first
    reader.read(tokens[2])
    assert reader.read(tokens[1]) is second
    again = reader.read(tokens[0])
    assert again == first
    assert again is not first


def test_a_known_token_expires_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = ActorReader(KEY)
    token, expires_at = sign_actor(Actor(uuid4(), ActorKind.SYSTEM), KEY, timedelta(minutes=5))
    known = reader.read(token)
    monkeypatch.setattr(time, "time", lambda: expires_at.timestamp() + CLOCK_SKEW_SECONDS - 1)
    assert reader.read(token) == known
    monkeypatch.setattr(time, "time", lambda: expires_at.timestamp() + CLOCK_SKEW_SECONDS + 1)
    with pytest.raises(Unauthenticated):
        reader.read(token)


def test_a_known_token_opens_nothing_to_one_that_resembles_it() -> None:
    reader = ActorReader(KEY)
    token, _ = sign_actor(Actor(uuid4(), ActorKind.SYSTEM), KEY, timedelta(minutes=5))
    reader.read(token)
    other = OKPKey.generate_key("Ed25519")
    forged, _ = sign_actor(read_actor(token, KEY), other, timedelta(minutes=5))
    for text in (forged, token[:-4], token.rpartition(".")[0] + "."):
        with pytest.raises(Unauthenticated):
            reader.read(text)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "billing"},
        {"iss": None},
        {"sub": None},
        {"sub": "somebody"},
        {"exp": None},
        {"kind": None},
        {"kind": "director"},
        {"iat": None},
        {"permissions": None},
        {"permissions": ["booking.attendance.mark"]},
        {"sites": None},
        {"sites": "plateau"},
        {"sites": [1]},
        {"acr": None},
        {"acr": "certain"},
        {"guardian": "Claire"},
        {"guardian": None},
    ],
)
def test_claims_that_say_too_little_or_the_unknown_are_refused(change: dict[str, object]) -> None:
    assert read_actor(signed(GOOD_CLAIMS), KEY).account_id == UUID(int=1)
    claims = {name: value for name, value in (GOOD_CLAIMS | change).items() if value is not None}
    with pytest.raises(Unauthenticated):
        read_actor(signed(claims), KEY)


@given(st.text() | st.lists(st.text(alphabet="abcXYZ019-_", max_size=20), min_size=3, max_size=3).map(".".join))
def test_any_other_text_is_unauthenticated(text: str) -> None:
    with pytest.raises(Unauthenticated):
        read_actor(text, KEY)


def test_a_parent_alone_is_a_guardian() -> None:
    parent = Actor(uuid4(), ActorKind.PARENT, guardian_id=uuid4(), permissions=frozenset(PERMISSIONS))
    assert parent.require_guardian() == parent.guardian_id
    finance = Actor(uuid4(), ActorKind.AGENT, permissions=frozenset(PERMISSIONS))
    for actor in (finance, Actor(uuid4(), ActorKind.PARENT), Actor(uuid4(), ActorKind.AGENT, guardian_id=uuid4())):
        with pytest.raises(Forbidden):
            actor.require_guardian()


def test_every_permission_fits_into_a_short_token() -> None:
    actor = Actor(uuid4(), ActorKind.AGENT, permissions=frozenset(PERMISSIONS), sites=frozenset({"plateau", "centre"}))
    token, _ = sign_actor(actor, KEY, timedelta(minutes=5))
    assert len(token) < 2_500


def test_a_token_from_the_future_is_refused_and_counted() -> None:
    token, _ = sign_actor(Actor(uuid4(), ActorKind.SYSTEM), KEY, timedelta(minutes=5))
    now = time.time()
    ActorReader(KEY, lambda: now - CLOCK_SKEW_SECONDS + 2).read(token)
    before = TOKENS_FROM_THE_FUTURE._value.get()
    with pytest.raises(Unauthenticated):
        ActorReader(KEY, lambda: now - CLOCK_SKEW_SECONDS - 2).read(token)
    assert TOKENS_FROM_THE_FUTURE._value.get() == before + 1


def test_a_forged_token_says_nothing_of_clocks() -> None:
    reader, before = ActorReader(KEY), TOKENS_FROM_THE_FUTURE._value.get()
    claims = {**GOOD_CLAIMS, "iat": int(time.time()) + 3_600}
    forged = jwt.encode({"alg": ALGORITHM}, claims, OKPKey.generate_key("Ed25519"), algorithms=[ALGORITHM])
    with pytest.raises(Unauthenticated):
        reader.read(forged)
    assert TOKENS_FROM_THE_FUTURE._value.get() == before
