"""What an invoice says of an organization that is billed."""

from contracts.event import Model


class BilledOrganization(Model):
    """An organization that is billed, beside its legal name: to whose attention, and its number in a register."""

    contact_name: str
    siret: str | None
    rna: str | None
