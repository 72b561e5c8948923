"""The simulator's clock: the machine's, moved by the offset that a test asks for."""

from datetime import UTC, datetime, timedelta

from .controls import Controls


def real_now() -> datetime:
    """The machine's instant, in UTC; delays that a test waits for are measured with it."""
    return datetime.now(UTC)


def business_now(controls: Controls) -> datetime:
    """The instant that the payment rules see, in UTC."""
    return real_now() + timedelta(seconds=controls.clock.offset_seconds)
