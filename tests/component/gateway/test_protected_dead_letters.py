"""Canaries of a protected address in records that a service gives up: its dead letter says where they stand in the topic, and nothing of what they say."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import TOWNS
from tests.component.billing.families import Family
from tests.component.family.child_files import rows_of
from tests.component.family.protecting import CITY, STREET, words_in
from tests.component.identity.walk import town_file
from tests.support.applications import Applications

pytestmark = pytest.mark.anyio

KEEPERS = ("billing", "booking", "identity", "notifications")
"""The services that keep something of a household's state."""
TOWN = TOWNS / "structure" / "town.toml"
ADDRESS = {"lines": [STREET, "Chez Mme Hérisson"], "postal_code": "29987", "city": CITY, "country": None}
SPOILED: dict[str, Any] = {
    "a field beside it": {"address": ADDRESS, "reference": 5},
    "a line of it": {"address": {**ADDRESS, "lines": [STREET, 5]}},
    "its city": {"address": {**ADDRESS, "city": [CITY]}},
    "all of it": {"address": f"{STREET}, 29987 {CITY}", "adult_members": CITY},
}


def own(name: str, folder: Path) -> dict[str, Any]:
    """What some of them are configured with besides; nobody listens where the payment provider should be."""
    return {
        "billing": {"payfip_url": "http://127.0.0.1:9", "town_file": TOWN},
        "identity": {"town_file": town_file(folder, "structure")},
    }.get(name, {})


@pytest.mark.parametrize("name", KEEPERS)
@pytest.mark.parametrize("what", SPOILED)
async def test_no_dead_letter_or_log_repeats_it(
    applications: Applications, tmp_path: Path, name: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever of the record is wrong; the control is the record itself."""
    family = Family()
    async with applications.lend(name, **own(name, tmp_path)) as running:
        record = running.envelope(family.state())
        payload = json.dumps({**json.loads(record.payload), **SPOILED[what]}, ensure_ascii=False)
        assert words_in(payload), "the control"
        await running.deliver_unchecked(replace(record, payload=payload.encode()))
        letters = await running.db.fetch("select topic, key, cause from dead_letters")
        assert [(row["topic"], row["key"]) for row in letters] == [("family.households", str(family.household_id))]
        text = await rows_of(running.db) + capsys.readouterr().out
        assert (words_in(text), [word for word in (STREET, CITY) if word.encode().hex() in text]) == ([], [])


@pytest.mark.parametrize("name", KEEPERS)
async def test_a_record_that_comes_late_tells_it_to_nobody_again(
    applications: Applications, tmp_path: Path, name: str
) -> None:
    """A state from before the protection that is given out again once it is protected changes nothing."""
    family = Family()
    async with applications.lend(name, **own(name, tmp_path)) as running:
        late = running.envelope(family.state(), sequence=1)
        late = replace(late, payload=json.dumps({**json.loads(late.payload), "address": ADDRESS}).encode())
        await running.deliver(running.envelope(family.state().model_copy(update={"address": None}), sequence=2))
        await running.deliver(late)
        assert words_in(await rows_of(running.db)) == []
