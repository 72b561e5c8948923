"""An address that several people read is written to once, and greets them all; two accounts that became one hear of it, each at its address."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contracts.family.events import Adult, HouseholdState, Membership
from contracts.identity.events import AccountsMerged, AccountsSeparated
from contracts.types import Civility
from tests.component.notifications import news
from tests.component.notifications.mail_server import MailServer
from tests.factories.households import LONG_AGO, adult, household_state
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

SHARED, FIRST, SECOND = "foyer@courriel.example", UUID(int=1), UUID(int=2)
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)


def couple(second: str = SHARED.upper(), **changes: object) -> HouseholdState:
    """Two guardians of one address, which one of them writes in capitals; the first one pays."""
    adults: list[Adult] = [
        adult(FIRST, civility=Civility.MADAME, first_name="Anne", last_name="Martin", email=SHARED),
        adult(SECOND, civility=Civility.MONSIEUR, first_name="Éric", last_name="Le Goff", email=second),
    ]
    return household_state(news.HOUSEHOLD, adults, []).model_copy(update=changes)


def addressees(mail_server: MailServer) -> list[str]:
    return sorted(mail["To"].addresses[0].addr_spec.casefold() for mail in mail_server.received)


async def test_a_household_is_written_to_once_at_an_address_that_two_share(
    service: RunningService, mail_server: MailServer
) -> None:
    await service.deliver(news.contact_changed(adult_id=FIRST, by_adult_id=FIRST), couple())
    await service.run_job("send_messages")
    about = [text for text in mail_server.texts() if "Bonjour Madame Martin et Monsieur Le Goff," in text]
    assert len(about) == len(mail_server.received) > 0
    assert len(set(addressees(mail_server))) == 1
    notices = await service.db.fetchval("select count(*) from notices where status = 'addressed'")
    assert len(mail_server.received) == notices, "one for each notice"


async def test_two_addresses_are_written_to_each(service: RunningService, mail_server: MailServer) -> None:
    """The control: nobody who reads another mailbox goes without, and nobody is greeted for somebody else."""
    await service.deliver(news.contact_changed(adult_id=FIRST, by_adult_id=FIRST), couple("eric@courriel.example"))
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["eric@courriel.example", SHARED]
    assert not any("Madame Martin et" in text for text in mail_server.texts())


async def test_whoever_left_is_not_greeted_and_keeps_nobody_from_being_told(
    service: RunningService, mail_server: MailServer
) -> None:
    """The first of those who share an address stands for all only while they belong to the household."""
    members = (
        Membership(person_id=FIRST, starts_on=LONG_AGO, ends_on=YESTERDAY),
        Membership(person_id=SECOND, starts_on=LONG_AGO, ends_on=None),
    )
    await service.deliver(news.contact_changed(adult_id=SECOND, by_adult_id=SECOND), couple(adult_members=members))
    await service.run_job("send_messages")
    assert addressees(mail_server) == [SHARED]
    assert mail_server.texts()[0].startswith("Bonjour Monsieur Le Goff,")


async def test_the_payer_alone_is_greeted_for_their_invoice(service: RunningService, mail_server: MailServer) -> None:
    await service.deliver(news.household(), news.invoice())
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["eric@courriel.example"]


async def test_the_invitation_of_an_account_greets_everybody_whom_it_stands_for(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    await service.deliver(couple(), news.account((FIRST, SECOND)), news.credential(secrets_dir))
    await service.run_job("send_messages")
    (text,) = mail_server.texts()
    assert text.startswith("Bonjour Madame Martin et Monsieur Le Goff,")
    assert mail_server.received[0]["To"].addresses[0].display_name == "Anne Martin et Éric Le Goff"


async def test_one_human_of_two_files_is_greeted_once(
    service: RunningService, mail_server: MailServer, secrets_dir: Path
) -> None:
    """Merged accounts: the same name twice."""
    again = adult(SECOND, civility=Civility.MADAME, first_name="Anne", last_name="Martin", email="autre@x.example")
    elsewhere = household_state(uuid4(), [again], [])
    first = couple(adults=couple().adults[:1], adult_members=couple().adult_members[:1])
    await service.deliver(first, elsewhere, news.account((FIRST, SECOND)), news.credential(secrets_dir))
    await service.run_job("send_messages")
    assert mail_server.texts()[0].startswith("Bonjour Madame Martin,")


async def test_agents_find_the_mail_of_both_by_either(service: RunningService) -> None:
    await service.deliver(news.contact_changed(adult_id=FIRST, by_adult_id=FIRST), couple())
    await service.run_job("send_messages")
    for person in (FIRST, SECOND):
        answer = await service.client.get(
            "/messages", params={"recipient_id": str(person)}, headers=service.as_agent(Role.FRONT_DESK)
        )
        assert len(answer.json()["items"]) == 1
    other = await service.client.get(
        "/messages", params={"recipient_id": str(uuid4())}, headers=service.as_agent(Role.FRONT_DESK)
    )
    assert other.json()["items"] == []


@pytest.mark.parametrize(
    ("is_kept", "merged", "separated"),
    [
        (True, "continue, avec le même mot de passe", "n’ouvre plus les dossiers de l’autre"),
        (False, "ne s’ouvre plus", "s’ouvre comme avant"),
    ],
)
async def test_both_addresses_hear_of_a_merge_and_of_its_undoing(
    service: RunningService, mail_server: MailServer, *, is_kept: bool, merged: str, separated: str
) -> None:
    """The account that opens nothing any more stands for nobody by then: its address is written to all the same. No mail names the other address."""
    now = datetime.now(UTC)
    await service.deliver(news.household(), news.account((news.PAYER,) if is_kept else ()))
    await service.deliver(
        AccountsMerged(account_id=news.ACCOUNT, is_kept=is_kept, merged_at=now, undo_ends_at=now + timedelta(days=14)),
        AccountsSeparated(account_id=news.ACCOUNT, is_kept=is_kept, separated_at=now),
    )
    await service.run_job("send_messages")
    assert addressees(mail_server) == ["eric.compte@courriel.example"] * 2
    first, second = mail_server.texts()
    assert merged in first
    assert separated in second
    for text in (first, second):
        assert "02 31 00 00 00" in text
        assert "@courriel.example" not in text
