"""The provider's messages: written as its schema says, read without believing them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.billing.adapters.payfip_messages import SERVICE, SOAP, Fault, MalformedAnswer, read_answer, write_call

OPERATION = "recupererDetailPaiementSecurise"
XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="￾￿"), max_size=50)


def envelope(content: str) -> bytes:
    """A SOAP answer."""
    return f'<S:Envelope xmlns:S="{SOAP}"><S:Body>{content}</S:Body></S:Envelope>'.encode()


def answer(fields: str, operation: str = OPERATION) -> bytes:
    """An answer of an operation."""
    return envelope(f'<n:{operation}Response xmlns:n="{SERVICE}"><return>{fields}</return></n:{operation}Response>')


@given(XML_TEXT)
def test_a_call_is_qualified_as_the_schema_says_and_keeps_its_values(value: str) -> None:
    root = etree.fromstring(write_call("creerPaiementSecurise", {"exer": "2026", "mel": value}))
    call = root[0][0]
    assert call.tag == f"{{{SERVICE}}}creerPaiementSecurise"
    assert [(child.tag, child.text or "") for child in call[0]] == [("exer", "2026"), ("mel", value)]
    assert call[0].tag == "arg0"


def test_an_answer_is_read_field_by_field() -> None:
    body = answer("<!-- odd --><idOp> abc </idOp><montant>4250</montant><numauto/>")
    assert read_answer(OPERATION, body) == {"idOp": "abc", "montant": "4250", "numauto": ""}


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        (
            "<n:FonctionnelleErreur xmlns:n='x'><code>P5</code></n:FonctionnelleErreur>",
            Fault("FonctionnelleErreur", "P5"),
        ),
        (
            "<n:TechDysfonctionnementErreur xmlns:n='x'><code>999</code></n:TechDysfonctionnementErreur>",
            Fault("TechDysfonctionnementErreur", "999"),
        ),
        ("<FonctionnelleErreur/>", Fault("FonctionnelleErreur", "")),
        ("", Fault("", "")),
    ],
)
def test_faults_carry_the_provider_s_code(detail: str, expected: Fault) -> None:
    body = envelope(f"<S:Fault><faultcode>S:Server</faultcode><detail>{detail}</detail></S:Fault>")
    assert read_answer(OPERATION, body) == expected


BILLION_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>' + answer("<idOp>&y;</idOp>").decode()
).encode()
OUTSIDE_ENTITY = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + answer("<idOp>&x;</idOp>").decode()
).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>502</body></html>",
        b"\xff\xfe",
        envelope(""),
        answer("", "creerPaiementSecurise"),
        envelope(f'<n:{OPERATION}Response xmlns:n="{SERVICE}"/>'),
        answer("<montant>" + "9" * 70_000 + "</montant>"),
        BILLION_LAUGHS,
        OUTSIDE_ENTITY,
    ],
    ids=["empty", "html", "bytes", "no_body", "other_operation", "no_return", "too_long", "entities", "file"],
)
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read_answer(OPERATION, body)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read_answer(OPERATION, body)
