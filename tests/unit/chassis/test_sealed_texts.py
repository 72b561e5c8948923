"""Sealed texts: the holder of the private key reads them, nobody else does, and nobody alters them unnoticed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from chassis.sealing import SealBroken, seal, unseal

KEY = OKPKey.generate_key("X25519")
PUBLIC_KEY = OKPKey.import_key(KEY.as_dict(private=False))


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_a_sealed_text_is_read_back_whole(text: str) -> None:
    assert unseal(seal(text, PUBLIC_KEY), KEY) == text


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal("Violette", PUBLIC_KEY) != seal("Violette", PUBLIC_KEY)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        unseal(seal("Violette", PUBLIC_KEY), OKPKey.generate_key("X25519"))


@pytest.mark.parametrize("part", [0, 2, 3, 4])
def test_an_altered_part_breaks_the_seal(part: int) -> None:
    parts = seal("Violette Lemercier", PUBLIC_KEY).split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    with pytest.raises(SealBroken):
        unseal(".".join(parts), KEY)


@pytest.mark.parametrize("text", ["", "Violette", "....", "a.b.c.d.e", "é....", "e30....", "W10.a.b.c.d"])
def test_what_was_never_sealed_cannot_be_opened(text: str) -> None:
    with pytest.raises(SealBroken):
        unseal(text, KEY)
