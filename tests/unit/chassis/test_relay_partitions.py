"""Where the relay sends a key."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from chassis.events.relay import partition_of


@given(st.binary(min_size=1, max_size=60), st.integers(1, 24))
def test_a_key_goes_where_every_kafka_client_sends_it(key: bytes, count: int) -> None:
    partitions = list(range(count))
    assert partition_of(key, partitions, partitions) == DefaultPartitioner()(key, partitions, partitions)
