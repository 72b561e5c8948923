"""API Particulier's interface, as its source publishes it: what it takes, what it refuses by which code, and how much may be asked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import httpx2
import pytest

from simulators.serving import PARIS
from tests.component.simulators.particulier import (
    ALL_SCOPES,
    FRANCECONNECT,
    HOUR,
    IDENTITY,
    Particulier,
    running_particulier,
    token,
)
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

TODAY = datetime.now(PARIS).date()
BORN_IN_FRANCE = {"codeCogInseePaysNaissance": "99100", "codeCogInseeCommuneNaissance": "08480"}
YOUNG_MAN = {
    "sexeEtatCivil": "M",
    "anneeDateNaissance": "2002",
    "moisDateNaissance": "12",
    "jourDateNaissance": "5",
    **BORN_IN_FRANCE,
}


@pytest.fixture(scope="module")
async def api_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Particulier]:
    async with running_particulier(tmp_path_factory.mktemp("api_particulier"), token(scopes=ALL_SCOPES)) as simulator:
        yield simulator


@pytest.fixture
async def api(api_process: Particulier) -> Particulier:
    """Faithful, and asked nothing yet."""
    await api_process.order("reset")
    return api_process


def code(answer: httpx2.Response) -> str:
    (error,) = answer.json()["errors"]
    assert set(error) == {"code", "title", "detail", "source", "meta"}
    return str(error["code"])


async def test_a_quotient_comes_in_the_published_envelope_with_its_headers(api: Particulier) -> None:
    answer = await api.ask()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.api+json"
    body, today = answer.json(), TODAY
    assert (set(body), body["links"], body["meta"]) == ({"data", "links", "meta"}, {}, {})
    assert body["data"]["quotient_familial"] == {
        "fournisseur": "CNAF",
        "valeur": 300,
        "annee": today.year,
        "mois": today.month,
        "annee_calcul": today.year,
        "mois_calcul": today.month,
    }
    assert set(body["data"]) == {"quotient_familial", "allocataires", "enfants", "adresse"}
    assert {"nom_naissance", "nom_usage", "prenoms", "date_naissance", "sexe"} < set(body["data"]["allocataires"][0])
    assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("20", "19")
    assert answer.headers["RateLimit-Reset"].isdigit()
    assert (answer.headers["X-Response-Cached"], answer.headers["X-Cache-Expires-in"]) == ("false", "")
    assert answer.headers["X-Request-ID"] == (await api.calls())[-1]["request_id"]


async def test_the_same_question_is_answered_from_what_is_known(api: Particulier) -> None:
    await api.ask()
    again = await api.ask()
    assert again.headers["X-Response-Cached"] == "true"
    assert 0 < int(again.headers["X-Cache-Expires-in"]) <= 24 * HOUR


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"recipient": None}, "00203"),
        ({"recipient": "21920046600014"}, "00210"),
        ({"nomNaissance": None}, "00361"),
        ({"prenoms[]": None}, "00367"),
        ({"prenoms[]": ["A", "B", "C", "D"]}, "00367"),
        ({"prenoms[]": "M4rge"}, "00367"),
        ({"sexeEtatCivil": "X"}, "00364"),
        ({"anneeDateNaissance": "1899"}, "00363"),
        ({"moisDateNaissance": "13"}, "00363"),
        ({"anneeDateNaissance": str(TODAY.year + 1)}, "00363"),
        ({"codeCogInseePaysNaissance": "FR"}, "00400"),
        ({"codeCogInseePaysNaissance": "99100"}, "00365"),
        ({**BORN_IN_FRANCE, "codeCogInseeCommuneNaissance": "20004"}, "00365"),
        ({"codeCogInseePaysNaissance": "99100", "nomCommuneNaissance": "Reims"}, "00365"),
        ({"annee": str(TODAY.year + 1)}, "00353"),
        ({"annee": str(TODAY.year - 3)}, "00356"),
        ({"mois": "13"}, "00354"),
    ],
)
async def test_a_parameter_that_is_wrong_is_named_by_its_code(
    api: Particulier, changes: dict[str, str | list[str] | None], expected: str
) -> None:
    answer = await api.ask(changes)
    assert (answer.status_code, code(answer)) == (422, expected)
    assert answer.headers["content-type"] == "application/vnd.api+json"


async def test_a_birth_is_known_in_part_and_a_place_by_its_name(api: Particulier) -> None:
    place = {"nomCommuneNaissance": "Reims", "codeCogInseeDepartementNaissance": "51"}
    partial = {"moisDateNaissance": None, "jourDateNaissance": None, "codeCogInseePaysNaissance": "99100", **place}
    assert (await api.ask(partial)).status_code == 200


@pytest.mark.parametrize(("bearer", "expected"), [("no-token", "00101"), (token(-HOUR), "00103"), (token(), "00106")])
async def test_a_token_that_is_not_good_is_told_so_at_the_door(api: Particulier, bearer: str, expected: str) -> None:
    answer = await api.ask(bearer=bearer)
    assert (answer.status_code, code(answer)) == (401, expected)
    assert answer.headers["content-type"].startswith("application/json")


async def test_a_field_without_its_scope_is_absent(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with running_particulier(tmp_path_factory.mktemp("scopes")) as simulator:
        assert set((await simulator.ask()).json()["data"]) == {"quotient_familial"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"nomNaissance": "LEFEBVRE", **BORN_IN_FRANCE, "codeCogInseeCommuneNaissance": "00404"}, (404, "35003")),
        ({"nomNaissance": "DESFOUIN", "prenoms[]": "René", **YOUNG_MAN}, (429, "00429")),
        ({"nomNaissance": "DELANOUE", "prenoms[]": "Jean-Marie", **YOUNG_MAN}, (502, "37999")),
        ({"nomNaissance": "SITUDI", "prenoms[]": "Clément", **YOUNG_MAN}, (504, "37002")),
    ],
)
async def test_the_people_of_the_sandbox_are_answered_as_there(
    api: Particulier, changes: dict[str, str | list[str] | None], expected: tuple[int, str]
) -> None:
    answer = await api.ask(changes)
    assert (answer.status_code, code(answer)) == expected
    assert ("Retry-After" in answer.headers) is (expected[0] == 429)


async def test_two_first_names_are_two_parameters(api: Particulier) -> None:
    birth = {"anneeDateNaissance": "1987", "moisDateNaissance": "06", "jourDateNaissance": None}
    roux = {"nomNaissance": "ROUX", "prenoms[]": ["JEANNE", "STEPHANIE"], **birth, **BORN_IN_FRANCE}
    data = (await api.ask(roux)).json()["data"]
    assert (data["quotient_familial"]["fournisseur"], data["quotient_familial"]["valeur"]) == ("MSA", 150)
    assert [person["date_naissance"] for person in data["allocataires"]] == ["1987-06-00", "0000-00-00"]


async def test_who_franceconnect_signed_in_needs_no_identity(api: Particulier) -> None:
    nobody = dict.fromkeys(("nomNaissance", "prenoms[]", "sexeEtatCivil", "codeCogInseePaysNaissance"))
    answer = await api.ask(nobody, bearer="cnaf_qfv2", path=FRANCECONNECT)
    assert answer.json()["data"]["quotient_familial"]["valeur"] == 150
    assert code(await api.ask(nobody, path=FRANCECONNECT)) == "00101"


async def test_a_token_asks_twenty_times_a_second_and_is_told_to_wait(api: Particulier) -> None:
    answers = await asyncio.gather(*(api.ask() for _ in range(50)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 10 <= len(refused) <= 30
    assert all(code(answer) == "00429" and answer.headers["Retry-After"] == "1" for answer in refused)


async def test_whoever_ignores_that_for_long_gets_no_answer_at_all(api: Particulier) -> None:
    crowd = [asyncio.create_task(api.ask()) for _ in range(90)]
    await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
    await eventually(lambda: sum(task.done() for task in crowd) >= 60, 10)
    for task in crowd:
        task.cancel()
    with pytest.raises(httpx2.ReadTimeout):
        await api.http.get(IDENTITY, timeout=0.5)
    await api.order("reset")
    assert (await api.ask()).status_code == 200


async def test_the_same_question_at_once_is_told_that_it_is_under_way(api: Particulier) -> None:
    first, second = (asyncio.create_task(api.ask({"nomNaissance": "LAMBIN"})) for _ in range(2))
    done, waiting = await asyncio.wait((first, second), return_when=asyncio.FIRST_COMPLETED)
    assert [(task.result().status_code, code(task.result())) for task in done] == [(409, "00015")]
    for task in waiting:
        task.cancel()


async def test_the_journal_names_nobody(api: Particulier) -> None:
    await api.ask()
    assert set((await api.calls())[0]) == {"at", "status", "code", "request_id"}
    assert "SIMPSON" not in api.log.read_text()
