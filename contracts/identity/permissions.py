"""What an agent may be allowed to do with accounts and agents."""

from contracts.types import Permission


class IdentityPermission(Permission):
    """The permissions of the identity service."""

    READ_ACCOUNTS = "identity.accounts.read", "See where the accounts of families stand."
    INVITE = "identity.accounts.invite", "Send a family a new activation link."
    INVITE_MANY = "identity.accounts.invite_many", "Invite many families at once, from a file."
    GIVE_PASSWORD = "identity.accounts.give_password", "Give the holder of an account a password at the counter."
    END_SESSIONS = "identity.sessions.end", "End the sessions of a family's account, of a telephone that was lost."
    READ_ACCEPTANCES = "identity.acceptances.read", "See which terms the holder of an account accepted, and when."
    ISSUE_SERVICE_KEYS = (
        "identity.service_keys.issue",
        "Give a family the key of a service of the town, and replace it.",
    )
    MERGE_ACCOUNTS = "identity.accounts.merge", "Merge two accounts of the same person, and separate them again."
    READ_AGENTS = "identity.agents.read", "See the agents, their roles and their sites."
    MANAGE_AGENTS = "identity.agents.manage", "Create agents, give them roles and sites, and close their accounts."
    NAME_AGENTS = "identity.agents.name", "Know by name the agents who acted."
    EXPORT_LISTS = "identity.lists.export", "Take a list that one may see away as a file."
    READ_HISTORY = "identity.history.read", "See what was done with the accounts of a household."
    CHECK_INVARIANTS = (
        "identity.invariants.check",
        "See what always holds of the identity service's rows, and have it checked.",
    )
