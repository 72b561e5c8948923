"""Settings of the family service: its process, and the `[family]` table of the town's file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Self

from joserfc.jwk import OKPKey
from pydantic import BaseModel, Field, field_validator, model_validator

from chassis.actor import Actor
from chassis.sealing import SharedSeal
from chassis.settings import ServiceSettings
from chassis.town import ANSWER_DAYS, TownSection, load_section, load_town
from contracts.family.child_events import FieldRule
from contracts.family.delegations import DEFAULT_DELEGATION_DAYS
from contracts.family.document_words import DocumentAudience, DocumentKind, KindCode
from contracts.family.entourage import PICKUP_AGE_DEFAULT
from contracts.family.erasure import RETENTION_YEARS
from contracts.family.events import HouseholdKind
from contracts.family.procedure_words import Procedure
from contracts.family.request_words import RefusalGround
from contracts.family.resource_words import TaxFormula
from contracts.school_holidays import SchoolZone
from contracts.types import ActorKind, QuotientSource

from .adapters.api_particulier import ApiAccess
from .organizations.domain import SIRET, is_siret
from .procedures.domain import Known, procedure_of
from .quotients.domain import AcceptedDays, Renewal

PROCEDURES = "procedures"
"""The folder beside the town's file with the texts of its procedures, each of which is the first version."""


class ChildRules(TownSection):
    """What a family may do with each field of a child."""

    first_name: FieldRule = FieldRule.REQUEST
    last_name: FieldRule = FieldRule.REQUEST
    birth_on: FieldRule = FieldRule.REQUEST


class AdultRules(TownSection):
    """What adults may do with each field of theirs."""

    civility: FieldRule = FieldRule.AT_ONCE
    first_name: FieldRule = FieldRule.REQUEST
    last_name: FieldRule = FieldRule.REQUEST


class ContactRules(TownSection):
    """What adults may do with how they are reached, and with the address of their household. The e-mail address, with which one signs in, is at once where a link
    to the new one confirms it."""

    phone: FieldRule = FieldRule.AT_ONCE
    email: FieldRule = FieldRule.READ_ONLY
    address: FieldRule = FieldRule.AT_ONCE


class FieldRules(TownSection):
    """What families may do with each field of a civil status and of how they are reached; and with `add_child`, whether they have children added."""

    add_child: FieldRule = FieldRule.REQUEST
    child: ChildRules = ChildRules()
    adult: AdultRules = AdultRules()
    contact: ContactRules = ContactRules()


class InsuranceRules(TownSection):
    """Whether families are asked who insures their children, each school year, and of which kind a document stands as its proof."""

    is_asked: bool = False
    proof_kind: KindCode | None = None


class ApiParticulierSection(TownSection):
    """Whether quotients are read from API Particulier, and the SIRET under which the town is known there; how it is reached stands in the settings of
    the process."""

    is_open: bool = False
    siret: str = ""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.is_open and not (SIRET.fullmatch(self.siret) and is_siret(self.siret)):
            raise ValueError(f"siret {self.siret!r} is not 14 digits whose key is right")
        return self


class ResourceRules(TownSection):
    """By which day of each year quotients are renewed, as `month-day`, never where a town says none; how many days before the last one adults hear of it,
    negative after it; how many days before an enrollment starts they are asked for resources that are not known; which kind of document proves
    each source; and what the town makes of a tax notice."""

    renewed_by: Annotated[
        str,
        Field(
            pattern=r"^((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))?$"
        ),
    ] = ""
    notice_days: Annotated[tuple[Annotated[int, Field(ge=-30, le=90)], ...], Field(max_length=6)] = (28, 14, -1)
    asked_days: Annotated[int, Field(ge=0, le=90)] = 28
    proofs: Mapping[QuotientSource, KindCode] = Field(default_factory=dict)
    tax_formula: TaxFormula | None = None

    @property
    def renewal(self) -> Renewal | None:
        """The day of renewal."""
        return Renewal(*map(int, self.renewed_by.split("-"))) if self.renewed_by else None


class FamilyPolicy(TownSection):
    """How far from today a family quotient may start to count, in years; of which kinds the
    town takes files: of persons always, of organizations where it says so; and how many days ahead a delegation may end, 0 where families give none;
    what a child who is expected is called until it has a first name: without such a word, one is typed; and from which age a minor may collect a child;
    how many days after the last one of an enrollment its file may be put aside: those days are invoiced by then; for how many years a file is kept
    after its last act; the kinds of documents that families send; on which grounds their requests are refused; and what is asked of the insurance of children.
    `resources`: how quotients are proved and renewed. `circular_reminder_days`: how many days before the last one those are reminded who did not answer what was
    sent to a group, 0 for never.
    """

    unborn_name: Annotated[str, Field(max_length=80)] = ""
    kinds: tuple[HouseholdKind, ...] = (HouseholdKind.INDIVIDUAL,)
    quotient_years_back_max: Annotated[int, Field(ge=0, le=20)] = 3
    quotient_years_ahead_max: Annotated[int, Field(ge=0, le=5)] = 1
    resources: ResourceRules = ResourceRules()
    fields: FieldRules = FieldRules()
    pickup_age_min: Annotated[int, Field(ge=7, le=18)] = PICKUP_AGE_DEFAULT
    documents: tuple[DocumentKind, ...] = ()
    grounds: tuple[RefusalGround, ...] = ()
    insurance: InsuranceRules = InsuranceRules()
    api_particulier: ApiParticulierSection = ApiParticulierSection()
    archive_quiet_days: Annotated[int, Field(ge=0, le=366)] = 62
    retention_years: Annotated[int, Field(ge=0, le=30)] = RETENTION_YEARS
    delegation_days_max: Annotated[int, Field(ge=0, le=1096)] = DEFAULT_DELEGATION_DAYS
    circular_reminder_days: Annotated[int, Field(ge=0, le=30)] = 5

    @field_validator("documents")
    @classmethod
    def _each_once(cls, documents: tuple[DocumentKind, ...]) -> tuple[DocumentKind, ...]:
        codes = [kind.code for kind in documents]
        if repeated := {code for code in codes if codes.count(code) > 1}:
            raise ValueError(f"kinds of documents named twice: {', '.join(sorted(repeated))}")
        return documents

    @model_validator(mode="after")
    def _proven_by_a_kind(self) -> Self:
        of_children = {kind.code for kind in self.documents if DocumentAudience.CHILD in kind.audiences}
        if self.insurance.proof_kind not in {None, *of_children}:
            raise ValueError(f"insurance.proof_kind is no kind of documents of children: {self.insurance.proof_kind}")
        return self

    @field_validator("kinds")
    @classmethod
    def _with_persons(cls, kinds: tuple[HouseholdKind, ...]) -> tuple[HouseholdKind, ...]:
        if HouseholdKind.INDIVIDUAL not in kinds:
            raise ValueError("every town takes files of persons")
        return kinds


class RegistrationPart(BaseModel):
    """What this service needs of `[identity.registration]`."""

    is_open: bool = False


class KeyedServicePart(BaseModel):
    """What this service needs of an entry of `[[identity.services]]`."""

    code: str


class TownTextFlawed(Exception):
    """A text of a procedure, beside the town's file, says what cannot be meant."""


class IdentityPart(BaseModel):
    """What this service needs of the `[identity]` table, whose other settings are another service's own."""

    registration: RegistrationPart = RegistrationPart()
    services: tuple[KeyedServicePart, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilyRules:
    """The town's rules. `is_registration_open`: people without an account may ask for one. `school_zone`: whose
    school holidays two homes share by halves. `answer_days`: within how many the town decides. `procedures`: the texts that the town begins with; `services`: those
    that are opened with a key."""

    policy: FamilyPolicy
    is_registration_open: bool = False
    school_zone: SchoolZone | None = None
    answer_days: int = ANSWER_DAYS
    procedures: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()

    @property
    def known_names(self) -> Known:
        """What a procedure may name here, besides other procedures."""
        return Known(document_kinds={kind.code for kind in self.policy.documents}, services=self.services)

    @property
    def kinds(self) -> frozenset[HouseholdKind]:
        """Of which kinds the town takes files."""
        return frozenset(self.policy.kinds)

    @property
    def is_email_for_families(self) -> bool:
        """Whether families change their own e-mail address."""
        return self.policy.fields.contact.email is FieldRule.AT_ONCE

    def contact_for(self, actor: Actor) -> Mapping[str, FieldRule]:
        """What somebody may do with how an adult is reached: agents always may."""
        rules: dict[str, FieldRule] = self.policy.fields.contact.model_dump()
        return rules if actor.kind is ActorKind.PARENT else dict.fromkeys(rules, FieldRule.AT_ONCE)

    def hidden_from(self, actor: Actor) -> frozenset[str]:
        """What of that is not shown to them."""
        return frozenset(name for name, rule in self.contact_for(actor).items() if rule is FieldRule.HIDDEN)

    def accepted_quotient_days(self, today: date) -> AcceptedDays:
        """The days on which a quotient recorded today may start to count."""
        return AcceptedDays.around(today, self.policy.quotient_years_back_max, self.policy.quotient_years_ahead_max)

    def last_quotient_day(self, effective_on: date) -> date | None:
        """Until when a quotient counts that starts on a day, in a town where quotients are renewed."""
        renewal = self.policy.resources.renewal
        return renewal.last_day(effective_on) if renewal else None


class FamilySettings(ServiceSettings):
    """What a process of the family service is configured with. `document_store`: where contents of documents are kept, `file:///folder` or
    `s3://bucket/prefix`; `scanner`: the address of clamd, such as `clamd:3310`, empty in a town that has none; `api_particulier_url`: where API Particulier is."""

    document_store: str
    scanner: str = ""
    api_particulier_url: str = "https://particulier.api.gouv.fr"

    def rules(self) -> FamilyRules:
        identity = load_section(self.town_file, "identity", IdentityPart)
        policy = load_section(self.town_file, "family", FamilyPolicy)
        town = load_town(self.town_file)
        rules = FamilyRules(policy, identity.registration.is_open, town.school_zone, town.answer_days)
        rules = replace(rules, services=frozenset(service.code for service in identity.services))
        return replace(rules, procedures=self._procedures(rules.known_names))

    def _procedures(self, known: Known) -> tuple[str, ...]:
        """The texts of the town's procedures, by the names of their files. Raises TownTextFlawed."""
        texts = {path: path.read_text("utf-8") for path in sorted((self.town_file.parent / PROCEDURES).glob("*.toml"))}
        codes = {made.code for made in map(procedure_of, texts.values()) if isinstance(made, Procedure)}
        for path, text in texts.items():
            made = procedure_of(text, replace(known, procedures=codes))
            if not isinstance(made, Procedure):
                raise TownTextFlawed(f"{path.name}, line {made[0].line}: {made[0].flaw} {made[0].word}".strip())
        return tuple(texts.values())

    def api_particulier(self) -> ApiAccess | None:
        """How API Particulier is asked, None in a town that does without. Raises MissingSecret."""
        section = load_section(self.town_file, "family", FamilyPolicy).api_particulier
        if not section.is_open:
            return None
        return ApiAccess(self.api_particulier_url, section.siret, self.secret("api_particulier_token"))

    def export_seal(self) -> SharedSeal:
        """What the gateway closes parts of exports with. Raises MissingSecret."""
        return SharedSeal.of(self.secret("export_seal"))

    def seal(self) -> OKPKey:
        """What closes texts for the notifications service alone. Raises MissingSecret."""
        return OKPKey.import_key(json.loads(self.secret("seal_public")))
