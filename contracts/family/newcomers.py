"""What travels about adults who come to a file that exists."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.models import AdultCreate

CHILDREN_MAX: Final = 20


class NewAdult(Model):
    """An adult who comes to a file that exists, as they would to a new one. `child_ids` are children of the household whom they answer for."""

    household_id: UUID
    adult: AdultCreate
    child_ids: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()
