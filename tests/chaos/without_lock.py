"""Booking without its row lock, for the controls: places are read slowly, so that two processes read before either writes."""

from chassis.service import run
from services.booking.app import create
from services.booking.places import store
from services.booking.settings import BookingSettings

if __name__ == "__main__":
    assert store.LOCK_PLACES_SQL.count("for update") == 1
    store.LOCK_PLACES_SQL = store.LOCK_PLACES_SQL.replace("for update", "").replace(
        "from pools", "from pools, pg_sleep(0.5)"
    )
    settings = BookingSettings()
    run(create(settings), settings)
