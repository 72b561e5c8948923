"""Which adults, households, children and schools an actor of the family service reaches."""

from typing import Final

from chassis.access import Reach

ADULT: Final = Reach("actor.guardian_id is null or {id} = actor.guardian_id")
"""Of an adult: oneself; an agent reaches everybody."""
HOUSEHOLD: Final = Reach(
    """actor.guardian_id is null or exists (
        select from household_members m
        where m.person_id = actor.guardian_id and m.household_id = {id} and m.during @> actor.today)"""
)
"""Of a household: an adult's own, for as long as they belong to it; an agent reaches every one."""

CHILD: Final = Reach(
    """actor.guardian_id is null and actor.sites is null or exists (
        select from responsibilities r
        where r.child_id = {id} and r.adult_id = actor.guardian_id and r.role in ('guardian', 'caretaker')
          and r.authority <> 'none' and r.during @> actor.today)
    and exists (
        select from household_members own join household_members child using (household_id)
        where own.person_id = actor.guardian_id and child.person_id = {id} and own.during @> actor.today and child.during @> actor.today)"""
)
"""Of a child's file: whoever answers for the child today and belongs to a home of it, whichever of two, and an agent who works everywhere. Who has no
authority by a decision reads nothing. An agent of some sites sees what they need on the sheet of the day: this service does not know who comes where."""

# Whether it was sent is read of one row by its key; `exists` would be answered by a hash of the whole table.
DOCUMENT: Final = Reach(
    """actor.guardian_id is null and actor.sites is null
    and (select sent.status <> 'draft' from documents sent where sent.document_id = {id})
    or exists (
        select from filed_documents own
        join household_members m on m.household_id = own.file_id and m.person_id = actor.guardian_id and m.during @> actor.today
        where own.document_id = {id} and (
            own.audience = 'household'
            or own.audience = 'adult' and actor.guardian_id in (own.subject_id, own.created_by)
            or own.audience = 'child' and exists (
                select from responsibilities r
                where r.child_id = own.subject_id and r.adult_id = actor.guardian_id and r.role in ('guardian', 'caretaker')
                  and r.authority <> 'none' and r.during @> actor.today)))"""
)
"""Of a document: whoever belongs to its household today, a child's if they answer for the child, an adult's if it is theirs or they sent it; the other home
of a child has no part in it. An agent who works everywhere, once it was sent."""

REQUEST: Final = Reach(
    """actor.guardian_id is null and actor.sites is null
    and (select sent.status <> 'draft' from requests sent where sent.request_id = {id})
    or exists (
        select from filed_requests own
        join household_members m on m.household_id = own.file_id and m.person_id = actor.guardian_id and m.during @> actor.today
        where own.request_id = {id}
          and (own.subject <> 'adult' or actor.guardian_id in (own.subject_id, own.asked_by))
          and not exists (
              select from unnest(own.named_ids) as named (child_id)
              where not exists (
                  select from responsibilities r
                  where r.child_id = named.child_id and r.adult_id = actor.guardian_id and r.role in ('guardian', 'caretaker')
                    and r.authority <> 'none' and r.during @> actor.today)))"""
)
"""Of a request: whoever belongs to its household today and answers for every child that it is about or that an answer names, also of a draft; one about
an adult is theirs and the sender's. The other home of a child has no part in it. An agent who works everywhere, once it was sent."""

FILED: Final = "select part.household_id from households part where part.household_id = {id} or part.merged_into = {id}"
"""The households whose papers stand in a file: itself, and those that became part of it. By their ids papers are found without looking at everybody's."""

PUPIL: Final = Reach(
    f"""actor.guardian_id is null and exists (
        select from schoolings s
        where s.child_id = {{id}} and s.school_code = any(actor.sites) and upper(s.during) > actor.today)
    or {CHILD.rule}"""
)
"""Of where a child goes to school: whoever reaches its file, and an agent of a school that it is in, or will be."""
