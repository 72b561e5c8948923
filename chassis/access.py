"""What an actor may do, and where: the pure half of every check. Whose object it is, is asked of the database, by the fragments
of `services/<name>/access.py`.

Pure: only the standard library and the shared vocabulary are imported here, and the actor.
"""

from chassis.actor import Actor
from contracts.types import ActorKind


def reaches_site(actor: Actor, site: str) -> bool:
    """Whether an agent works at this site. The town's own tools work everywhere."""
    return actor.kind is ActorKind.SYSTEM or actor.sites is None or site in actor.sites


def allows(actor: Actor, permission: str, site: str | None = None) -> bool:
    """Whether an agent may do this, at this site when it is about one; a family's reach is its household, never a permission."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return permission in actor.permissions and (site is None or reaches_site(actor, site))
