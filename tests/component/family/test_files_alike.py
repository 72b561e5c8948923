"""A file that looks like another one: an agent is warned with its reference, and may go on with a reason."""

from typing import Any

import pytest

from tests.component.family.desk import Desk, file_with
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        (("Marie", "Le Goff", "Léa", "Le Goff"), ("MARIE", "Legoff", "Lea", "legoff")),
        (("Jean-Pierre", "L'Héritier", "Anaïs", "L'Héritier"), ("Jean Pierre", "Lheritier", "Anais", "L’Heritier")),
        (("Jean Pierre", "Roy", "Marie-Lou", "Roy"), ("jeanpierre", "ROY", "Marie Lou", "roy")),
    ],
)
async def test_a_file_that_looks_like_another_is_opened_with_a_reason_alone(
    service: RunningService, desk: Desk, known: tuple[str, ...], typed: tuple[str, ...]
) -> None:
    """The agent is warned with the reference; the reason stays in the history of the second file, with the reference of the first."""

    def named(first: str, last: str, child: str, child_last: str) -> dict[str, Any]:
        guardian = {"first_name": first, "last_name": last, "email": None}
        return file_with(
            guardian=guardian, children=[{"first_name": child, "last_name": child_last, "birth_on": "2018-03-04"}]
        )

    first = (await desk.post(named(*known))).json()
    refused = await desk.post(named(*typed))
    assert (refused.status_code, refused.json()["code"]) == (409, "household_already_exists")
    assert refused.json()["params"] == {"reference": first["reference"]}
    for empty in ("", "  "):
        assert (await desk.post(named(*typed) | {"twin_reason": empty})).status_code == 422
    second = await desk.post(named(*typed) | {"twin_reason": "Homonymes, livrets vérifiés"})
    assert second.status_code == 201, second.text
    history = await service.client.get(
        "/history", params={"household_id": second.json()["household_id"]}, headers=desk.headers
    )
    (entry,) = history.json()["items"]
    assert (entry["action"], entry["after"]["twin"], entry["after"]["reason"]) == (
        "household_opened",
        first["reference"],
        "Homonymes, livrets vérifiés",
    )


async def test_a_reason_stands_for_nothing_else(service: RunningService, desk: Desk) -> None:
    """It opens no file that is wrong otherwise, and is not kept where no file is alike."""
    wrong = file_with(children=[{"first_name": "Léa", "last_name": "Roy", "birth_on": "2099-01-01"}])
    assert (await desk.post(wrong | {"twin_reason": "Parce que"})).status_code == 422
    opened = await desk.post(file_with() | {"twin_reason": "Parce que"})
    history = await service.client.get(
        "/history", params={"household_id": opened.json()["household_id"]}, headers=desk.headers
    )
    assert "reason" not in history.json()["items"][0]["after"]
