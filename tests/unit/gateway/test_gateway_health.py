"""The gateway's process is over once the thread that serves its metrics died, and not because it is told to stop."""

from threading import Thread

from gateway.app import GatewayHealth


def ended() -> Thread:
    """A thread that ended."""
    thread = Thread(target=str)
    thread.start()
    thread.join()
    return thread


def test_a_dead_thread_of_metrics_ends_the_process() -> None:
    health = GatewayHealth()
    assert (health.dead_parts(), health.is_over()) == ([], False)
    health.serves_metrics(ended())
    assert (health.dead_parts(), health.is_over()) == (["metrics"], True)
    health.stopping()
    assert health.is_over()


def test_a_stop_is_no_death() -> None:
    health = GatewayHealth()
    health.stopping()
    health.serves_metrics(ended())
    assert (health.dead_parts(), health.is_over()) == ([], False)
