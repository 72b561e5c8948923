"""What the holder of an account hears of sign-ins, and of what changes the ways in."""

import pytest

from contracts.identity.events import SecurityChange
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer, part
from tests.component.notifications.test_mails import addressees
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("browser", "words"), [("Firefox, Android", "Firefox, Android"), ("", "non reconnu")])
async def test_whoever_signs_in_with_another_browser_is_told_where_to_close_it(
    service: RunningService, mail_server: MailServer, browser: str, words: str
) -> None:
    await service.deliver(news.household(), news.account(), news.browser_first_used(browser))
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["eric.compte@courriel.example"]
    (mail,) = mail_server.received
    for text in (part(mail, "plain"), part(mail, "html")):
        for expected in (words, "jeudi 3 septembre 2026 à 11 h 26", "/mes-identifiants", "/mes-connexions"):
            assert expected in text


CHANGES = {
    SecurityChange.PASSWORD_CHANGED: "mot de passe de votre compte a été remplacé",
    SecurityChange.PASSKEY_ADDED: "clé d’accès a été ajoutée",
    SecurityChange.PASSKEY_REMOVED: "Une clé d’accès a été retirée",
    SecurityChange.PASSKEYS_REMOVED: "Toutes les clés d’accès de votre compte",
    SecurityChange.SECOND_FACTOR_SET: "second facteur a été mis en place",
    SecurityChange.SECOND_FACTOR_REPLACED: "remplacée par une autre",
    SecurityChange.SECOND_FACTOR_REMOVED: "a retiré votre second facteur",
    SecurityChange.RECOVERY_CODES_RENEWED: "nouveaux codes de secours",
    SecurityChange.RECOVERY_CODE_USED: "code de secours a servi",
    SecurityChange.FRANCECONNECT_LINKED: "identité FranceConnect a été liée",
    SecurityChange.FRANCECONNECT_UNLINKED: "avec FranceConnect a été retiré",
    SecurityChange.PROVIDER_LINKED: "compte de la mairie ouvre désormais",
    SecurityChange.PROVIDER_UNLINKED: "avec votre compte de la mairie a été défait",
    SecurityChange.SESSIONS_ENDED: "a fermé toutes les connexions",
}
"""What the mail of each says."""
REMEDIES: dict[str, tuple[str, ...]] = {
    SecurityChange.PASSKEY_ADDED: ("un autre mot de passe ne la retire pas", "/mes-cles-d-acces"),
    SecurityChange.SECOND_FACTOR_SET: (
        "un agent qui gère les comptes de retirer cette application",
        "/mes-identifiants",
    ),
    SecurityChange.SECOND_FACTOR_REPLACED: (
        "un agent qui gère les comptes de retirer cette application",
        "/mes-identifiants",
    ),
    SecurityChange.FRANCECONNECT_LINKED: ("ce qui retire ce lien", "/mes-identifiants"),
}
"""What whoever did not do it does, where another password alone is no remedy, or does more."""


@pytest.mark.parametrize(
    ("change", "words"), [*CHANGES.items(), ("a_change_to_come", "façon de se connecter à votre compte a changé")]
)
async def test_the_holder_hears_of_each_change_of_the_ways_in(
    service: RunningService, mail_server: MailServer, change: str, words: str
) -> None:
    await service.deliver(news.household(), news.account(), news.security_changed(change))
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["eric.compte@courriel.example"]
    (mail,) = mail_server.received
    assert mail["Subject"].strip() == "Un changement de sécurité sur votre compte"
    for text in (part(mail, "plain"), part(mail, "html")):
        remedy = REMEDIES.get(change, ("Sinon, changez tout de suite votre mot de passe", "/mes-identifiants"))
        for expected in (words, "jeudi 3 septembre 2026 à 11 h 26", *remedy, "02 31 00 00 00"):
            assert expected in text.replace("\u00a0", " ")


def test_every_change_has_words_of_its_own() -> None:
    assert set(CHANGES) == set(SecurityChange)
