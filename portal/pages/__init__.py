"""The pages of the portal, one module for each area; every task can be finished with JavaScript off."""

from typing import Any

from . import activation, activities, agents, calendar, enrollments, first_steps, home, information, invoices, sign_in

PAGES: list[Any] = [
    handler
    for area in (
        home,
        sign_in,
        activation,
        first_steps,
        enrollments,
        calendar,
        invoices,
        activities,
        information,
        agents,
    )
    for handler in area.HANDLERS
]
