"""Pages of agents, by their work."""

from portal.agents.counter import enrollments, families
from portal.agents.direction import dashboard
from portal.agents.money import invoicing
from portal.agents.places import openings
from portal.agents.site import attendance
from portal.frame.spaces import Space, agents

AGENTS = Space(
    agents,
    [page for area in (dashboard, families, enrollments, openings, attendance, invoicing) for page in area.PAGES],
)
