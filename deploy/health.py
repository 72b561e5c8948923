"""Asking a process for its health; run as a module it is a container's health check, whose exit code is 0 for alive."""

import http.client
import os
import sys

ANSWER_SECONDS = 4


def is_healthy(port: int, kind: str, limit_seconds: float) -> bool:
    """Whether 200 is answered on /health/<kind> of the loopback `port` within the limit; `kind` is live or ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=limit_seconds)
    try:
        connection.request("GET", f"/health/{kind}")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(int(os.environ["HTTP_PORT"]), "live", ANSWER_SECONDS) else 1)
