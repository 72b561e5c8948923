"""Pages of a signed-in family."""

from portal.family.calendar import pages as calendar
from portal.family.enrollments import pages as enrollments
from portal.family.history import pages as history
from portal.family.home import pages as home
from portal.family.households import pages as households
from portal.family.invoices import pages as invoices
from portal.family.services import pages as services
from portal.frame.spaces import Space, only_families

FAMILY = Space(
    only_families,
    [page for area in (home, households, enrollments, calendar, invoices, history, services) for page in area.PAGES],
)
