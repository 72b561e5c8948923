"""Renders notices as letters: the French layouts of `layouts/`, filled with what an event says and what replicas name."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from joserfc.jwk import OKPKey

from chassis.french import of, of_place, phone, to
from chassis.sealing import unseal
from chassis.town import Town
from contracts.family.circulars import CircularLetter
from contracts.family.documents import DocumentLetter
from contracts.family.email_changes import MailedLink
from contracts.family.registrations import RegistrationLetter
from contracts.family.request_words import RequestAnswer
from contracts.family.requests import RequestLetter
from contracts.identity.models import Credential
from contracts.registry import EVENTS
from contracts.types import Civility

from ..directory.queries import Recipient
from ..messages.domain import RULES, Audience, Named, Template
from ..messages.store import Notice
from ..settings import SenderIdentity
from .french import date_words, moment_words, money, of_month, siret

LAYOUTS = Path(__file__).parents[1] / "layouts"
TO_SEALED_ADDRESS = (Template.EMAIL_REPLACED, Template.EMAIL_CHANGE_ASKED)
"""What is sealed with these is the address that they go to."""
DOCUMENTS = frozenset({Template.DOCUMENT_VALIDATED, Template.DOCUMENT_REFUSED, Template.DOCUMENT_EXPIRING})
"""The templates of letters about a document."""
REQUESTS = frozenset(Template(f"request_{answer}") for answer in RequestAnswer)
"""The templates of letters about a request."""
CREDENTIALS = frozenset({Template.WELCOME, Template.PASSWORD_RESET})
"""The templates of letters with a credential."""
SALUTATIONS = {Civility.MADAME: "Madame", Civility.MONSIEUR: "Monsieur"}


class MissingName(Exception):
    """A letter needs the name of a child or an activity that no replica knows yet."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it is read, in plain text and in HTML."""

    subject: str
    text: str
    html: str


class Renderer:
    """Writes the letters of one town. `seal_key` opens the credentials that some of them carry."""

    def __init__(self, town: Town, sender: SenderIdentity, portal_url: str, seal_key: OKPKey) -> None:
        self._seal_key = seal_key
        self._environment = Environment(
            loader=FileSystemLoader(LAYOUTS),
            autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            money=money,
            date_words=date_words,
            of=of,
            of_place=of_place,
            to=to,
            of_month=of_month,
            phone=phone,
            siret=siret,
            moment_words=partial(moment_words, zone=town.zone),
        )
        self._environment.globals.update(town=town, sender=sender, portal_url=portal_url.rstrip("/"))

    def render(self, notice: Notice, recipient: Recipient, names: Mapping[Named, str]) -> Letter:
        """The letter of a notice to one of its recipients.

        Raises:
            MissingName: `names` lacks a child or an activity that the letter speaks of.
            SealBroken: the credential was sealed for another key.
        """
        values = {
            "event": EVENTS[notice.event_type].parse(json.dumps({"sealed": "", **notice.payload}).encode()),
            "greeting": greeting(recipient),
            "is_agent": recipient.is_agent,
            "organization": recipient.organization,
            "contact_name": recipient.full_name,
            "asking": partial(asking, recipient.asked_by),
            "name": _naming(names),
            "credential": self._credential(notice),
            "code": self._code(notice),
            "link": self._link(notice),
            "letter": self._letter(notice),
        }
        template = self._environment.get_template(f"{notice.template}.txt.j2")
        subject = "".join(template.blocks["subject"](template.new_context(values))).strip()
        html = self._environment.get_template(f"{notice.template}.html.j2").render(values, subject=subject)
        return Letter(subject, template.render(values), html)

    def sealed_address(self, notice: Notice) -> str | None:
        """The address that a notice brings in place of the one that its recipient has now, if it does. Raises SealBroken."""
        if notice.sealed is not None and notice.template in TO_SEALED_ADDRESS:
            return unseal(notice.sealed, self._seal_key)
        addressed = self._link(notice) or self._letter(notice) or self._credential(notice)
        return addressed.email if addressed else None

    def _link(self, notice: Notice) -> MailedLink | None:
        """The link that confirms an address, and that address."""
        if notice.sealed is None or notice.template is not Template.EMAIL_LINK:
            return None
        return MailedLink.model_validate_json(unseal(notice.sealed, self._seal_key))

    def _letter(self, notice: Notice) -> RegistrationLetter | DocumentLetter | RequestLetter | CircularLetter | None:
        """What is told to somebody who asked for a space, a correction or by a procedure, sent a document, or is asked for something."""
        if notice.sealed is None or RULES[notice.template].audience is not Audience.ADDRESS:
            return None
        if notice.template in DOCUMENTS:
            return DocumentLetter.model_validate_json(unseal(notice.sealed, self._seal_key))
        if notice.template is Template.CIRCULAR_ADDRESSED:
            return CircularLetter.model_validate_json(unseal(notice.sealed, self._seal_key))
        if notice.template in REQUESTS:
            return RequestLetter.model_validate_json(unseal(notice.sealed, self._seal_key))
        return RegistrationLetter.model_validate_json(unseal(notice.sealed, self._seal_key))

    def _code(self, notice: Notice) -> str:
        """The digits that a notice brings, in two groups as they are read."""
        if notice.sealed is None or notice.template is not Template.STEP_UP_CODE:
            return ""
        digits = unseal(notice.sealed, self._seal_key)
        return f"{digits[:3]} {digits[3:]}"

    def _credential(self, notice: Notice) -> Credential | None:
        if notice.sealed is None or notice.template not in CREDENTIALS:
            return None
        return Credential.model_validate_json(unseal(notice.sealed, self._seal_key))


def asking(asked_by: Mapping[UUID, str], delegation_id: UUID | None = None) -> str:
    """Who asks for help: `Nadia vous demande de l’aide pour ses enfants`, by the first name alone, for a mistyped address is a stranger's; of one
    delegation, or of all."""
    known = asked_by.values() if delegation_id is None else filter(None, [asked_by.get(delegation_id)])
    names = list(dict.fromkeys(known))
    if len(names) > 1:
        return f"{', '.join(names[:-1])} et {names[-1]} vous demandent de l’aide pour leurs enfants"
    return f"{names[0] if names else 'Un parent'} vous demande de l’aide pour ses enfants"


def greeting(recipient: Recipient) -> str:
    """`Bonjour Madame Martin,`, the whole name for who gave no civility, and `Bonjour,` for an account without a name. Who share an address
    are greeted together, one of two files once."""
    people = (recipient, *recipient.companions)
    names = dict.fromkeys(name for person in people if (name := _salutation(person)))
    return f"Bonjour {' et '.join(names)}," if names else "Bonjour,"


def _salutation(person: Recipient) -> str:
    if person.last_name is None or person.civility is None:
        return ""
    return f"{SALUTATIONS.get(Civility(person.civility), person.first_name)} {person.last_name}"


def _naming(names: Mapping[Named, str]) -> Callable[..., str]:
    def name(identifier: UUID, unit_code: str = "") -> str:
        try:
            label = names[identifier]
        except KeyError as error:
            raise MissingName from error
        unit = names.get((identifier, unit_code))
        return f"{label} ({unit})" if unit else label

    return name
