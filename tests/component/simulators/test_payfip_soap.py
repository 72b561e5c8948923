"""The SOAP service of the payment simulator against the published exchange: shapes, rules in their order, faults."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from tests.component.simulators.running import SERVICE, Payfip, fault_code, values

pytestmark = pytest.mark.anyio

S = "{http://schemas.xmlsoap.org/soap/envelope/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"

# Each creation breaks one rule more than the one before: the fault is always the first rule in the order of the service.
BROKEN_IN_ORDER: list[tuple[str, dict[str, str]]] = [
    ("D1", {"urlredirect": "famille.ville.example/retour"}),
    ("N1", {"urlnotif": "ftp://famille.ville.example"}),
    ("R3", {"refdet": "F-2026-000123"}),
    ("A2", {"mel": "parent.example.org"}),
    ("M3", {"montant": "99"}),
    ("T2", {"numcli": "999999"}),
    ("S1", {"saisie": "A"}),
]


@pytest.mark.parametrize("depth", range(len(BROKEN_IN_ORDER)))
async def test_the_first_broken_rule_gives_the_fault(payfip: Payfip, depth: int) -> None:
    broken = {name: value for _, fields in BROKEN_IN_ORDER[: depth + 1] for name, value in fields.items()}
    answer = await payfip.call("creerPaiementSecurise", payfip.creation(**broken))
    assert fault_code(answer) == BROKEN_IN_ORDER[depth][0]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("saisie", "", "S1"),
        ("numcli", "90909", "T1"),
        ("numcli", "09O909", "T1"),
        ("numcli", "123456", "T2"),
        ("numcli", "090910", "T4"),
        ("montant", "", "M1"),
        ("montant", "42,50", "M1"),
        ("montant", "-4250", "M1"),
        ("montant", "٤٢٥٠", "M1"),
        ("montant", "99", "M3"),
        ("montant", "10000000", "M5"),
        ("montant", "9" * 5000, "M5"),
        ("mel", "", "A1"),
        ("mel", "a@b.c", "A2"),
        ("mel", f"{'a' * 76}@b.fr", "A2"),
        ("refdet", "F202", "R3"),
        ("refdet", "F" * 31, "R3"),
        ("refdet", "FACTURE 2026", "R3"),
        ("urlnotif", "", "N1"),
        ("urlnotif", "/payfip/notification", "N1"),
        ("urlnotif", "http://ville.example/" + "a" * 230, "N1"),
        ("urlredirect", "javascript:alert(1)//ville.example", "D1"),
        ("urlredirect", "http://ville.example;/", "D1"),
    ],
)
async def test_each_rule_has_its_code(payfip: Payfip, field: str, value: str, code: str) -> None:
    answer = await payfip.call("creerPaiementSecurise", payfip.creation(**{field: value}))
    assert fault_code(answer) == code


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("saisie", "S1"),
        ("numcli", "T1"),
        ("montant", "M1"),
        ("mel", "A1"),
        ("refdet", "R3"),
        ("urlnotif", "N1"),
        ("urlredirect", "D1"),
    ],
)
async def test_an_absent_field_breaks_its_rule(payfip: Payfip, field: str, code: str) -> None:
    fields = payfip.creation()
    del fields[field]
    assert fault_code(await payfip.call("creerPaiementSecurise", fields)) == code


@pytest.mark.parametrize(
    "changes",
    [
        {"montant": "100"},
        {"montant": "9999999"},
        {"refdet": "ABC123"},
        {"saisie": "X"},
        {"saisie": "W"},
        {"mel": "a@bc.d"},
    ],
)
async def test_the_limits_themselves_are_accepted(payfip: Payfip, changes: dict[str, str]) -> None:
    id_op = await payfip.create(**changes)
    assert (await payfip.operation(id_op)).items() >= changes.items()


async def test_a_creation_answers_in_the_recorded_shape(payfip: Payfip) -> None:
    answer = await payfip.call("creerPaiementSecurise", payfip.creation())
    assert answer.headers["content-type"].replace(" ", "").lower() == "text/xml;charset=utf-8"
    root = etree.fromstring(answer.content)
    assert [root.tag, root[0].tag, root[0][0].tag] == [
        f"{S}Envelope",
        f"{S}Body",
        f"{{{SERVICE}}}creerPaiementSecuriseResponse",
    ]
    assert [child.tag for child in root[0][0]] == ["return"]
    assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", values(answer)["idOp"])


async def test_a_fault_answers_in_the_recorded_shape(payfip: Payfip) -> None:
    answer = await payfip.call("creerPaiementSecurise", payfip.creation(refdet="F202"))
    assert answer.status_code == 500
    fault = etree.fromstring(answer.content).find(f"{S}Body/{S}Fault")
    assert fault is not None
    assert fault.findtext("faultcode") == "S:Server"
    assert fault.findtext("faultstring") == "fr.gouv.finances.cp.tpa.webservice.exceptions.FonctionnelleErreur"
    error = fault.find(f"detail/{{{SERVICE}}}FonctionnelleErreur")
    assert error is not None
    assert {child.tag: child.text for child in error} == {
        "code": "R3",
        "descriptif": None,
        "libelle": "Le format du paramètre REFDET n'est pas conforme",
        "severite": "2",
    }


async def test_children_with_a_namespace_are_not_seen(payfip: Payfip) -> None:
    fields = "".join(f"<p:{name}>{value}</p:{name}>" for name, value in payfip.creation().items())
    answer = await payfip.post_xml(
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="{SERVICE}"><e:Body>'
        f"<p:creerPaiementSecurise><arg0>{fields}</arg0></p:creerPaiementSecurise></e:Body></e:Envelope>"
    )
    assert fault_code(answer) == "S1"


async def test_a_look_up_wants_a_capital_letter_in_id_op(payfip: Payfip) -> None:
    id_op = await payfip.create()
    assert await payfip.look_up(id_op) == "P5"
    assert fault_code(await payfip.call("recupererDetailPaiementSecurise", {"idop": id_op})) == "P1"
    assert await payfip.look_up("cc0cb210-1cd4-11ea-8cca-0213ad91a103") == "P1"


async def test_the_detail_of_a_card_payment_has_the_published_fields(payfip: Payfip) -> None:
    id_op = await payfip.create()
    await payfip.order(f"operations/{id_op}/result", {"result": "P"})
    detail = await payfip.look_up(id_op)
    assert isinstance(detail, dict)
    assert list(detail) == sorted(detail)
    expected = {name: value for name, value in payfip.creation().items() if not name.startswith("url")}
    assert detail.items() >= {**expected, "idOp": id_op, "resultrans": "P"}.items()
    assert re.fullmatch(r"[0-3]\d[01]\d20\d\d", detail["dattrans"])
    assert re.fullmatch(r"[0-2]\d[0-5]\d", detail["heurtrans"])
    assert re.fullmatch(r"\d{6}", detail["numauto"])


async def test_the_time_of_a_result_is_the_one_of_paris(payfip: Payfip) -> None:
    """Half past midnight in Paris on 1 July is still the day before in UTC."""
    id_op = await payfip.create()
    created_at = (await payfip.operation(id_op))["created_at"]
    target = datetime(2027, 6, 30, 22, 30, 30, tzinfo=UTC)
    offset = int((target - datetime.fromisoformat(created_at)).total_seconds())
    await payfip.order("clock", {"offset_seconds": offset})
    await payfip.order(f"operations/{id_op}/result", {"result": "V"})
    detail = await payfip.look_up(id_op)
    assert isinstance(detail, dict)
    assert (detail["dattrans"], detail["heurtrans"]) == ("01072027", "0030")


@pytest.mark.parametrize(
    ("result", "authorization"), [("P", r"\d{6}"), ("V", r"\d{12}-tip"), ("A", None), ("R", None), ("Z", None)]
)
async def test_only_a_paid_operation_has_an_authorization(
    payfip: Payfip, result: str, authorization: str | None
) -> None:
    id_op = await payfip.create()
    await payfip.order(f"operations/{id_op}/result", {"result": result})
    detail = await payfip.look_up(id_op)
    assert isinstance(detail, dict)
    assert detail["resultrans"] == result
    assert ("numauto" in detail) == (authorization is not None)
    assert authorization is None or re.fullmatch(authorization, detail["numauto"])


async def test_the_client_is_described_by_its_labels(payfip: Payfip) -> None:
    answer = await payfip.call("recupererDetailClient", {"numCli": "090909"})
    assert values(answer) == {
        "libelleN1": "Régie enfance de Démoville",
        "libelleN2": "Hôtel de ville",
        "numcli": "090909",
    }
    codes = [
        fault_code(await payfip.call("recupererDetailClient", fields))
        for fields in ({}, {"numCli": "1"}, {"numCli": "999999"}, {"numCli": "090910"}, {"numcli": "090909"})
    ]
    assert codes == ["T1", "T1", "T2", "T4", "T1"]


async def test_the_journal_remarks_what_no_code_is_published_for(payfip: Payfip) -> None:
    reference = "REMARKED01"
    first = await payfip.create(refdet=reference)
    second = await payfip.create(refdet=reference, exer="26", objet="Facture n°1 " + "x" * 100)
    assert (await payfip.operation(first))["remarks"] == []
    assert len((await payfip.operation(second))["remarks"]) == 4


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not xml",
        "<a/>",
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><creerPaiementSecurise/></e:Body></e:Envelope>',
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:rembourser xmlns:p="{SERVICE}"/></e:Body></e:Envelope>',
        '<!DOCTYPE e [<!ENTITY a "b">]><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
    ],
)
async def test_what_is_no_call_is_the_caller_s_fault(payfip: Payfip, body: str) -> None:
    answer = await payfip.post_xml(body)
    assert answer.status_code == 500
    assert etree.fromstring(answer.content).findtext(".//faultcode") == "S:Client"


async def test_an_entity_is_never_expanded(payfip: Payfip) -> None:
    """The usual bomb: a few lines that would become gigabytes."""
    entities = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10)
    )
    answer = await payfip.post_xml(f"<!DOCTYPE x [{entities}]><x>&a9;</x>")
    assert (answer.status_code, len(answer.content) < 1000) == (500, True)


async def test_bodies_and_types_have_limits(payfip: Payfip) -> None:
    assert (await payfip.post_xml("<a>" + "x" * 100_000 + "</a>")).status_code == 413
    assert (await payfip.http.post("/tpa/services/securite", json={})).status_code == 415


async def test_the_wsdl_describes_the_three_operations(payfip: Payfip) -> None:
    answer = await payfip.http.get("/tpa/services/securite?wsdl")
    root = etree.fromstring(answer.content)
    assert root.get("targetNamespace") == SERVICE
    schemas = {schema.get("targetNamespace"): schema for schema in root.iter(f"{XSD}schema")}
    assert len(schemas) == 3
    assert all("elementFormDefault" not in schema.attrib for schema in schemas.values())

    def names(path: str) -> list[str | None]:
        return [element.get("name") for schema in schemas.values() for element in schema.iterfind(path)]

    request = f"{XSD}complexType[@name='CreerPaiementSecuriseRequest']//{XSD}element"
    assert names(request) == [
        "exer",
        "mel",
        "montant",
        "numcli",
        "objet",
        "refdet",
        "saisie",
        "urlnotif",
        "urlredirect",
    ]
    assert len(names(f"{XSD}complexType[@name='RecupererDetailPaiementSecuriseResponse']//{XSD}element")) == 12
    address = root.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address is not None
    assert address.get("location") == str(payfip.http.base_url.join("/tpa/services/securite"))


async def test_the_answers_obey_the_wsdl(payfip: Payfip, tmp_path: Path) -> None:
    schema = _schema((await payfip.http.get("/tpa/services/securite?wsdl")).content, tmp_path)
    id_op = await payfip.create()
    await payfip.order(f"operations/{id_op}/result", {"result": "P"})
    answers = [
        await payfip.call("creerPaiementSecurise", payfip.creation()),
        await payfip.call("recupererDetailPaiementSecurise", {"idOp": id_op}),
        await payfip.call("recupererDetailClient", {"numCli": "090909"}),
    ]
    for answer in answers:
        body = etree.fromstring(answer.content).find(f"{S}Body")
        assert body is not None
        schema.assertValid(body[0])
    fault = etree.fromstring((await payfip.call("recupererDetailClient", {})).content).find(".//detail")
    assert fault is not None
    schema.assertValid(fault[0])


def _schema(wsdl: bytes, folder: Path) -> etree.XMLSchema:
    """One validator of the schemas inside a WSDL, which import one another by namespace only."""
    schemas = {str(schema.get("targetNamespace")): schema for schema in etree.fromstring(wsdl).iter(f"{XSD}schema")}
    files = {namespace: folder / f"{number}.xsd" for number, namespace in enumerate(schemas)}
    for namespace, schema in schemas.items():
        for imported in schema.iterfind(f"{XSD}import"):
            imported.set("schemaLocation", files[str(imported.get("namespace"))].name)
        files[namespace].write_bytes(etree.tostring(schema))
    return etree.XMLSchema(etree.parse(files[SERVICE]))
