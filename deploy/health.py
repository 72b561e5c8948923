"""The health check of a container: exit code 0 when the process of this container says that it is alive, 1 otherwise."""

import http.client
import os
import sys

ANSWER_SECONDS = 4


def is_alive(port: int) -> bool:
    """Whether 200 is answered on /health/live of the loopback `port`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(int(os.environ["HTTP_PORT"])) else 1)
