"""An address that the product accepts can stand in a mail, and is read there as it was typed; what cannot is refused at the field."""

import string
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import SMTPUTF8
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.http import Email
from services.notifications.adapters.rendering import Letter
from services.notifications.adapters.smtp import compose
from services.notifications.directory.queries import Recipient

SENDER = Address("Ville de Valmont-sur-Orne", "nepasrepondre", "valmont.example")
EMAIL = TypeAdapter(Email)
ODD = "".join(chr(code) for code in range(128)) + "éßİ中😀\u00a0\u00ad\u115f\u200b\u2028\u3000"
parts = st.text(st.sampled_from(string.ascii_letters) | st.sampled_from(ODD), min_size=1, max_size=12)


def is_accepted(email: str) -> bool:
    try:
        EMAIL.validate_python(email)
    except ValidationError:
        return False
    return True


@given(parts, parts)
@example("eric", "[courriel")
@example("eric", "courriel(orne")
@example("eric.", "orne")
@example("e..ric", "orne")
@example("eric", "orne.")
@example("e:ric", "orne")
@example("e\\ric", "orne")
def test_what_is_accepted_is_read_in_the_mail_as_it_was_typed(local: str, domain: str) -> None:
    """`eric@[courriel.fr` was accepted, and ended the job that composed its mail."""
    typed = f"{local}@{domain}.fr"
    if not is_accepted(typed):
        return
    email = EMAIL.validate_python(typed)
    mail = compose(uuid4(), SENDER, Recipient(email, None, "A", "B"), Letter("s", "t", "h"))
    read = message_from_bytes(mail.as_bytes(policy=SMTPUTF8), policy=SMTPUTF8)
    assert f"<{email}>".encode() in mail.as_bytes(policy=SMTPUTF8)
    if email.isascii():
        assert [address.addr_spec for address in read["To"].addresses] == [email]
        assert read["To"].defects == ()


@pytest.mark.parametrize(
    "email",
    [
        *("eric@[courriel.fr", "eric@courriel].fr", "eric@[127.0.0.1].fr", "er(ic@courriel.fr", "eric)@courriel.fr"),
        *("er:ic@courriel.fr", "er\\ic@courriel.fr", '"er ic"@courriel.fr', "eric@courriel;orne.fr", "eric@a@b.fr"),
        *(".eric@courriel.fr", "eric.@courriel.fr", "e..ric@courriel.fr", "eric@.courriel.fr", "eric@courriel..fr"),
        *("eric@courriel_orne.fr", "er\x01ic@courriel.fr", "eric\x7f@courriel.fr", "eric", "eric@courriel"),
    ],
)
def test_what_cannot_stand_in_a_mail_is_refused(email: str) -> None:
    assert not is_accepted(email)


@pytest.mark.parametrize(
    "email",
    [
        *("eric.le-goff+ecole@courriel.fr", "o'brien@courriel.fr", "eric_27@sous.courriel-orne.example", "x@x.fr"),
        *("  eric@courriel.fr ", "jérôme@courriel.fr", "eric@mairie-évreux.fr", "ERIC@COURRIEL.FR"),
    ],
)
def test_what_people_have_is_accepted(email: str) -> None:
    assert is_accepted(email)
