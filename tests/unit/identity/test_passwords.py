"""Password hashing: what matches, what it costs, and where its line ends."""

import asyncio

import pytest

from chassis.refusal import Busy
from services.identity.adapters.passwords import Passwords

pytestmark = pytest.mark.anyio


async def test_only_the_password_matches_its_hash() -> None:
    passwords = Passwords(threads=1)
    stored = await passwords.hash("vélo-rouge-42")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.matches("vélo-rouge-42", stored)
    assert await passwords.matches("ve\u0301lo-rouge-42", stored), "the same letters from another keyboard"
    assert not await passwords.matches("velo-rouge-42", stored)
    assert not await passwords.matches("vélo-rouge-42", None)
    await passwords.close()


async def test_two_hashes_of_one_password_differ() -> None:
    passwords = Passwords(threads=1)
    assert await passwords.hash("velo-rouge-42") != await passwords.hash("velo-rouge-42")
    await passwords.close()


async def test_the_line_has_an_end_and_opens_again() -> None:
    passwords = Passwords(threads=1, waiting_max=2)
    answers = await asyncio.gather(*(passwords.hash("velo-rouge-42") for _ in range(5)), return_exceptions=True)
    assert [isinstance(answer, Busy) for answer in answers] == [False, False, False, True, True]
    passwords.require_room()
    assert await passwords.hash("velo-rouge-42")
    await passwords.close()
