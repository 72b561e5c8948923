"""Certificates of payments: the invoices that somebody paid in a year, by child where they say it, for the tax office."""

from datetime import date

import pytest

from tests.component.billing.families import Family
from tests.component.billing.paying import Payer
from tests.component.billing.test_credits import next_invoice, pay_twice
from tests.component.billing.test_merged_files import merged, taking_in
from tests.support.certificates import issue, issued, listed, read, words
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

YEAR = {"kind": "payment", "from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}


async def test_what_was_paid_is_certified_with_its_children_and_services(payer: Payer) -> None:
    refused = await issue(payer.service, payer.headers, **YEAR)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_paid")
    (offer,) = (await listed(payer.service, payer.headers))["offers"]
    assert (offer["reason"], offer["periods"]) == ("nothing_paid", [])
    _, idop = await payer.started()
    await payer.result(idop, "P")
    await payer.come_back(idop)
    (offer,) = (await listed(payer.service, payer.headers))["offers"]
    paid_on = (await payer.service.db.now()).year
    assert offer["periods"] == [{"from_on": f"{paid_on}-01-01", "to_on": f"{paid_on}-12-31"}]
    certificate = await issued(payer.service, payer.headers, **YEAR)
    text = words((await read(payer.service, payer.headers, certificate)).content)
    for part in ("Camille Martin", "18,40 €", "Lina", "Mercredis du centre de loisirs", "200 quater B"):
        assert part in text
    assert certificate["number"].startswith("REG-")
    assert (await issued(payer.service, payer.headers, **YEAR))["number"] == certificate["number"]


async def test_what_was_paid_too_much_counts_when_it_pays_an_invoice(payer: Payer) -> None:
    """A credit is no payment of anything until it is used: then the invoice that it paid is there."""
    await pay_twice(payer)
    first = await issued(payer.service, payer.headers, **YEAR)
    assert "a réglé 18,40 €" in words((await read(payer.service, payer.headers, first)).content)
    await next_invoice(payer, 1, 1)
    second = await issued(payer.service, payer.headers, **YEAR)
    assert "a réglé 27,60 €" in words((await read(payer.service, payer.headers, second)).content)
    assert second["number"] != first["number"]


async def test_it_is_between_the_payer_and_the_town(payer: Payer) -> None:
    _, idop = await payer.started()
    await payer.result(idop, "P")
    await payer.come_back(idop)
    certificate = await issued(payer.service, payer.headers, **YEAR)
    other = Family()
    await payer.service.deliver(other.state())
    family = payer.family
    named = {**YEAR, "household_id": family.household_id, "adult_id": family.guardian_id}
    for headers, status in (
        (payer.service.as_parent(other.guardian_id), 404),
        (payer.service.as_agent(Role.FINANCE), 200),
        (payer.service.as_agent(Role.SITE), 403),
        ({}, 401),
    ):
        assert (await issue(payer.service, headers, **named)).status_code == status
        assert (await read(payer.service, headers, certificate)).status_code == status
    unnamed = await issue(payer.service, payer.service.as_agent(Role.FINANCE), **YEAR)
    assert unnamed.status_code == 422
    reversed_days = {**YEAR, "from_on": date(2026, 2, 1), "to_on": date(2026, 1, 1)}
    assert (await issue(payer.service, payer.headers, **reversed_days)).status_code == 422
    mine = await issue(payer.service, payer.headers, kind="household")
    assert [error["code"] for error in mine.json()["errors"]] == ["certificate_of_another_service"]


async def test_it_stands_in_the_file_that_the_payers_became_part_of(payer: Payer) -> None:
    """For whom the payer is by now, and for agents; another adult of that file reads nothing of it."""
    _, idop = await payer.started()
    await payer.result(idop, "P")
    await payer.come_back(idop)
    certificate, kept, other = await issued(payer.service, payer.headers, **YEAR), Family(), Family()
    await payer.service.deliver(merged(payer.family, kept), taking_in(kept), other.state())
    of_file = {"household_id": kept.household_id}
    for headers in (payer.service.as_parent(kept.guardian_id), payer.service.as_agent(Role.FINANCE)):
        (shown,) = (await listed(payer.service, headers, **of_file))["issued"]
        assert (shown["number"], shown["adult_id"]) == (certificate["number"], str(kept.guardian_id))
        assert (await read(payer.service, headers, certificate)).status_code == 200
    assert (await read(payer.service, payer.service.as_parent(other.guardian_id), certificate)).status_code == 404
