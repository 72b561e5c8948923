"""The codec of the provider's SOAP messages: written from values, parsed as untrusted input.

SOAP 1.1, document/literal; the operation's element is qualified and its children are not. Answers are parsed without
entities, document types or network. Source: the service's published WSDL.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICE = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
CONTENT_TYPE = "text/xml; charset=utf-8"
ANSWER_BYTES_MAX = 64_000
FUNCTIONAL_FAULT = "FonctionnelleErreur"


class MalformedAnswer(Exception):
    """The answer is not a message of this service."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal of the provider. `code` is its own (`P5`, `R3`...); empty when it gave none."""

    kind: str
    code: str

    @property
    def is_functional(self) -> bool:
        """Whether the provider understood and refused, rather than failed."""
        return self.kind == FUNCTIONAL_FAULT


def write_call(operation: str, fields: Mapping[str, str]) -> bytes:
    """A request; `fields` are in the order of the schema."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP, "p": SERVICE})
    call = etree.SubElement(etree.SubElement(envelope, f"{{{SOAP}}}Body"), f"{{{SERVICE}}}{operation}")
    argument = etree.SubElement(call, "arg0")
    for name, value in fields.items():
        etree.SubElement(argument, name).text = value
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def read_answer(operation: str, body: bytes) -> dict[str, str] | Fault:
    """The fields of an answer, or the fault that was sent instead.

    Raises:
        MalformedAnswer: it is too long, no XML, or another message.
    """
    message = _first(_first(_parse(body), SOAP, "Body"), None, None)
    if message.tag == f"{{{SOAP}}}Fault":
        return _read_fault(message)
    if message.tag != f"{{{SERVICE}}}{operation}Response":
        raise MalformedAnswer("another operation")
    answer = _first(message, None, "return")
    return {str(field.tag): (field.text or "").strip() for field in answer if isinstance(field.tag, str)}


def _parse(body: bytes) -> etree._Element:
    if len(body) > ANSWER_BYTES_MAX:
        raise MalformedAnswer("too long")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedAnswer("no XML") from error
    has_doctype = bool(root.getroottree().docinfo.doctype)  # type: ignore[union-attr]  # missing in the stubs
    if has_doctype or root.tag != f"{{{SOAP}}}Envelope":
        raise MalformedAnswer("no envelope")
    return root


def _first(parent: etree._Element, namespace: str | None, name: str | None) -> etree._Element:
    """The first child element, or the first of that name."""
    wanted = f"{{{namespace}}}{name}" if namespace else name
    for child in parent:
        if isinstance(child.tag, str) and (wanted is None or child.tag == wanted):
            return child
    raise MalformedAnswer(f"no {name or 'content'}")


def _read_fault(fault: etree._Element) -> Fault:
    try:
        error = _first(_first(fault, None, "detail"), None, None)
    except MalformedAnswer:
        return Fault("", "")
    return Fault(etree.QName(error).localname, (error.findtext("code") or "").strip())
