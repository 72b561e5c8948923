"""Pages of whoever is signed in, family or agent, about their own account."""

from portal.account.credentials import pages as credentials
from portal.account.terms import pages as terms
from portal.frame.spaces import Space, signed_in

ACCOUNT = Space(signed_in, [page for area in (credentials, terms) for page in area.PAGES])
