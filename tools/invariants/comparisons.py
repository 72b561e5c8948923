"""What services hold alike: the charge of every booking (I3), and replicas, which are folds of their sources (I9)."""

from typing import Final

from .comparing import Comparison, Side

BOOKINGS: Final = Comparison(
    "I3",
    "charges of bookings",
    Side(
        "booking",
        """
select b.id::text as key,
       case when b.status = 'cancelled' then 'void for 0' when r.mark is null then 'planned' else 'due' end as content
from bookings b left join attendance_records r on r.service_on = b.service_on and r.booking_id = b.id
union all
select attendance_id::text, case mark when 'unbooked' then 'due' else 'void for 0' end from attendance_records where booking_id is null""",
    ),
    (
        Side(
            "billing",
            """
select source_id::text as key,
       string_agg(
           distinct case status when 'invoiced' then 'due' when 'void' then 'void for ' || net_cents else status end, ', '
       ) filter (where correction = 0)
       || case when sum(share_basis_points) filter (where correction = 0) = 10000 then '' else ', not whole' end as content
from (
    select *, coalesce(sum(quantity * unit_cents) filter (where status <> 'void') over (partition by source_id), 0) as net_cents
    from charges
) charges group by source_id""",
        ),
    ),
)
"""Every booking, and every child who came unbooked, has exactly one charge, in the state of its day, and one that was given back in time nets to zero."""

MEMBERS: Final = "select household_id::text as key, person_id::text as content from household_members where kind = "
VERSIONS: Final = "select household_id::text as key, version::text as content from "
ADULTS: Final = "select household_id::text as key, adult_id::text as content from household_adults"
CHILDREN: Final = "select household_id::text as key, child_id::text as content from household_children"
DELEGATIONS: Final = """
select delegation_id::text as key, concat_ws(' ', household_id, parent_id, delegate_id, child_ids, acts, begins_on, ends_on, ending) as content
from delegations"""
ADDRESSES: Final = "select adult_id::text as key, email as content from "
PEOPLE: Final = (
    "select child_id::text as key, concat_ws(e'\\x1f', first_name, last_name, birth_on::text) as content from "
)
TIES: Final = (
    "select child_id::text as key, concat_ws(' ', adult_id::text, role, authority) as content from responsibilities"
)
PAYERS: Final = (
    "select household_id::text as key, concat_ws(' ', adult_id::text, during::text) as content from household_payers"
)
PAYERS_KEPT: Final = (
    "select d.household_id::text as key, concat_ws(' ', p.adult_id::text, d.during::text) as content"
    " from payer_days d join payers p using (payer_id)"
)
HOME_COLUMNS: Final = (
    "select child_id::text as key, concat_ws(' ', pattern, household_ids::text, anchor_on::text, change_weekday::text, second_home_days::text,"
    " holiday_zone, holiday_even_first_id::text, during::text) as content"
)
HOMES_KEPT: Final = f"{HOME_COLUMNS} from residences"
# Days by hand lie above the pattern, and are published in its place.
HOMES: Final = f"""
{HOME_COLUMNS} from (
    select r.child_id, pattern, household_ids, anchor_on, change_weekday, second_home_days, holiday_zone, holiday_even_first_id, part as during
    from residences r, unnest(datemultirange(r.during) - coalesce(
        (select range_agg(s.during) from home_swaps s where s.child_id = r.child_id), '{{}}')) part
    union all
    select child_id, 'single', array[household_id], null, null, '{{}}', null, null, during from home_swaps) homes
"""
QUOTIENTS: Final = (
    "select household_id::text as key, concat_ws(' ', effective_on::text, value_cents::text) as content from quotients"
)
ACCOUNT_PERSONS: Final = "select guardian_id::text as key, '' as content from account_persons where"
SCHOOLINGS: Final = (
    "select s.child_id::text as key, concat_ws(' ', lower(s.during)::text, (upper(s.during) - 1)::text, s.level, s.school_code, c.label) as content"
    " from schoolings s left join classes c using (class_id)"
)
SCHOOLINGS_KEPT: Final = (
    "select child_id::text as key, concat_ws(' ', starts_on::text, ends_on::text, level, school_code, class_label) as content"
    " from child_schoolings"
)
DOCUMENTS: Final = "select document_id::text as key, concat_ws(' ', household_id, person_id, kind, status, {ends_on}) as content from documents{sent}"
PUBLISHED: Final = "select key, sequence::text as content from outbox_keys where topic = "

REPLICAS: Final = (
    Comparison(
        "I9",
        "households",
        Side("family", f"{PUBLISHED} 'family.households'"),
        (
            Side("booking", f"{VERSIONS} households"),
            Side("billing", f"{VERSIONS} households"),
            Side("notifications", f"{VERSIONS} households"),
            Side("identity", f"{VERSIONS} household_versions"),
        ),
    ),
    Comparison(
        "I9",
        "adults",
        Side("family", f"{MEMBERS} 'adult'"),
        (Side("booking", ADULTS), Side("billing", ADULTS), Side("notifications", ADULTS)),
    ),
    Comparison(
        "I9",
        "invited adults",
        Side("family", "select adult_id::text as key, '' as content from adults where is_invited"),
        (Side("identity", f"{ACCOUNT_PERSONS} not is_delegate"),),
    ),
    Comparison(
        "I9",
        "delegations",
        Side("family", DELEGATIONS),
        (Side("booking", DELEGATIONS),),
    ),
    Comparison(
        "I9",
        "delegates",
        Side(
            "family",
            "select delegate_id::text as key, '' as content from delegates where adult_id is null and left_at is null",
        ),
        (Side("identity", f"{ACCOUNT_PERSONS} is_delegate"),),
    ),
    Comparison(
        "I9",
        "addresses",
        Side("family", f"{ADDRESSES} adults"),
        (Side("notifications", f"{ADDRESSES} household_adults"), Side("billing", f"{ADDRESSES} household_adults")),
    ),
    Comparison(
        "I9",
        "children of households",
        Side("family", f"{MEMBERS} 'child'"),
        (Side("booking", CHILDREN), Side("billing", CHILDREN), Side("notifications", CHILDREN)),
    ),
    Comparison("I9", "children", Side("family", f"{PEOPLE} children"), (Side("booking", f"{PEOPLE} child_records"),)),
    Comparison("I9", "schoolings", Side("family", SCHOOLINGS), (Side("booking", SCHOOLINGS_KEPT),)),
    Comparison(
        "I9",
        "documents",
        Side("family", DOCUMENTS.format(ends_on="ends_on", sent=" where sent_at is not null")),
        (Side("booking", DOCUMENTS.format(ends_on="case when status = 'validated' then ends_on end", sent="")),),
    ),
    Comparison("I9", "responsibilities", Side("family", TIES), (Side("booking", TIES), Side("notifications", TIES))),
    Comparison("I9", "payers", Side("family", PAYERS), (Side("billing", PAYERS_KEPT),)),
    Comparison("I9", "residences", Side("family", HOMES), (Side("billing", HOMES_KEPT),)),
    Comparison(
        "I9",
        "quotients",
        Side("family", f"{QUOTIENTS} where replaced_at is null"),
        (Side("billing", QUOTIENTS),),
    ),
    Comparison(
        "I9",
        "activities",
        Side("booking", "select id::text as key, label as content from activities"),
        tuple(
            Side(service, "select activity_id::text as key, label as content from activities")
            for service in ("billing", "notifications")
        ),
    ),
    Comparison(
        "I9",
        "accounts",
        Side("identity", f"{PUBLISHED} 'identity.accounts'"),
        (Side("notifications", "select account_id::text as key, version::text as content from accounts"),),
    ),
)
