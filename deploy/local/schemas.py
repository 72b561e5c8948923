"""Whether the databases are of this tree's schema: a service that cannot continue on its own would leave half a town."""

from collections.abc import Mapping

from chassis.data.migrations import CHASSIS_MIGRATIONS, MigrationChanged, check_applied

from .child import ROOT, LauncherError, run_apart


def check_schemas(addresses: Mapping[str, str]) -> None:
    """Compare what was applied to the database of each service with its migrations; raises LauncherError where they differ."""
    try:
        for service, address in addresses.items():
            run_apart(check_applied(address, CHASSIS_MIGRATIONS, ROOT / "services" / service / "migrations"))
    except MigrationChanged as changed:
        raise LauncherError(
            f"the data is of another schema ({changed} differs): `make reset` forgets it, then `make up` begins anew"
        ) from None
