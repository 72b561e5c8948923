"""What passes by itself, and what never will: an outage is waited for, any other fault belongs to what was asked."""

import asyncpg

OUTAGES = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver's, of a connection that broke at the moment it was taken
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""The classes in which outages are told."""

COLLISIONS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
"""Rows that another transaction holds: the same work succeeds when it is done again."""


def is_outage(error: BaseException) -> bool:
    """Whether the database or a system beside it is away.

    A value that cannot be written, and a statement that ran out of its time, are told in the same classes and are none: they would
    be tried again for ever.
    """
    return isinstance(error, OUTAGES) and not isinstance(error, ValueError | asyncpg.QueryCanceledError)
