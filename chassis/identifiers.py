"""Identifiers: version 7 UUIDs (RFC 9562), which sort by creation time and keep indexes compact."""

import os
from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7

# A forked process would go on with the random numbers of its parent, and so would its fellows.
os.register_at_fork(after_in_child=uuid_utils.reseed_rng)


def new_id() -> UUID:
    return uuid7()
