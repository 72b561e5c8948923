"""The agents' back office: families, enrollments, attendance and invoicing."""

from typing import Any

from . import attendance, dashboard, enrollments, families, invoicing, openings

HANDLERS: list[Any] = [
    handler for area in (dashboard, families, enrollments, openings, attendance, invoicing) for handler in area.HANDLERS
]
