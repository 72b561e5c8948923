"""Transient and permanent errors: an outage is waited for and a collision retried, any other fault belongs to what was asked."""

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
"""The classes of errors that report an outage."""

COLLISIONS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
"""Contention - deadlock, serialization failure, lock timeout: the same work succeeds when it is retried."""


def is_outage(error: BaseException) -> bool:
    """Whether the database or a system beside it is away.

    A value that cannot be written, and a statement that ran out of its time, come in the same classes and are none: they would be
    retried for ever.
    """
    return isinstance(error, OUTAGES) and not isinstance(error, ValueError | asyncpg.QueryCanceledError)
