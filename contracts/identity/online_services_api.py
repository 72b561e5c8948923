"""What the identity service answers of the online services that an account does without."""

from contracts.identity.online_services import OnlineServicesChoice
from contracts.operation import families, put


@put("/me/online-services", families())
async def choose_online_services(body: OnlineServicesChoice) -> OnlineServicesChoice:
    """Say which online services one does without from now on: they leave one's menus, and what is only convenient to hear of them is not mailed."""
