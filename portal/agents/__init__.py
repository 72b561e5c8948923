"""Pages of agents, by their work."""

from portal.agents.counter import accounts, enrollments, families, service_keys
from portal.agents.direction import dashboard
from portal.agents.money import invoicing, payments
from portal.agents.operations import invariants
from portal.agents.places import openings
from portal.agents.site import attendance
from portal.frame.spaces import Space, only_agents

AGENTS = Space(
    only_agents,
    [
        page
        for area in (
            dashboard,
            families,
            accounts,
            service_keys,
            enrollments,
            openings,
            attendance,
            invoicing,
            payments,
            invariants,
        )
        for page in area.PAGES
    ],
)
