"""Pages of a signed-in family, and of whoever acts for one."""

from portal.family.calendar import pages as calendar
from portal.family.certificates import pages as certificates
from portal.family.children import health as child_health
from portal.family.children import insurance as child_insurance
from portal.family.children import pages as children
from portal.family.delegations import pages as delegations
from portal.family.documents import pages as documents
from portal.family.enrollments import pages as enrollments
from portal.family.entrusted import pages as entrusted
from portal.family.exports import pages as exports
from portal.family.history import pages as history
from portal.family.home import pages as home
from portal.family.home import requests as asked
from portal.family.household import discretion, entourage, quotients, record
from portal.family.household import pages as household
from portal.family.households import pages as households
from portal.family.invoices import pages as invoices
from portal.family.menu import pages as menu
from portal.family.online_services import pages as online_services
from portal.family.requests import pages as requests
from portal.family.resources import pages as resources
from portal.family.services import pages as services
from portal.family.without_file import pages as without_file
from portal.frame.spaces import Space, only_families, only_holders

FAMILY = Space(
    only_families,
    [
        page
        for area in (
            *(home, asked, menu, households, enrollments, calendar, invoices, history, services, delegations),
            *(children, child_health, child_insurance, household, record, discretion, entourage, quotients),
            *(documents, resources, certificates, exports, requests, without_file, online_services),
        )
        for page in area.PAGES
    ],
)
HELPING = Space(only_holders, entrusted.PAGES)
