"""`python -m tools.agents USERNAME EMAIL FIRST_NAME LAST_NAME SERVICE --role ROLE`, with the variables of the identity service's process.

The agent works at every site and is invited by mail. What takes two persons is given at once: whoever runs the portal is not one of the town's agents. Exit codes: 0
when the agent was created, or is there already with this user name, 2 when the command cannot run.
"""

import argparse
import sys
from collections.abc import Sequence
from uuid import UUID

from pydantic import ValidationError

from chassis.actor import Actor
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import Refusal
from contracts.identity.agents import AgentCreate
from contracts.types import ActorKind
from services.identity.adapters.passwords import Passwords
from services.identity.agents.commands import create_agent
from services.identity.errors import UsernameTaken
from services.identity.settings import IdentityRules

from ..operating import OperatorError, run, without_records

SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)
WORDS = ("username", "email", "first_name", "last_name", "service")


async def command(arguments: Sequence[str]) -> int:
    """Create the agent; the exit code. Raises OperatorError."""
    options = parser().parse_args(arguments)
    try:
        body = AgentCreate(
            **{name: getattr(options, name) for name in WORDS}, roles=tuple(options.role), has_every_site=True
        )
    except ValidationError as error:
        wrong = ", ".join(str(detail["loc"][0]) for detail in error.errors())
        raise OperatorError(f"not acceptable: {wrong}") from None
    claim = Claim.of("system", str(new_id()), "create_agent", body.model_dump_json().encode())
    async with without_records("identity") as (service, db):
        rules, passwords = service.provide[IdentityRules], service.provide[Passwords]
        try:
            await create_agent(db, SYSTEM, claim, passwords, rules, body)
        except UsernameTaken:
            print(f"{body.username}: is there already")
            return 0
        except Refusal as refusal:
            codes = [refusal.code(), *(item.code for item in refusal.fields)]
            raise OperatorError(f"refused: {', '.join(codes)}") from None
        finally:
            await passwords.close()
    print(f"{body.username}: created, and invited at {body.email}")
    return 0


def parser() -> argparse.ArgumentParser:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.agents", description=__doc__)
    for name in WORDS:
        parser.add_argument(name)
    parser.add_argument("--role", action="append", required=True, help="a role of the town; several times for several")
    return parser


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
