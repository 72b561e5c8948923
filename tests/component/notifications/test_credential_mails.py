"""Mails with what opens an account: what they say to whom, and when they are not sent any more."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.identity.events import AccountActivated, CredentialReason
from contracts.types import CredentialPurpose
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.component.notifications.test_sending import make_due, statuses
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_an_agents_account_is_greeted_without_a_name(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    await service.deliver(news.account(()), news.credential(secrets_dir))
    await service.run_job("send_messages")
    assert mail_server.texts()[0].startswith("Bonjour,\n")


async def test_an_agent_is_welcomed_as_one(service: RunningService, mail_server: MailServer, secrets_dir: Path) -> None:
    """Agents were told of the children that they would enrol, and of an address where they have a name."""
    await service.deliver(news.account(()), news.credential(secrets_dir))
    await service.run_job("send_messages")
    (mail,) = mail_server.received
    assert mail["Subject"].strip() == "Votre compte d’agent sur le Portail Famille"
    for text in (part(mail, "plain"), part(mail, "html")):
        assert "compte d’agent" in text
        assert "vos enfants" not in text
        assert "Si la page de connexion" not in text, "no page of this town asks for an address"
        assert "J’ai oublié mon mot de passe" in text


async def test_a_parent_is_welcomed_as_one(service: RunningService, mail_server: MailServer, secrets_dir: Path) -> None:
    await service.deliver(news.household(), news.account(), news.credential(secrets_dir))
    await service.run_job("send_messages")
    for text in (part(mail_server.received[0], "plain"), part(mail_server.received[0], "html")):
        assert "Vous y inscrirez vos enfants" in text
        assert "d’agent" not in text


async def test_a_reset_says_that_the_present_password_works_until_its_link_is_followed(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    reset = news.credential(secrets_dir, CredentialPurpose.PASSWORD_RESET)
    await service.deliver(news.household(), news.account(), reset)
    await service.run_job("send_messages")
    assert "Votre mot de passe actuel fonctionne encore" in mail_server.texts()[0]
    for text in (part(mail_server.received[0], "plain"), part(mail_server.received[0], "html")):
        assert "Changez de mot de passe" in text
        assert "Confirmez" not in text
    assert "Xk-canari-7pQ" in mail_server.texts()[0]


REASONS = [
    (CredentialReason.ADDRESS_CORRECTED, "La mairie a corrigé l’adresse e-mail de votre dossier"),
    (CredentialReason.PERSON_LEFT, "Une personne qui partageait votre espace personnel"),
]


@pytest.mark.parametrize(("reason", "words"), REASONS)
async def test_a_reset_that_nobody_asked_for_says_why_and_that_the_former_password_is_gone(
    service: RunningService, mail_server: MailServer, secrets_dir: Path, reason: CredentialReason, words: str
) -> None:
    reset = news.credential(secrets_dir, CredentialPurpose.PASSWORD_RESET, reason=reason, has_password=False)
    await service.deliver(news.household(), news.account(), reset)
    await service.run_job("send_messages")
    for text in (part(mail_server.received[0], "plain"), part(mail_server.received[0], "html")):
        assert words in text
        assert "ne fonctionne" in text
        assert not any(untrue in text for untrue in ("fonctionne encore", "Vous n’avez rien demandé"))


async def test_a_link_goes_to_the_address_that_it_was_made_for(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """The correction of a mistyped address may be heard of here after the link that follows from it: a stranger reads the former one."""
    reset = news.credential(secrets_dir, CredentialPurpose.PASSWORD_RESET, email="corrigee@courriel.example")
    await service.deliver(news.household(), news.account(), reset)
    await service.run_job("send_messages")
    (mail,) = mail_server.received
    assert "corrigee@courriel.example" in mail["To"]
    assert "eric.compte" not in mail["To"]


async def test_a_reset_speaks_of_no_present_password_where_there_is_none(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    reset = news.credential(secrets_dir, CredentialPurpose.PASSWORD_RESET, has_password=False)
    await service.deliver(news.household(), news.account(), reset)
    await service.run_job("send_messages")
    assert "qui n’a pas de mot de passe en ce moment" in mail_server.texts()[0]
    assert "fonctionne encore" not in mail_server.texts()[0]


async def test_a_credential_that_a_newer_one_replaced_is_not_mailed(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    mail_server.recipient_answer = "450 busy"
    await service.deliver(news.household(), news.account(), news.credential(secrets_dir))
    await service.run_job("send_messages")
    await service.deliver(news.credential(secrets_dir))
    mail_server.recipient_answer = None
    await make_due(service)
    await service.run_job("send_messages")
    assert await statuses(service) == [("expired", "expired"), ("sent", None)]
    assert len(mail_server.received) == 1
    assert await service.db.fetchval("select count(*) from notices where sealed is not null") == 0


@pytest.mark.parametrize("is_before", [True, False])
async def test_a_link_that_a_password_made_useless_is_not_mailed(
    service: RunningService, mail_server: MailServer, secrets_dir: Path, is_before: bool
) -> None:
    """Given at the counter while the mail was delayed. A link that was asked for later is mailed, also when it is heard of first."""
    opened = service.envelope(AccountActivated(account_id=news.ACCOUNT, activated_at=datetime.now(UTC)))
    issued = service.envelope(news.credential(secrets_dir))
    if is_before:
        opened, issued = replace(opened, event_id=issued.event_id), replace(issued, event_id=opened.event_id)
    mail_server.recipient_answer = "450 busy"
    await service.deliver(news.household(), news.account(), issued)
    await service.run_job("send_messages")
    await service.deliver(opened)
    mail_server.recipient_answer = None
    await make_due(service)
    await service.run_job("send_messages")
    assert await statuses(service) == [("expired", "expired") if is_before else ("sent", None)]
    assert len(mail_server.received) == (0 if is_before else 1)
