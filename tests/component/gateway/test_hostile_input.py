"""Every route of the public API, from its description, with values that nobody means: an answer of ours, never a fault."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx2
import pytest

from tests.component.gateway.api import Application, application_of, parent_application
from tests.component.gateway.browser import ORIGIN, is_refused, words
from tests.component.gateway.town import Town, child_ids
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

TEXTS = ["\x00", "a\x00b", "\ud800", "", " ", "é" * 100_000, "\u202e" * 3, "' or 1=1 --", "🙈"]
DATES = ["0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "2026-09-01T25:00", "", "\x00"]
NUMBERS = [-1, 2**31, 2**63, 2**200, 1.5, "1", True]
OTHERS: list[Any] = [None, [], {}, [[]], True]


def hostile_values(schema: dict[str, Any]) -> list[Any]:
    """What is sent in the place of a value of this schema."""
    if schema.get("format") in ("date", "date-time"):
        return [*DATES, *OTHERS]
    if schema.get("format") == "uuid" or "enum" in schema:
        return ["\x00", "x", 1, *OTHERS]
    return {"string": [*TEXTS, *OTHERS, 1], "integer": [*NUMBERS, *OTHERS, "\x00"]}.get(schema.get("type", ""), OTHERS)


class Document:
    """The published description, and requests made from it."""

    def __init__(self, document: dict[str, Any], known: dict[str, Any]) -> None:
        self.document = document
        self.known = known

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every operation, with the ids of its path filled in."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path.removeprefix("/api/v1").format_map(_Ids(self.known)), operation

    def bodies(self, operation: dict[str, Any]) -> Iterator[Any]:
        """A right body, then ones with one wrong value each."""
        for content in operation.get("requestBody", {}).get("content", {}).values():
            right = self.example(content["schema"], "")
            yield right
            yield from self.variants(content["schema"], right)

    def example(self, schema: dict[str, Any], name: str) -> Any:
        """A value of a schema; `known` ones by the name of their field."""
        schema = self.resolved(schema)
        if name in self.known:
            return self.known[name]
        if schema.get("type") == "object":
            return {key: self.example(value, key) for key, value in schema.get("properties", {}).items()}
        if schema.get("type") == "array":
            return [self.example(schema["items"], name)]
        if "enum" in schema:
            return schema["enum"][0]
        by_format = {"uuid": str(uuid4()), "date": "2026-09-09"}
        by_type = {"string": by_format.get(schema.get("format", ""), "Lina"), "integer": 1, "boolean": True}
        return by_type.get(schema.get("type", ""))

    def variants(self, schema: dict[str, Any], right: Any) -> Iterator[Any]:
        """The value with one part of it wrong, for each part."""
        schema = self.resolved(schema)
        yield from hostile_values(schema)
        if isinstance(right, dict):
            for key, value in right.items():
                yield {other: part for other, part in right.items() if other != key}
                for variant in self.variants(schema["properties"][key], value):
                    yield {**right, key: variant}
        if isinstance(right, list):
            for variant in self.variants(schema["items"], right[0]):
                yield [variant]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema behind a reference or an optional value."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.resolved(self.document["components"]["schemas"][name])
        options = [option for option in schema.get("oneOf", schema.get("anyOf", ())) if option.get("type") != "null"]
        return self.resolved(options[0]) if options else schema


class _Ids(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return str(uuid4())


@pytest.fixture
async def document(town: Town) -> Document:
    """The description, with a family and a day that exist."""
    household, _ = await town.household()
    activity_id = await town.booking.activity()
    (slot_id,) = await town.booking.open(activity_id, 10)
    known = {
        "household_id": str(household.household_id),
        "child_id": str(child_ids(household)[0]),
        "activity_id": str(activity_id),
        "slot_id": str(slot_id),
        "email": "ana@famille.example",
        "postal_code": "14000",
        "phone": "06 12 34 56 78",
        "birth_on": "2019-03-04",
        "period": "2020-01",
    }
    answer = await town.browser().get("/api/v1/openapi.json")
    return Document(answer.json(), known)


def check(answer: httpx2.Response, what: object) -> None:
    """An answer that is right, or a problem document that says what is not."""
    assert answer.status_code < 500 or answer.json()["code"] == "unavailable", (what, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", what
        assert answer.json()["code"], what


async def test_strange_bodies(town: Town, document: Document) -> None:
    agent = application_of(await town.agent(*Role), town.browser())
    count = 0
    for method, path, operation in document.operations():
        for body in document.bodies(operation):
            count += 1
            content = json.dumps(body)
            headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
            answer = await agent.send(method, path, content=content, headers=headers)
            check(answer, (method, path, content[:300]))
    assert count > 300


async def test_strange_queries_paths_and_keys(town: Town, document: Document) -> None:
    agent: Application = application_of(await town.agent(*Role), town.browser())
    for method, path, operation in document.operations():
        given = {p["name"]: p["schema"] for p in operation.get("parameters", ()) if p["in"] == "query"}
        right = {name: document.example(schema, name) for name, schema in given.items() if name != "cursor"}
        for name, value in ((name, value) for name in given for value in ("\x00", "x", "é" * 3000, "~", "9999-12-31")):
            check(await agent.send(method, path, params={**right, name: value}), (method, path, name, value))
        for key in (b"\xe9", b"k" * 5000, b'"', b"a b"):
            if method == "POST":
                answer = await agent.send(method, path, json={}, headers={"Idempotency-Key": key})
                check(answer, (method, path, key))
    for path in ("/households/x", "/households/%00", "/invoices/..%2f..", "/slots//attendance", "/" + "x" * 5000):
        assert (await agent.send("GET", path)).status_code == 404, path


QUERIES = {
    "/agents/familles": ("recherche", "suite"),
    "/agents/inscriptions": ("etat", "suite"),
    "/agents/pointage": ("semaine", "suite"),
    "/agents/facturation": ("suite",),
    "/inscriptions": ("suite",),
    "/calendrier": ("semaine",),
    "/factures": ("suite",),
    "/paiement/retour": ("idop", "IDOP"),
    "/connexion": ("retour",),
}
STRANGE = ["\x00", "x", "é" * 3000, "../../invoices", "a?b#c", "a/b", "%00", "-1", "9999-12-31", "0001-01-01", "\ud800"]


async def test_strange_queries_of_pages(town: Town) -> None:
    agent, (parent, _) = await town.agent(*Role), await town.parent()
    for path, names in QUERIES.items():
        browser = agent if path.startswith("/agents") else parent
        for name, value in ((name, value) for name in names for value in STRANGE):
            query = urlencode({name: value}, errors="surrogatepass")
            answer = await browser.get(f"{path}?{query}")
            assert answer.status_code < 500, (path, query, answer.text)


@pytest.mark.parametrize("token", [b"\xe9", b"\xc3\xa9" * 30, b"x" * 9000, b"..;,", b'"', b"a b"])
async def test_strange_tokens_are_nobodys(town: Town, token: bytes) -> None:
    browser = town.browser()
    for headers in ({b"Cookie": b"__Host-session=" + token}, {b"Authorization": b"Bearer " + token}):
        assert (await browser.http.get("/", headers=headers)).status_code == 200
        assert (await browser.http.get("/agents", headers=headers)).status_code == 401
        assert (await browser.http.get("/api/v1/household", headers=headers)).status_code == 401


async def test_strange_key_of_a_form(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    await agent.get("/agents/familles/nouvelle")
    for key in ("é", "a\nb", "k" * 5000, "\x00"):
        answer = await agent.post("/agents/familles/nouvelle", {"idempotency_key": key, "guardian.first_name": "Ana"})
        assert answer.status_code < 500, (key, answer.text)


async def test_form_that_no_page_has(town: Town) -> None:
    """Fields that are none of the form's, that conflict, nest too deep or have an index of thousands of digits change
    nothing; more of them than any page has are not even read."""
    agent = await town.agent(Role.FRONT_DESK)
    await agent.get("/agents/familles/nouvelle")
    too_many = {f"field{number}": "1" for number in range(3_000)}
    odd = ({"children": "1"}, {"children.0": "x"}, {"address": "1"}, {"a": "1", "a.b": "2"}, {f"a.{'9' * 150}": "1"})
    deep = ({".".join("a" * 1500): "1"}, {f"a.{'9' * 5000}": "1"})
    for form in odd:
        assert is_refused(await agent.submit("/agents/familles/nouvelle", form)), next(iter(form))[:40]
    for form in (*deep, too_many):
        answer = await agent.post("/agents/familles/nouvelle", form)
        assert answer.status_code == 422, (next(iter(form))[:40], answer.status_code)


@pytest.mark.parametrize(
    ("value", "media_type"),
    [(b"\xe9", "text/plain"), (b"a", "text/plain; charset=nope"), (b"+2AA-", "text/plain; charset=utf-7")],
    ids=["not UTF-8", "unknown encoding", "half a character"],
)
async def test_a_form_in_another_encoding_is_refused(town: Town, value: bytes, media_type: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="login"\r\nContent-Type: ' + media_type.encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Origin": ORIGIN}
    http = town.browser().http
    answer = await http.post("/connexion", content=part + b"\r\n\r\n" + value + b"\r\n--x--\r\n", headers=headers)
    assert answer.status_code in (303, 422)


@pytest.mark.parametrize("activity_id", ["../bookings/1/cancellation?x=", "%0d%0a", "\r\nX-Evil: 1", "", "1"])
async def test_an_id_that_is_none_leads_to_no_other_operation(town: Town, activity_id: str) -> None:
    """Ids are read as ids at the edge; what is none is refused beside its field, and nobody is called."""
    agent = await town.agent(Role.DIRECTOR)
    await agent.get("/agents/ouvertures")
    day = str(await town.booking.today())
    form = {"activity_id": activity_id, "from_on": day, "to_on": day, "capacity": "3", "weekday": list("0123456")}
    answer = await agent.submit("/agents/ouvertures", form)
    assert is_refused(answer)
    assert "Choisissez une activité" in words(answer)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"lines":' * 5_000, "\x00", "{", "9" * 100_000])
async def test_a_body_nested_without_end_is_refused(town: Town, body: str) -> None:
    """The same for JSON."""
    application, _ = await parent_application(town)
    answer = await application.send(
        "POST", "/bookings", content=body, headers={"Idempotency-Key": "k", "Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
