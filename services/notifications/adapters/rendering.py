"""Renders notices as letters: the French layouts of `layouts/`, filled with what an event says and what replicas name."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from chassis.town import Town
from contracts.identity.models import Credential
from contracts.registry import EVENTS
from contracts.types import Civility

from ..directory.queries import Recipient
from ..messages.domain import Named, Template
from ..messages.store import Notice
from ..settings import SenderIdentity
from .french import date_words, moment_words, money, of_month, phone

LAYOUTS = Path(__file__).parents[1] / "layouts"
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
            of_month=of_month,
            phone=phone,
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
            "name": _naming(names),
            "credential": self._credential(notice),
        }
        template = self._environment.get_template(f"{notice.template}.txt.j2")
        subject = "".join(template.blocks["subject"](template.new_context(values))).strip()
        html = self._environment.get_template(f"{notice.template}.html.j2").render(values, subject=subject)
        return Letter(subject, template.render(values), html)

    def former_address(self, notice: Notice) -> str | None:
        """The address that a notice is meant for in place of the present one, if it carries one. Raises SealBroken."""
        if notice.sealed is None or notice.template is not Template.EMAIL_REPLACED:
            return None
        return unseal(notice.sealed, self._seal_key)

    def _credential(self, notice: Notice) -> Credential | None:
        if notice.sealed is None or notice.template is Template.EMAIL_REPLACED:
            return None
        return Credential.model_validate_json(unseal(notice.sealed, self._seal_key))


def greeting(recipient: Recipient) -> str:
    """`Bonjour Madame Martin,`, the whole name for who gave no civility, and `Bonjour,` for an account without a name."""
    if recipient.last_name is None or recipient.civility is None:
        return "Bonjour,"
    salutation = SALUTATIONS.get(Civility(recipient.civility), recipient.first_name)
    return f"Bonjour {salutation} {recipient.last_name},"


def _naming(names: Mapping[Named, str]) -> Callable[..., str]:
    def name(identifier: UUID, unit_code: str = "") -> str:
        try:
            label = names[identifier]
        except KeyError as error:
            raise MissingName from error
        unit = names.get((identifier, unit_code))
        return f"{label} ({unit})" if unit else label

    return name
