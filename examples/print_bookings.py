"""Prints each booking that is confirmed: all that another system of the town needs to follow the portal.

    KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:8302 python examples/print_bookings.py

The topic, its events and their schemas are described in contracts/README.md. Records may come twice: `ce_id` tells.
"""

import asyncio
import json
import os

from aiokafka import AIOKafkaConsumer


async def print_bookings() -> None:
    """Print the confirmed bookings from the oldest on, and those to come."""
    consumer = AIOKafkaConsumer(
        os.environ.get("TOPIC_PREFIX", "") + "booking.bookings",
        bootstrap_servers=os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:8302"),
        group_id="print-bookings",
        auto_offset_reset="earliest",
    )
    async with consumer:
        async for record in consumer:
            if dict(record.headers)["ce_type"] == b"booking.booking_confirmed.v1":
                booking = json.loads(record.value)
                print("{service_on} child {child_id} activity {activity_id}".format_map(booking), flush=True)


if __name__ == "__main__":
    asyncio.run(print_bookings())
