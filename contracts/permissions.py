"""Every permission, by the name under which it travels."""

from collections.abc import Mapping
from typing import Final

from .billing.permissions import BillingPermission
from .booking.permissions import BookingPermission
from .family.permissions import FamilyPermission
from .identity.permissions import IdentityPermission
from .notifications.permissions import NotificationsPermission
from .types import Permission

PERMISSIONS: Final[Mapping[str, Permission]] = {
    permission.value: permission
    for permissions in (
        IdentityPermission,
        FamilyPermission,
        BookingPermission,
        BillingPermission,
        NotificationsPermission,
    )
    for permission in permissions
}
