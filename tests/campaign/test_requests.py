"""Many requests made from the OpenAPI documents to every operation, those of the public API among them: no 5xx, and answers as documented.

`make test` sends a few of each to the services alone.
"""

import asyncio

import pytest

from tests.component.authorization.matrix import APPLICATIONS
from tests.component.authorization.test_schemathesis import Fuzzer, callers, known_values, listening
from tests.component.authorization.world import World

pytestmark = pytest.mark.anyio

EXAMPLES = 40


@pytest.mark.parametrize("application", [*APPLICATIONS, "gateway"])
async def test_no_request_is_answered_by_a_fault(world: World, application: str) -> None:
    async with listening(world, application) as url:
        fuzzer = Fuzzer(application, url, known_values(world), await callers(world, application))
        fuzzer.examples = EXAMPLES
        await asyncio.to_thread(fuzzer.run)
    assert not fuzzer.faults, "\n\n".join(fuzzer.faults)
    assert any(status < 300 for status in fuzzer.statuses), fuzzer.statuses
