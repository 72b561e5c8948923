"""What the agents' menu is: its groups by what people do, and the entries of each in their order.

A page says of its own entry how it is called and whose work it is (`@page(..., entry=MenuLabel(...))`); here alone stands where.
"""

from typing import Final

from portal.frame.menus import Group


def _group(name: str, icon: str, *entries: str) -> Group:
    return Group(f"agents.menu_group.{name}", icon, tuple(f"agents.menu.{entry}" for entry in entries))


MENU: Final = (
    Group("", "", ("agents.menu.dashboard", "agents.menu.queue")),
    _group("files", "folder", "families", "gaps", "duplicates", "addresses", "protections", "invitations", "imports"),
    _group(
        *("requests", "edit", "enrollments", "changes", "procedures", "circulars", "documents"),
        *("resources", "registrations", "derogations", "births"),
    ),
    _group("places", "school", "attendance", "openings", "moves", "schools", "sectors"),
    _group("money", "invoice", "invoicing", "payments", "payer_conflicts"),
    _group("administration", "lock", "accounts", "invariants"),
)

AROUND: Final = {
    "agents.menu.families": ("/agents/enfants",),
    "agents.menu.schools": ("/agents/passages",),
    "agents.menu.procedures": ("/agents/procedures",),
}
"""Pages that belong to an entry and do not stand below its address: those of a child to the families, those of a class change to the schools, those of procedures to the requests."""
