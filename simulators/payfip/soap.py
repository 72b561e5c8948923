"""SOAP 1.1 as PayFiP speaks it: document/literal, the operation qualified and its children not, business refusals as faults.

Bodies come from anywhere: no entity is expanded, no document type is accepted, nothing is fetched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICE = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
WSDL_SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
CONTENT_TYPE = "text/xml"
EXCEPTIONS = "fr.gouv.finances.cp.tpa.webservice.exceptions"
FAULT_SEVERITY = "2"
WSDL_FILE = Path(__file__).parent / "service.wsdl"


class ProtocolError(Exception):
    """The message is not a call of this service; the text says why, in words for a developer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with the text of each field of its `arg0`; absent fields are absent."""

    operation: str
    fields: dict[str, str]


def parse_call(body: bytes) -> Call:
    """Read a request. Raises ProtocolError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ProtocolError("Couldn't parse the message as XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ProtocolError("A document type is not allowed in a SOAP message")
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise ProtocolError("The root is not a SOAP 1.1 Envelope")
    wrapper = next((child for child in root.iterfind(f"{{{ENVELOPE}}}Body/*")), None)
    if wrapper is None:
        raise ProtocolError("The Body is empty")
    name = etree.QName(wrapper)
    if name.namespace != SERVICE:
        raise ProtocolError(f"Cannot find dispatch method for {name.text}")
    # Only unqualified children count: a namespace on them is the usual mistake of clients, and the real service sees nothing then.
    return Call(name.localname, {str(child.tag): child.text or "" for child in wrapper.iterfind("arg0/*")})


def response(operation: str, values: Mapping[str, str | None]) -> bytes:
    """The answer of an operation; a value of None is left out, as the service does."""
    wrapper = etree.Element(f"{{{SERVICE}}}{operation}Response", nsmap={"ns2": SERVICE})
    answer = etree.SubElement(wrapper, "return")
    for name, value in values.items():
        if value is not None:
            etree.SubElement(answer, name).text = value
    return _envelope(wrapper)


def business_fault(code: str, label: str) -> bytes:
    """A refusal by a rule."""
    return _declared_fault("FonctionnelleErreur", code, label)


def technical_fault(code: str, label: str) -> bytes:
    """A failure of the service itself."""
    return _declared_fault("TechDysfonctionnementErreur", code, label)


def protocol_fault(message: str) -> bytes:
    """A fault for a message that is not a call."""
    return _envelope(_fault("S:Client", message))


def _declared_fault(kind: str, code: str, label: str) -> bytes:
    fault = _fault("S:Server", f"{EXCEPTIONS}.{kind}")
    detail = etree.SubElement(etree.SubElement(fault, "detail"), f"{{{SERVICE}}}{kind}", nsmap={"ns2": SERVICE})
    for name, value in {"code": code, "descriptif": None, "libelle": label, "severite": FAULT_SEVERITY}.items():
        etree.SubElement(detail, name).text = value
    return _envelope(fault)


def _fault(code: str, text: str) -> etree._Element:
    fault = etree.Element(f"{{{ENVELOPE}}}Fault", nsmap={"S": ENVELOPE})
    etree.SubElement(fault, "faultcode").text = code
    etree.SubElement(fault, "faultstring").text = text
    return fault


def _envelope(content: etree._Element) -> bytes:
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"S": ENVELOPE})
    etree.SubElement(root, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def wsdl(address: str) -> bytes:
    """The service's description, with the address at which it is asked."""
    root = etree.parse(WSDL_FILE).getroot()
    for element in root.iter(f"{{{WSDL_SOAP}}}address"):
        element.set("location", address)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
