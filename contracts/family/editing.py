"""What travels when an agent edits a form of a file: one does at a time, who may be asked to make way."""

from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from contracts.event import Model


class EditedForm(StrEnum):
    """A form that one agent at a time edits, and what it is of: the decision of a change or of a request, how an adult is reached, a child's health or insurance, the
    people around a child, or somebody's civil status; and the draft of a request, which one adult of its household at a time fills in."""

    CHANGE = auto()
    CONTACT = auto()
    HEALTH = auto()
    ENTOURAGE = auto()
    REQUEST = auto()
    CIVIL_STATUS = auto()
    INSURANCE = auto()
    DRAFT = auto()


class FormHold(Model):
    """Which form is edited. `is_taking_over`: also where another agent has it."""

    form: EditedForm
    is_taking_over: bool = False


class FormRelease(Model):
    """Which form is not edited any more."""

    form: EditedForm


class FormLease(Model):
    """Who has a form, since when, and until when unless they go on. `is_own`: whoever asks, in whichever of their tabs."""

    account_id: UUID
    begun_at: datetime
    ends_at: datetime
    is_own: bool
