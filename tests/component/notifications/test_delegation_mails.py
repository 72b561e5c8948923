"""What parents and whoever acts for them hear by mail of a delegation, and of what is booked by it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from contracts.family.events import DelegateAsked, DelegateName, DelegateState, DelegationEnded, DelegationGiven
from contracts.types import ActorKind
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.component.notifications.test_mails import addressees
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

DELEGATION, JEANNE = UUID(int=71), UUID(int=72)
PARENTS = ["anne@courriel.example", "eric@courriel.example"]


def delegate(name: str = "Mamie Jeanne Lefort") -> DelegateState:
    """Jeanne, as the household calls her."""
    return DelegateState(
        delegate_id=JEANNE,
        first_name="Jeanne",
        last_name="Lefort",
        email="jeanne@aide.example",
        delegations=(DelegateName(delegation_id=DELEGATION, name=name, parent_name="Nadia"),),
    )


async def sent(service: RunningService, server: MailServer) -> list[str]:
    """The text of each mail, in plain and in HTML."""
    await service.run_job("send_messages")
    return [part(mail, kind) for mail in server.received for kind in ("plain", "html")]


async def test_both_parents_hear_of_a_delegation_and_of_its_end(
    service: RunningService, mail_server: MailServer
) -> None:
    given = DelegationGiven(
        household_id=news.HOUSEHOLD,
        delegation_id=DELEGATION,
        parent_id=news.PAYER,
        child_ids=(news.CHILD,),
        ends_on=date(2027, 8, 31),
        given_at=datetime(2026, 11, 29, 10, 15, tzinfo=UTC),
    )
    await service.deliver(news.household(), given)
    assert await sent(service, mail_server) == [], "it waits for the name"
    await service.db.execute("update messages set due_at = clock_timestamp()")
    await service.deliver(delegate())
    texts = await sent(service, mail_server)
    assert sorted(addressees(mail_server)) == PARENTS
    for text in texts:
        for expected in (
            "Éric Le Goff a désigné",
            "Mamie Jeanne Lefort",
            "Léa",
            "31 août 2027",
            "/personnes-de-confiance",
        ):
            assert expected in text
        assert "jeanne@aide.example" not in text
    mail_server.received.clear()
    ended = DelegationEnded(
        household_id=news.HOUSEHOLD, delegation_id=DELEGATION, end="revoked", ended_at=datetime.now(UTC)
    )
    later = ended.model_copy(update={"end": "a reason of tomorrow"})
    await service.deliver(ended, later)
    texts = await sent(service, mail_server)
    assert len(texts) == 8
    assert sum("un parent du foyer l’a retirée" in text for text in texts) == 4
    assert sum("le dossier famille a changé" in text for text in texts) == 4


@pytest.mark.parametrize(
    ("end", "sentence", "untrue"),
    [
        ("kept_away", "d’après le dossier des enfants, ce n’est plus possible", "dossier famille a changé"),
        ("delegate_joined", "partage désormais le compte du parent", "dossier famille a changé"),
        ("address_corrected", "a corrigé l’adresse e-mail du parent", "dossier famille a changé"),
        ("doubled", "une seule reste, l’autre a pris fin", "ne peut plus agir"),
    ],
)
async def test_what_became_of_a_delegate_is_said_as_it_is(
    service: RunningService, mail_server: MailServer, end: str, sentence: str, untrue: str
) -> None:
    ended = DelegationEnded(household_id=news.HOUSEHOLD, delegation_id=DELEGATION, end=end, ended_at=datetime.now(UTC))
    await service.deliver(news.household(), delegate(), ended)
    texts = await sent(service, mail_server)
    assert len(texts) == 4
    for text in texts:
        assert sentence in text
        assert untrue not in text


async def test_a_basket_of_a_delegate_says_who_booked(service: RunningService, mail_server: MailServer) -> None:
    by_delegate = news.basket().model_copy(update={"guardian_id": None, "delegation_id": DELEGATION})
    await service.deliver(news.household(), news.activity("Matin", "Day"), delegate(), by_delegate, news.basket())
    texts = await sent(service, mail_server)
    assert len(texts) == 8
    sentence = "Mamie Jeanne Lefort, personne de confiance de votre foyer, a réservé"
    assert sum(sentence in text for text in texts) == 4
    assert sum("Votre réservation est confirmée" in text for text in texts) == 4


async def test_who_is_invited_to_act_reads_what_for_and_who_has_an_account_hears_too(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    account = news.account((JEANNE,)).model_copy(update={"kind": ActorKind.DELEGATE, "email": "jeanne@aide.example"})
    credential = news.CREDENTIAL.model_copy(update={"is_delegate": True, "email": "jeanne@aide.example"})
    invitation = news.credential(secrets_dir).model_copy(
        update={"sealed": news.sealed(secrets_dir, credential.model_dump_json())}
    )
    await service.deliver(account, delegate(), invitation)
    texts = await sent(service, mail_server)
    assert addressees(mail_server) == ["jeanne@aide.example"]
    for text in texts:
        assert "Bonjour Jeanne Lefort," in text
        assert "Nadia vous demande de l’aide pour ses enfants, comme personne de confiance" in text
        assert "Le Goff" not in text, "a mistyped address is a stranger's"
        assert "personne de confiance" in text
        assert "Vous y inscrirez vos enfants" not in text
        assert news.CREDENTIAL.temporary_password in text
    assert {mail["Subject"].strip() for mail in mail_server.received} == {
        "Nadia vous demande de l’aide pour ses enfants"
    }
    mail_server.received.clear()
    asked = DelegateAsked(
        delegate_id=JEANNE, delegation_id=DELEGATION, ends_on=date(2027, 8, 31), asked_at=datetime.now(UTC)
    )
    await service.deliver(asked)
    for text in await sent(service, mail_server):
        assert "/enfants-confies" in text
        assert "Nadia vous demande de l’aide" in text
        assert "31 août 2027" in text
    assert addressees(mail_server) == ["jeanne@aide.example"]


async def test_an_erased_delegate_leaves_no_name(service: RunningService) -> None:
    state = delegate()
    await service.deliver(state)
    envelope = service.envelope(state)
    await service.deliver(replace(envelope, payload=None))
    assert not await service.db.fetchval("select exists (select from delegate_names)")
    assert not await service.db.fetchval("select exists (select from delegates)")
