"""Pages of whoever is signed in, family or agent, about their own account."""

from portal.account.confirmation import pages as confirmation
from portal.account.credentials import pages as credentials
from portal.account.email import pages as email
from portal.account.franceconnect import pages as franceconnect
from portal.account.passkeys import pages as passkeys
from portal.account.persons import pages as persons
from portal.account.second_factor import pages as second_factor
from portal.account.sessions import pages as sessions
from portal.account.terms import pages as terms
from portal.frame.spaces import Space, signed_in

AREAS = (credentials, second_factor, passkeys, sessions, email, franceconnect, terms, persons, confirmation)
ACCOUNT = Space(signed_in, [page for area in AREAS for page in area.PAGES])
