"""What families read: for each event, the mail that leaves, to whom, in which words."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contracts.family.events import ChildCameOfAge, ChildMembership, Organization
from contracts.notifications.events import MessageSent
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.factories.households import LONG_AGO
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_the_welcome_mail_carries_credentials_and_link_from_the_towns_no_reply_address(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    await service.deliver(news.household(), news.account(), news.credential(secrets_dir))
    await service.run_job("send_messages")
    (mail,) = mail_server.received
    assert mail["From"] == "Ville de Valmont-sur-Orne <nepasrepondre@valmont-sur-orne.example>"
    assert mail["To"] == "Éric Le Goff <eric.compte@courriel.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    for text in (part(mail, "plain"), part(mail, "html")):
        assert "Bonjour Monsieur Le Goff," in text
        assert "egoff27" in text
        assert "Xk-canari-7pQ" in text
        assert "http://localhost:8000/activation/jeton-d-activation-0123456789" in text
        assert "courriers indésirables" in text
    (sent,) = await service.outbox()
    assert isinstance(sent, MessageSent)
    assert sent.recipient_id == news.PAYER


async def test_a_secret_leaves_the_queue_with_its_mail_and_stands_nowhere_in_clear(
    service: RunningService, secrets_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await service.deliver(news.household(), news.account(), news.credential(secrets_dir))
    assert await service.db.fetchval("select count(*) from notices where sealed is not null") == 1
    await service.run_job("send_messages")
    assert await service.db.fetchval("select count(*) from notices where sealed is not null") == 0
    for table in ("notices", "messages", "outbox", "inbox"):
        rows = await service.db.fetch(f"select t::text as line from {table} t")
        assert not [row for row in rows if "canari" in row["line"] or "egoff27" in row["line"]]
    logged = capsys.readouterr().out
    assert "message sent" in logged
    for personal in ("canari", "egoff27", "jeton", "courriel.example", "Le Goff"):
        assert personal not in logged


async def test_a_booked_basket_is_confirmed_to_every_invited_guardian_day_by_day(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.household(), news.activity(), news.basket())
    await service.run_job("send_messages")
    assert sorted(mail["To"].addresses[0].addr_spec for mail in mail_server.received) == [
        "anne@courriel.example",
        "eric@courriel.example",
    ]
    assert {mail["Subject"].replace("\u00a0", " ") for mail in mail_server.received} == {
        "Réservation confirmée : 2 journées"
    }
    for text in mail_server.texts():
        assert (
            "- mercredi 9 septembre 2026 : Léa, Centre de loisirs du mercredi\n"
            "- mercredi 16 septembre 2026 : Léa, Centre de loisirs du mercredi\n"
        ) in text


async def test_a_validated_enrollment_says_that_its_calendar_is_open(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.household(), news.activity(), news.enrollment_validated())
    await service.run_job("send_messages")
    assert len(mail_server.received) == 2
    text = mail_server.texts()[0]
    assert "Léa" in text
    assert "du mardi 1er septembre 2026 au samedi 3 juillet 2027" in text
    assert "http://localhost:8000/calendrier" in text


async def test_an_invoice_is_announced_to_the_payer_alone(service: RunningService, mail_server: MailServer) -> None:
    invoice = news.invoice()
    await service.deliver(news.household(), invoice)
    await service.run_job("send_messages")
    (mail,) = mail_server.received
    assert mail["To"].addresses[0].addr_spec == "eric@courriel.example"
    assert not list(mail.iter_attachments())
    for text in (part(mail, "plain"), part(mail, "html")):
        for words in (
            "septembre 2026",
            "2026-000042",
            "1 234,50 €",
            "samedi 31 octobre 2026",
            f"http://localhost:8000/factures/{invoice.invoice_id}",
        ):
            assert words in text


async def test_an_invoice_of_nothing_asks_for_nothing(service: RunningService, mail_server: MailServer) -> None:
    await service.deliver(news.household(), news.invoice(total_cents=0))
    await service.run_job("send_messages")
    assert "Vous n’avez rien à régler." in mail_server.texts()[0]
    assert "À régler avant" not in mail_server.texts()[0]


async def test_what_an_organization_owes_and_paid_is_told_in_its_name(
    service: RunningService, mail_server: MailServer
) -> None:
    whose = Organization(legal_name="Crèche <Les Tilleuls>", siret="73282932000074", rna=None)
    await service.deliver(news.household(organization=whose), news.invoice(), news.payment())
    await service.run_job("send_messages")
    assert len(mail_server.received) == 2
    for mail in mail_server.received:
        assert part(mail, "plain").splitlines().count("Bonjour Monsieur Le Goff,") == 1
        text = part(mail, "plain").replace("\u00a0", " ")
        assert (
            "Au nom de : Crèche <Les Tilleuls>\nÀ l’attention de Éric Le Goff\n3 rue des Lilas\n14000 Valmont-sur-Orne\n"
            "SIRET : 732 829 320 00074\n\n"
        ) in text
        html = part(mail, "html").replace("\u00a0", " ")
        assert "<strong>Crèche &lt;Les Tilleuls&gt;</strong>" in html
        assert "SIRET : 732 829 320 00074" in html


async def test_a_persons_mails_say_nothing_of_organizations(service: RunningService, mail_server: MailServer) -> None:
    whose = Organization(legal_name="Amicale laïque", siret=None, rna="W142000123")
    await service.deliver(news.household(organization=whose), news.household(), news.invoice())
    await service.run_job("send_messages")
    assert not [words for words in ("Au nom de", "attention", "Amicale") if words in mail_server.texts()[0]]


@pytest.mark.parametrize(
    ("credit_cents", "left"), [(415, "Reste à régler : 5,85 €"), (1000, "Vous n’avez rien à régler.")]
)
async def test_an_invoice_says_what_a_credit_paid_of_it(
    service: RunningService, mail_server: MailServer, credit_cents: int, left: str
) -> None:
    """10.00 euros, of which what was paid too much pays a part, or all."""
    await service.deliver(news.household(), news.invoice(total_cents=1000, credit_cents=credit_cents))
    await service.run_job("send_messages")
    text = mail_server.texts()[0].replace("\u00a0", " ")
    assert "Réglé par votre trop-perçu" in text
    assert left in text
    assert ("À régler avant" in text) == (credit_cents < 1000)


async def test_a_payment_is_acknowledged_with_everything_a_receipt_says(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.household(), news.payment())
    await service.run_job("send_messages")
    (text,) = mail_server.texts()
    for words in (
        "R-2026-000007",
        "2026-000042",
        "1 234,50 €",
        "carte bancaire",
        "A55A55",
        "jeudi 1er octobre 2026 à 11 h 26",
    ):
        assert words in text


async def test_nothing_in_a_mail_is_fetched_from_elsewhere(service: RunningService, mail_server: MailServer) -> None:
    name = "<img src=x onerror=alert(1)>"
    state = news.household()
    children = (state.child_members[0].model_copy(update={"name": name}),)
    await service.deliver(state.model_copy(update={"child_members": children}), news.activity(), news.basket())
    await service.run_job("send_messages")
    html = part(mail_server.received[0], "html")
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    for tag in ("<img", "<script", "<link", "<iframe", "url("):
        assert tag not in html


async def test_a_mail_is_addressed_as_the_person_is_known_when_it_leaves(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.household(), news.invoice())
    eric = news.household().adults[0]
    moved = eric.model_copy(update={"last_name": "Le Goff-Dubois", "email": "nouveau@courriel.example"})
    await service.deliver(news.household(adults=(moved,)))
    await service.run_job("send_messages")
    assert mail_server.received[0]["To"] == "Éric Le Goff-Dubois <nouveau@courriel.example>"


async def test_the_sent_instant_follows_the_towns_clock(service: RunningService) -> None:
    service.advance(days=40)
    await service.deliver(news.household(), news.invoice())
    await service.run_job("send_messages")
    (sent,) = await service.outbox()
    assert isinstance(sent, MessageSent)
    assert abs(sent.sent_at - await service.db.now()) < timedelta(minutes=1)


async def test_children_of_the_same_first_name_are_told_apart(service: RunningService, mail_server: MailServer) -> None:
    """« Lou, Centre de loisirs » twice."""
    basket = news.basket()
    lines = tuple(line.model_copy(update={"child_id": uuid4()}) for line in basket.lines)
    children = tuple(
        ChildMembership(person_id=line.child_id, name=f"Lou {last_name}", starts_on=LONG_AGO, ends_on=None)
        for line, last_name in zip(lines, ("Roy", "Petit"), strict=True)
    )
    full_basket = basket.model_copy(update={"lines": lines})
    await service.deliver(news.household(child_members=children), news.activity(), full_basket)
    await service.run_job("send_messages")
    text = mail_server.texts()[0]
    assert ": Lou Roy, Centre" in text
    assert ": Lou Petit, Centre" in text


async def test_a_household_is_told_of_a_coming_of_age(service: RunningService, mail_server: MailServer) -> None:
    """From the day after the last one, nobody decides for the child any longer."""
    news_of_age = ChildCameOfAge(
        household_id=news.HOUSEHOLD, child_id=news.CHILD, last_day_on=date(2026, 5, 11), noted_at=datetime.now(UTC)
    )
    await service.deliver(news.household(), news_of_age)
    await service.run_job("send_messages")
    assert len(mail_server.received) == 2
    text = mail_server.texts()[0]
    assert "Léa vient d’avoir 18 ans. Depuis le lendemain du lundi 11 mai 2026, personne" in text


async def test_a_unit_is_named_where_there_are_several(service: RunningService, mail_server: MailServer) -> None:
    await service.deliver(news.household(), news.activity("Matin", "Day"), news.basket())
    await service.run_job("send_messages")
    assert "- mercredi 9 septembre 2026 : Léa, Centre de loisirs du mercredi (Matin)\n" in mail_server.texts()[0]


async def test_an_activity_of_an_unknown_kind_does_no_harm(service: RunningService, mail_server: MailServer) -> None:
    await service.deliver(news.household(), news.activity(kind="astronautics"), news.basket())
    await service.run_job("send_messages")
    assert "Léa, Centre de loisirs du mercredi\n" in mail_server.texts()[0]


@pytest.mark.parametrize(
    ("by", "who"), [(news.PAYER, "Par qui : Éric Le Goff"), (None, "Par qui : Ville de Valmont-sur-Orne")]
)
async def test_corrected_details_are_told_to_each_adult_once_by_name_alone(
    service: RunningService, mail_server: MailServer, by: UUID | None, who: str
) -> None:
    """S2-15: what changed, whose, when, by whom and what to do; no value of it."""
    changed = service.envelope(news.contact_changed(by_adult_id=by))
    await service.deliver(changed, news.household(), changed)
    for _ in range(2):
        await service.run_job("send_messages")
    assert addressees(mail_server) == ["anne@courriel.example", "eric@courriel.example"]
    for mail in mail_server.received:
        for text in (part(mail, "plain"), part(mail, "html")):
            for words in ("Éric Le Goff", "téléphone, adresse postale", "jeudi 3 septembre 2026", "02 31 00 00 00"):
                assert words in text
        assert who in part(mail, "plain")


async def test_corrected_details_wait_for_the_state_that_says_the_new_address(
    service: RunningService, mail_server: MailServer
) -> None:
    """The fact may come before the state: whoever has a new address is told there, not at the former one."""
    former = news.household()
    moved = former.model_copy(
        update={"adults": (former.adults[0].model_copy(update={"email": "neuf@courriel.example"}), *former.adults[1:])}
    )
    await service.deliver(former, news.contact_changed(fields=("email",), by_adult_id=None))
    await service.run_job("send_messages")
    assert mail_server.received == []
    await service.deliver(moved)
    await service.db.execute("update notices set due_at = clock_timestamp()")
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["anne@courriel.example", "neuf@courriel.example"]


async def test_the_former_address_hears_that_it_was_replaced(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """S2-16: at the former address alone, which stands nowhere in clear and is forgotten once the mail has left; a credential that
    comes meanwhile does not keep it back.
    """
    replaced = news.email_replaced(secrets_dir, "ancienne@courriel.example")
    await service.deliver(news.household(), news.account(), replaced, news.credential(secrets_dir))
    lines = [row["line"] for row in await service.db.fetch("select n::text as line from notices n")]
    assert not any("ancienne" in line for line in lines)
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["ancienne@courriel.example", "eric.compte@courriel.example"]
    (text,) = [text for text in mail_server.texts() if "votre adresse e-mail a été remplacée" in text]
    assert "02 31 00 00 00" in text
    assert await service.db.fetchval("select count(*) from notices where sealed is not null") == 0


def addressees(mail_server: MailServer) -> list[str]:
    return sorted(mail["To"].addresses[0].addr_spec for mail in mail_server.received)
