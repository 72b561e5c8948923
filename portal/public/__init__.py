"""Pages open to everybody, and the way in: sign-in, activation, first steps."""

from portal.frame.spaces import Space, anybody
from portal.public import nowhere
from portal.public.activation import pages as activation
from portal.public.activities import pages as activities
from portal.public.agent_sign_in import pages as agent_sign_in
from portal.public.check import pages as check
from portal.public.email_link import pages as email_link
from portal.public.first_steps import pages as first_steps
from portal.public.forgotten import pages as forgotten
from portal.public.franceconnect import pages as franceconnect
from portal.public.home import pages as home
from portal.public.information import pages as information
from portal.public.passkeys import pages as passkeys
from portal.public.procedures import pages as procedures
from portal.public.registration import pages as registration
from portal.public.sign_in import pages as sign_in

PUBLIC = Space(
    anybody,
    [
        page
        for area in (
            home,
            sign_in,
            agent_sign_in,
            passkeys,
            franceconnect,
            forgotten,
            registration,
            activation,
            email_link,
            first_steps,
            activities,
            information,
            procedures,
            check,
            nowhere,
        )
        for page in area.PAGES
    ],
)
