"""Many families invited at once: what is found about each line, and that nobody is invited twice, whatever happens."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chassis.telemetry import LOG_FIELDS
from contracts.identity.invitation_runs import LINES_MAX
from services.identity.invitation_runs.domain import UNDER_WAY_MAX
from services.identity.settings import IdentityRules
from tests.component.identity.lists import Desk, reference
from tests.component.identity.walk import Walk, field_codes, guardian, problem, town_file
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(walk: Walk) -> Desk:
    """In a town that invites whoever gets an account."""
    return Desk(walk.service, walk)


@pytest.fixture
async def waiting(applications: Applications, tmp_path: Path, secrets_dir: Path) -> AsyncIterator[Desk]:
    """In a town whose agents invite when it is ready."""
    town = town_file(tmp_path, invitation={"is_automatic": False})
    async with applications.lend("identity", town_file=town) as service:
        yield Desk(service, Walk(service, secrets_dir))


async def test_what_each_line_comes_to(desk: Desk) -> None:
    await desk.household(1, guardian("un@famille.example"), guardian("deux@famille.example"))
    await desk.household(2, guardian(None), guardian("non@famille.example", is_invited=False))
    await desk.household(3, guardian("trois@famille.example"))
    await desk.work()
    *first_two, third = await desk.issued()
    await desk.delivered(first_two[0])
    await desk.given_up(third, "smtp_550")
    run = await desk.proposed(
        "Dossier;E-mail\n"
        "F-000001;\n"  # both adults have a link that works
        "F-000009;\n"
        "F-000002;\n"
        "F-000003;trois@@famille.example\n"
        "F-000003;quatre@famille.example\n"
        "F-000003;TROIS@famille.example\n"
        "F-000003;\n"
        "F-000009;\n"
        "F-000001;un@famille.example\n"
    )
    report = await desk.report(run)
    assert {line["mail"] for line in report[:2]} == {"delivered", "waiting"}
    assert [(line["line_number"], line["finding"], line["same_as_line"]) for line in report] == [
        (2, "invited", None),
        (2, "invited", None),
        (3, "unknown_reference", None),
        (4, "address_missing", None),
        (5, "address_malformed", None),
        (6, "address_differs", None),
        (7, "invited", None),
        (8, "duplicate", 7),
        (9, "duplicate", 3),
        (10, "duplicate", 2),
    ]
    assert report[6]["mail"] == "refused"
    assert report[6]["refusal"] == "smtp_550"
    assert report[0]["invited_at"]
    assert Counter(line["finding"] for line in report) == {item["finding"]: item["count"] for item in run["findings"]}
    assert [line["line_number"] for line in await desk.report(run, finding="duplicate")] == [8, 9, 10]


async def test_who_opened_their_space_is_not_invited(desk: Desk) -> None:
    person = guardian()
    await desk.walk.activated(person)
    run = await desk.proposed("F-000001")
    assert await desk.findings(run) == [(1, "active")]
    desk.service.advance(days=60)  # the temporary password ended before it was replaced
    assert await desk.findings(await desk.proposed("F-000001")) == [(1, "to_invite")]


async def test_an_invitation_that_ended_or_never_left_is_sent_again(desk: Desk) -> None:
    await desk.household(1, guardian("un@famille.example"))
    await desk.household(2, guardian("deux@famille.example"))
    await desk.work()
    lost = (await desk.issued())[0]
    await desk.given_up(lost, "expired")
    run = await desk.proposed("F-000001\nF-000002\n")
    assert sorted(finding for _, finding in await desk.findings(run)) == ["invited", "to_invite"]
    desk.service.advance(days=30)
    lapsed = await desk.proposed(choice="lapsed")
    assert await desk.findings(lapsed) == [(1, "to_invite"), (2, "to_invite")]
    await desk.confirm(lapsed)
    await desk.work()
    assert len(await desk.issued()) == 4


async def test_nobody_is_invited_before_an_agent_says_so_in_a_town_that_waits(waiting: Desk) -> None:
    for number in (1, 2, 3):
        await waiting.household(number, guardian(f"n{number}@famille.example"))
    await waiting.work()
    assert not await waiting.issued()
    run = await waiting.proposed(choice="never_invited")
    assert {line["reference"] for line in await waiting.report(run)} == {reference(number) for number in (1, 2, 3)}
    assert run["status"] == "proposed"
    await waiting.work()
    assert not await waiting.issued()
    assert (await waiting.confirm(run)).json()["status"] == "running"
    await waiting.work()
    assert len({event.account_id for event in await waiting.issued()}) == 3
    done = await waiting.run(run)
    assert done["status"] == "done"
    assert done["finished_at"]
    assert {line["finding"] for line in await waiting.report(run)} == {"requested"}
    again = await waiting.proposed(choice="never_invited")
    assert not await waiting.report(again)


async def test_the_mail_is_the_one_of_any_invitation(waiting: Desk) -> None:
    person = guardian()
    await waiting.household(1, person)
    await waiting.confirmed(1)
    await waiting.service.run_job("invitation_runs")
    mailed = await waiting.walk.issued()
    assert (await waiting.walk.activate(mailed.activation_token)).status_code == 201
    assert await waiting.walk.signed_in(mailed.username, mailed.temporary_password)


async def test_the_report_follows_the_mails(waiting: Desk) -> None:
    for number in (1, 2, 3):
        await waiting.household(number, guardian(f"n{number}@famille.example"))
    run = await waiting.confirmed(1, 2, 3)
    await waiting.work()
    first, second, _ = await waiting.issued()
    await waiting.delivered(first, first)  # told twice
    await waiting.given_up(second, "smtp_552")
    await waiting.given_up(first, "expired")  # nothing undoes what is known
    read = await waiting.run(run)
    assert (read["delivered_count"], read["refused_count"]) == (1, 1)
    mails = {line["mail"]: line["refusal"] for line in await waiting.report(run)}
    assert mails == {"delivered": None, "refused": "smtp_552", "waiting": None}


async def test_a_run_goes_no_faster_than_mails_leave(waiting: Desk) -> None:
    count = UNDER_WAY_MAX + 5
    adults = [guardian(f"n{number}@famille.example") for number in range(count)]
    for number in range(0, count, 5):
        await waiting.household(number + 1, *adults[number : number + 5])
    run = await waiting.proposed(choice="never_invited")
    await waiting.confirm(run)
    for _ in range(count):
        await waiting.service.run_job("invitation_runs")
    assert (await waiting.run(run))["is_held"]
    await waiting.service.run_job("issue_credentials")
    issued = await waiting.issued()
    assert len(issued) == UNDER_WAY_MAX
    await waiting.delivered(*issued[:3])
    await waiting.work()
    assert len(await waiting.issued()) == UNDER_WAY_MAX + 3
    waiting.service.advance(days=5)  # nobody waits for ever for what nothing was heard of
    await waiting.work()
    assert len({event.account_id for event in await waiting.issued()}) == count
    assert (await waiting.run(run))["status"] == "done"


async def test_a_look_orders_a_seconds_worth(waiting: Desk) -> None:
    rules: IdentityRules = waiting.service.service.provide[IdentityRules]
    per_second = round(rules.invitations_per_minute / 60)
    await waiting.household(1, *(guardian(f"n{number}@famille.example") for number in range(per_second + 1)))
    run = await waiting.confirmed(1)
    await waiting.service.run_job("invitation_runs")
    findings = Counter(line["finding"] for line in await waiting.report(run))
    assert findings == {"requested": per_second, "to_invite": 1}


async def test_whoever_is_erased_meanwhile_is_left_out_and_forgotten(waiting: Desk) -> None:
    state = await waiting.household(1, guardian("canari@famille.example"))
    run = await waiting.proposed(
        "Dossier;E-mail\nF-000001;autre.canari@famille.example\nF-000001;canari@famille.example\n"
    )
    await waiting.confirm(run)
    await waiting.service.deliver(replace(waiting.service.envelope(state), payload=None))
    await waiting.work()
    assert [(line["finding"], line["email"]) for line in await waiting.report(run)] == [
        ("address_differs", None),
        ("closed", None),
    ]
    assert await waiting.findings(await waiting.proposed("F-000001")) == [(1, "unknown_reference")]


async def test_a_run_is_kept_for_a_month(waiting: Desk) -> None:
    await waiting.household(1, guardian())
    run = await waiting.confirmed(1)
    unconfirmed = await waiting.proposed("F-000001;canari@famille.example")
    await waiting.work()
    waiting.service.advance(days=29)
    await waiting.service.run_job("purge")
    assert await waiting.report(run)
    assert await waiting.report(unconfirmed)
    waiting.service.advance(days=1, minutes=1)
    await waiting.service.run_job("purge")
    for gone in (run, unconfirmed):
        headers = waiting.service.as_agent(Role.DIRECTOR)
        answer = await waiting.service.client.get(f"/invitation-runs/{gone['run_id']}/lines", headers=headers)
        assert problem(answer, 404) == "not_found"
    assert await waiting.service.db.fetchval("select count(*) from invitation_lines") == 0


async def test_a_file_that_is_no_list_is_refused_with_its_line(desk: Desk, service: RunningService) -> None:
    assert field_codes(await desk.propose()) == {"/content": "list_missing"}
    refused = await desk.propose("Dossier\nF-000001\n" + "F-000001\n" * LINES_MAX)
    assert field_codes(refused) == {"/content": "list_too_long"}
    assert refused.json()["errors"][0]["params"] == {"line": LINES_MAX + 2}
    assert problem(await desk.propose(b"x" * 4_000_000), 413) == "body_too_large"
    assert await service.db.fetchval("select count(*) from invitation_runs") == 0
    assert await service.db.fetchval("select count(*) from history") == 0


async def test_only_who_may_invites_many(desk: Desk, service: RunningService) -> None:
    for role in (Role.FRONT_DESK, Role.SITE, Role.FINANCE, Role.OPERATIONS):
        answer = await desk.propose("F-000001", **service.as_agent(role))
        assert problem(answer, 403) == "forbidden"


async def test_the_longest_list_is_judged_within_a_call(desk: Desk, service: RunningService) -> None:
    content = "Dossier;E-mail\n" + "".join(f"F-{number:06};a{number}@famille.example\n" for number in range(LINES_MAX))
    run = await desk.proposed(content)
    assert run["findings"] == [{"finding": "unknown_reference", "count": LINES_MAX}]
    await desk.confirm(run)
    await service.run_job("invitation_runs")
    assert (await desk.run(run))["status"] == "done"


async def test_the_history_says_who_did_it(desk: Desk, service: RunningService) -> None:
    run = await desk.proposed("F-000001")
    await desk.confirm(run)
    await desk.confirm(run)
    rows = await service.db.fetch("select action, subject from history order by noted_at")
    assert [tuple(row) for row in rows] == [
        ("invitation_run_proposed", run["run_id"]),
        ("invitation_run_confirmed", run["run_id"]),
    ]


async def test_no_log_names_anybody(waiting: Desk) -> None:
    with capture_logs() as logs:
        await waiting.household(1, guardian("canari@famille.example", last_name="Canarivore"))
        run = await waiting.proposed("Dossier;E-mail\nF-000001;\nF-000001;canari-autre@famille.example\ncanari;;\n")
        await waiting.confirm(run)
        await waiting.propose('Dossier;E-mail\nF-000001;"canari\n')
        await waiting.work()
    assert "invitation run finished" in {line["event"] for line in logs}
    assert "canari" not in json.dumps(logs, default=str, ensure_ascii=False).lower()
    ours = [line for line in logs if line["event"] != "request"]
    assert {name for line in ours for name in line} <= LOG_FIELDS | {"log_level"}
