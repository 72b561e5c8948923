"""The payer's three screens, walked as a browser without scripts would: every link and form is taken from the page."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.component.simulators.payer import CARD, Payer
from tests.component.simulators.running import Payfip

pytestmark = pytest.mark.anyio

REFUSED_CARD = {**CARD, "number": "4000 0000 0000 0002"}
ACCEPTED_IBAN = {"number": "FR76 3000 6000 0112 3456 7890 189"}
REFUSED_IBAN = {"number": "DE89 3704 0044 0532 0130 00"}


@pytest.fixture
def browser(payfip: Payfip) -> Payer:
    return Payer(payfip.http)


async def test_the_first_screen_shows_reference_amount_and_address(payfip: Payfip, browser: Payer) -> None:
    await browser.open(f"/tpa/paiementws.web?idop={await payfip.create(montant='104250')}")
    assert browser.facts == {
        "Référence de la dette": "F2026000123A01",
        "Objet": "Facture 2026 000123 cantine",
        "Montant": "1\u202f042,50 €",
        "Adresse électronique": "parent@example.org",
    }
    assert "Régie enfance de Démoville – Hôtel de ville" in browser.answer.text


async def test_the_second_screen_offers_cards_and_direct_debit(payfip: Payfip, browser: Payer) -> None:
    await browser.open(f"/tpa/paiementws.web?idop={await payfip.create()}")
    await browser.submit("/tpa/moyen.web")
    offered = [field.get("value") for field in browser.page.iterfind(".//input[@name='moyen']")]
    assert offered == ["CB", "VISA", "MASTERCARD", "PRELEVEMENT"]


@pytest.mark.parametrize(
    ("means", "account", "result", "title"),
    [
        ("CB", CARD, "P", "Votre paiement est accepté"),
        ("VISA", {**CARD, "number": "4978860713891312"}, "P", "Votre paiement est accepté"),
        ("MASTERCARD", {**CARD, "number": "5017670000001800"}, "P", "Votre paiement est accepté"),
        ("CB", REFUSED_CARD, "R", "Votre paiement est refusé"),
        ("PRELEVEMENT", ACCEPTED_IBAN, "V", "Votre paiement est accepté"),
        ("PRELEVEMENT", REFUSED_IBAN, "Z", "Votre paiement est refusé"),
    ],
)
async def test_each_means_gives_its_result(
    payfip: Payfip, browser: Payer, means: str, account: dict[str, str], result: str, title: str
) -> None:
    id_op = await payfip.create()
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    await browser.pay(means, account)
    assert browser.title == title
    detail = await payfip.look_up(id_op)
    assert isinstance(detail, dict)
    assert detail["resultrans"] == result
    assert await payfip.notified(id_op) == [f"idop={id_op}"]


async def test_the_third_screen_is_a_ticket_and_leads_back(payfip: Payfip, browser: Payer) -> None:
    id_op = await payfip.create(urlredirect="http://ville.example/payfip/retour?regie=1")
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    await browser.pay("CB", CARD)
    detail = await payfip.look_up(id_op)
    assert isinstance(detail, dict)
    assert browser.facts["Autorisation"] == detail["numauto"]
    assert browser.facts["Carte CB"] == "•••• 0002"
    assert browser.facts["Montant"] == "42,50 €"
    (back,) = browser.page.xpath("//main//a[@class='button']/@href")
    assert back.startswith("http://ville.example/payfip/retour?")
    assert parse_qs(urlsplit(back).query) == {"regie": ["1"], "idop": [id_op]}


@pytest.mark.parametrize(("means", "account", "result"), [("CB", CARD, "R"), ("PRELEVEMENT", ACCEPTED_IBAN, "Z")])
async def test_failing_to_authenticate_is_a_refusal(
    payfip: Payfip, browser: Payer, means: str, account: dict[str, str], result: str
) -> None:
    id_op = await payfip.create()
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    await browser.submit("/tpa/moyen.web")
    await browser.submit("/tpa/coordonnees.web", moyen=means)
    await browser.submit("/tpa/coordonnees.web", **account)
    await browser.submit("/tpa/authentification.web", choice="refuse")
    assert (await payfip.operation(id_op))["result"] == result


async def test_giving_up_goes_back_to_the_town_and_can_be_regretted(payfip: Payfip, browser: Payer) -> None:
    id_op = await payfip.create()
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    # A form may only lead where the page's policy says.
    assert f"form-action 'self' {payfip.town.url};" in f"{browser.answer.headers['content-security-policy']};"
    await browser.submit("/tpa/renoncer.web")
    assert browser.answer.status_code == 303
    assert browser.answer.headers["location"] == f"{payfip.town.url}/payfip/retour?idop={id_op}"
    assert (await payfip.operation(id_op))["result"] == "A"
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    await browser.pay("CB", CARD)
    assert (await payfip.operation(id_op))["result"] == "P"
    assert await payfip.notified(id_op, 2) == [f"idop={id_op}"] * 2


@pytest.mark.parametrize("result", ["P", "V", "R", "Z"])
async def test_an_operation_is_used_once(payfip: Payfip, browser: Payer, result: str) -> None:
    id_op = await payfip.create()
    await payfip.order(f"operations/{id_op}/result", {"result": result})
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    assert (browser.answer.status_code, "(code P3)" in browser.answer.text) == (409, True)


async def test_a_second_click_pays_once_and_shows_the_same_ticket(payfip: Payfip, browser: Payer) -> None:
    id_op = await payfip.create()
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    await browser.submit("/tpa/moyen.web")
    await browser.submit("/tpa/coordonnees.web", moyen="CB")
    await browser.submit("/tpa/coordonnees.web", **CARD)
    clicks = [{"idop": id_op, "choice": choice} for choice in ("confirm", "refuse", "confirm", "confirm")]
    answers = await asyncio.gather(
        *(payfip.http.post("/tpa/authentification.web", data=click, follow_redirects=True) for click in clicks)
    )
    tickets = {answer.text for answer in answers}
    assert len(tickets) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len(await payfip.deliveries(id_op)) == 1


async def test_the_page_closes_after_fifteen_minutes(payfip: Payfip, browser: Payer) -> None:
    fresh, stale, ongoing = await payfip.create(), await payfip.create(), await payfip.create()
    await browser.open(f"/tpa/paiementws.web?idop={ongoing}")
    await payfip.order("clock", {"offset_seconds": 14 * 60})
    await browser.open(f"/tpa/paiementws.web?idop={fresh}")
    assert browser.title == "Votre paiement"
    await payfip.order("clock", {"offset_seconds": 15 * 60 + 1})
    await browser.open(f"/tpa/paiementws.web?idop={stale}")
    assert (browser.answer.status_code, "(code P4)" in browser.answer.text) == (410, True)
    # Who entered at minute 14 has time to finish; who entered at minute 0 has not.
    await browser.open(f"/tpa/moyen.web?idop={fresh}")
    assert browser.title == "Choisissez votre moyen de paiement"
    await browser.open(f"/tpa/moyen.web?idop={ongoing}")
    assert browser.answer.status_code == 410


async def test_an_unknown_operation_is_refused_on_every_page(payfip: Payfip, browser: Payer) -> None:
    pages = ("paiementws", "moyen", "coordonnees", "authentification", "ticket")
    for page in pages:
        for query in ("", "?idop=cc0cb210-1cd4-11ea-8cca-0213ad91a103", "?idop=%3Cscript%3E"):
            await browser.open(f"/tpa/{page}.web{query}")
            assert (browser.answer.status_code, "(code P1)" in browser.answer.text) == (404, True)


async def test_a_mistyped_card_is_explained_and_the_number_kept(payfip: Payfip, browser: Payer) -> None:
    id_op = await payfip.create()
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    await browser.submit("/tpa/moyen.web")
    await browser.submit("/tpa/coordonnees.web", moyen="CB")
    await browser.submit("/tpa/coordonnees.web", number='12"><script>', expiry="13/39", cryptogram="12")
    assert len(browser.page.xpath("//*[@aria-invalid='true']")) == 3
    assert [link.get("href") for link in browser.page.iterfind(".//ul/li/a")] == ["#number", "#expiry", "#cryptogram"]
    kept = {field.get("name"): field.get("value") for field in browser.page.iterfind(".//input[@id]")}
    assert kept == {"number": '12"><script>', "expiry": "13/39", "cryptogram": ""}
    assert await payfip.look_up(id_op) == "P5"


async def test_steps_cannot_be_skipped(payfip: Payfip, browser: Payer) -> None:
    id_op = await payfip.create()
    await browser.open(f"/tpa/authentification.web?idop={id_op}")
    assert browser.title == "Choisissez votre moyen de paiement"
    await browser.open(f"/tpa/ticket.web?idop={id_op}")
    assert browser.title == "Votre paiement"
    answer = await payfip.http.post("/tpa/authentification.web", data={"idop": id_op, "choice": "confirm"})
    assert answer.headers["location"].startswith("/tpa/moyen.web")
    await browser.open(f"/tpa/coordonnees.web?idop={id_op}&moyen=CHEQUE")
    assert "Choisissez un moyen de paiement dans la liste." in browser.answer.text
    assert await payfip.look_up(id_op) == "P5"


async def test_what_a_client_sends_is_text_on_the_pages(payfip: Payfip, browser: Payer) -> None:
    id_op = await payfip.create(
        objet="<script>alert(1)</script>", mel='"><img src=x onerror=alert(1)>@example.org'.replace(" ", "/")
    )
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    assert browser.page.xpath("//script | //img") == []
    assert browser.facts["Objet"] == "<script>alert(1)</script>"
    await browser.pay("CB", CARD)
    assert browser.page.xpath("//script | //img") == []


async def test_pages_forbid_scripts_and_frames_and_are_never_kept(payfip: Payfip, browser: Payer) -> None:
    await browser.open(f"/tpa/paiementws.web?idop={await payfip.create()}")
    policy = browser.answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert browser.answer.headers["cache-control"] == "no-store"
    assert browser.answer.headers["referrer-policy"] == "no-referrer"
    assert browser.page.xpath("//script | //@onclick | //@style") == []


async def test_the_card_number_is_nowhere_in_the_books_or_the_log(payfip: Payfip, browser: Payer) -> None:
    id_op = await payfip.create()
    await browser.open(f"/tpa/paiementws.web?idop={id_op}")
    await browser.pay("CB", {**CARD, "number": "4978860713891312"})
    state = [path for path in payfip.log.parent.rglob("*") if path.is_file()]
    assert len(state) >= 2
    assert [path for path in state if b"4978860713891312" in path.read_bytes()] == []
