"""What travels of the adults whom one account stands for."""

from uuid import UUID

from contracts.event import Model


class OwnPerson(Model):
    """An adult whom an account stands for: their name, and the numbers of the files that name them. `is_acting`: it is they who act in the
    session that asks."""

    guardian_id: UUID
    name: str
    references: tuple[str, ...]
    is_acting: bool


class PersonChoice(Model):
    """Who acts from now on."""

    guardian_id: UUID
