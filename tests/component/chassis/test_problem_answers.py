"""What a caller of any service is told when the answer is no: one kind of document, and never a value of the request."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.settings import ProcessRole, ServiceSettings
from contracts.http import Problem
from tests.component.chassis.conftest import probe_settings
from tests.component.chassis.probe_service import NOW, SHELF_ID, Gate, running_probe
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

BODY_MAX = 2_000
ROLES = frozenset({ProcessRole.API})
SECRET_TEXT = "Violette Lemercier"


@pytest.fixture
async def probe(settings: ServiceSettings) -> AsyncIterator[RunningService]:
    limited = settings.model_copy(update={"roles": ROLES, "body_max_bytes": BODY_MAX})
    async with running_probe(limited) as running:
        yield running


def headers(probe: RunningService) -> dict[str, str]:
    return probe.as_agent(Role.FRONT_DESK) | probe.key()


async def problem_of(probe: RunningService, method: str, path: str, **options: object) -> Problem:
    """The problem document of an answer, whose status it repeats."""
    answer = await probe.client.request(method, path, **options)  # type: ignore[arg-type]  # options of any request
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert SECRET_TEXT not in answer.text
    problem = Problem.model_validate_json(answer.content)
    assert problem.status == answer.status_code
    return problem


async def test_a_refusal_tells_its_code_its_reason_its_facts_and_its_fields(probe: RunningService) -> None:
    problem = await problem_of(probe, "GET", "/full")
    assert (problem.status, problem.code) == (409, "shelf_full")
    assert problem.detail == "No note can be put on this shelf any more."
    assert problem.params == {"shelf_id": str(SHELF_ID), "full_at": str(NOW)}
    (field,) = problem.errors
    assert (field.pointer, field.code, field.params) == ("/lines/0/count", "too_many", {"places": 3})


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "a", "colour": SECRET_TEXT}, "/colour"),
        ({"text": "a", "lines": [{"count": 1}, {"count": SECRET_TEXT}]}, "/lines/1/count"),
        ({"text": [SECRET_TEXT]}, "/text"),
        ({"text": SECRET_TEXT * 10}, "/text"),
        ({}, "/text"),
    ],
)
async def test_a_field_that_does_not_fit_is_pointed_at_without_its_value(
    probe: RunningService, body: dict[str, object], pointer: str
) -> None:
    problem = await problem_of(probe, "POST", f"/notes/{uuid4()}", json=body, headers=headers(probe))
    assert (problem.status, problem.code) == (422, "invalid")
    assert [field.pointer for field in problem.errors] == [pointer]


async def test_a_body_that_is_not_json_is_a_bad_request(probe: RunningService) -> None:
    problem = await problem_of(
        probe, "POST", f"/notes/{uuid4()}", content=f'{{"text": "{SECRET_TEXT}'.encode(), headers=headers(probe)
    )
    assert (problem.status, problem.code) == (400, "bad_request")


async def test_an_unknown_route_and_a_wrong_method_are_problems_too(probe: RunningService) -> None:
    assert (await problem_of(probe, "GET", f"/{SECRET_TEXT}")).code == "not_found"
    assert (await problem_of(probe, "POST", "/notes/not-an-id")).code == "not_found"
    assert (await problem_of(probe, "DELETE", "/full")).code == "method_not_allowed"


async def test_a_body_over_the_limit_is_refused_announced_or_not(probe: RunningService) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (BODY_MAX // 2)

    for content in (b" " * (BODY_MAX + 1), pieces()):
        problem = await problem_of(probe, "POST", f"/notes/{uuid4()}", content=content, headers=headers(probe))
        assert (problem.status, problem.code) == (413, "body_too_large")


@pytest.mark.parametrize("key", [None, "", '""', "k" * 201])
async def test_a_command_without_a_usable_idempotency_key_is_refused(probe: RunningService, key: str | None) -> None:
    sent = probe.as_agent(Role.FRONT_DESK) | ({} if key is None else {"Idempotency-Key": key})
    problem = await problem_of(probe, "POST", f"/notes/{uuid4()}", json={"text": "a"}, headers=sent)
    assert (problem.status, problem.code) == (400, "idempotency_key_missing")
    assert await probe.db.fetchval("select count(*) from outbox") == 0


async def test_a_repeated_command_has_one_effect_and_one_answer(probe: RunningService) -> None:
    path, sent = f"/notes/{uuid4()}", headers(probe)
    answers = [await probe.client.post(path, json={"text": "a"}, headers=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert await probe.db.fetchval("select count(*) from outbox") == 1
    problem = await problem_of(probe, "POST", path, json={"text": "b"}, headers=sent)
    assert (problem.status, problem.code) == (422, "idempotency_key_reused")


async def test_the_trace_of_a_request_goes_on_in_its_events(probe: RunningService) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = headers(probe) | {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    assert (await probe.client.post(f"/notes/{uuid4()}", json={"text": "a"}, headers=sent)).status_code == 201
    trace = await probe.db.fetchval("select trace from outbox")
    assert trace["traceparent"].split("-")[1] == trace_id


async def test_a_function_is_given_what_its_service_provides(probe: RunningService) -> None:
    assert (await probe.client.get("/shelf")).json() == {"note_id": str(SHELF_ID)}


async def test_a_refusal_reads_the_same_wherever_it_is_made(probe: RunningService) -> None:
    one = (await probe.client.get("/full")).json()
    other = await probe.client.post("/notes", json={"text": "a"}, headers=headers(probe))
    assert other.headers["content-type"] == "application/problem+json"
    assert other.headers["cache-control"] == "no-store"
    assert other.json() == one | {"trace_id": other.json()["trace_id"]}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"null", 422),
        (b'{"text": "a", "lines": [{"count": "many"}]}', 422),
        (b'{"text": "a", "colour": 1}', 422),
        (b'{"text": "a"', 400),
        (b'{"text": "\xff"}', 400),
        (b" " * (BODY_MAX + 1), 413),
    ],
)
async def test_a_body_is_judged_alike_with_a_place_in_its_path_and_without(
    probe: RunningService, body: bytes, status: int
) -> None:
    problems = [
        await problem_of(probe, "POST", path, content=body, headers=headers(probe))
        for path in ("/notes", f"/notes/{uuid4()}")
    ]
    assert [problem.status for problem in problems] == [status, status]
    assert problems[0].code == problems[1].code
    assert problems[0].errors == problems[1].errors


async def test_a_body_that_comes_in_pieces_is_read_to_its_end(probe: RunningService) -> None:
    pieces = [b'{"text": "a", ', b'"lines": [{"cou', b'nt": 1}]}']

    async def content() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    for announced in ({}, {"Content-Length": str(len(b"".join(pieces)))}):
        answer = await probe.client.post("/notes", content=content(), headers=headers(probe) | announced)
        assert (answer.status_code, answer.json()) == (201, {"note_id": str(SHELF_ID)})


async def test_an_answer_is_the_model_s_json(probe: RunningService) -> None:
    body, sent = {"text": "a", "lines": [{"count": 1}]}, headers(probe)
    answers = [await probe.client.post("/notes", json=body, headers=sent) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, {"note_id": str(SHELF_ID)})] * 2
    assert answers[0].headers["content-type"] == "application/json"
    assert int(answers[0].headers["content-length"]) == len(answers[0].content)
    assert await probe.db.fetchval("select count(*) from outbox") == 1


async def test_a_bug_says_nothing_about_itself(probe: RunningService) -> None:
    problem = await problem_of(probe, "POST", "/broken", json={"text": SECRET_TEXT})
    assert (problem.status, problem.code, problem.params, problem.errors) == (500, "internal_error", {}, ())
    assert "LookupError" not in problem.model_dump_json()


async def test_a_lost_database_is_unavailable_and_its_return_is_enough(postgres: Postgres, secrets_dir: Path) -> None:
    async with (
        Gate.to(await postgres.create("probe")) as gate,
        running_probe(probe_settings(gate.url, secrets_dir, roles=ROLES)) as probe,
    ):
        assert (await probe.client.get("/time")).status_code == 200
        gate.close()
        answer = await probe.client.get("/time")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        gate.reopen()
        assert (await probe.client.get("/time")).status_code == 200


@pytest.mark.parametrize("path", ["/cut", "/taken", "/closed"])
async def test_a_database_that_stops_in_the_middle_of_a_request_is_unavailable(
    probe: RunningService, path: str
) -> None:
    problem = await problem_of(probe, "GET", path)
    assert (problem.status, problem.code) == (503, "unavailable")
    assert (await probe.client.get("/time")).status_code == 200
