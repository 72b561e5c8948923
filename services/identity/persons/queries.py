"""The adults whom an account stands for, as whoever signed in chooses among them."""

from chassis.data.database import Database
from contracts.http import Page
from contracts.identity.persons import OwnPerson

from ..sessions.domain import SignedIn

OWN_PERSONS_SQL = """
select p.guardian_id, p.first_name || ' ' || p.last_name as name,
       array(select h.reference from invited_guardians g join household_versions h using (household_id)
             where g.guardian_id = p.guardian_id order by h.reference) as references
from account_persons p
where p.account_id = $1
  and (p.is_delegate or exists (select from invited_guardians g where g.guardian_id = p.guardian_id))
order by p.guardian_id
"""


async def own_persons(db: Database, session: SignedIn) -> Page[OwnPerson]:
    """Whom the account of a session stands for, in the order in which files were opened for them."""
    rows = await db.fetch(OWN_PERSONS_SQL, session.account.account_id)
    return Page(items=tuple(OwnPerson(**row, is_acting=row["guardian_id"] == session.guardian_id) for row in rows))
