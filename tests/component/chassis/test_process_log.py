"""A service's own process: what it writes to its log about a request, whose trace it continues, and how it ends."""

import asyncio
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import OKPKey

from chassis.actor import sign_actor
from deploy.local.child import free_ports
from tests.component.chassis.probe_service import SERVICE
from tests.support.databases import Postgres
from tests.support.polling import eventually
from tests.support.roles import Role, agent_of
from tests.support.services import DEMO_TOWN

pytestmark = pytest.mark.anyio

SECRET_TEXT = "Violette Lemercier"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}


async def is_ready(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).status_code == 200
    except httpx2.TransportError:
        return False


async def ask_twice_at_once(host: str, port: int, token: str) -> None:
    """On one connection, a request of somebody and, without waiting for its answer, one of nobody."""
    reader, writer = await asyncio.open_connection(host, port)
    asked = "GET /myself HTTP/1.1\r\nHost: probe\r\n"
    writer.write(f"{asked}Authorization: Bearer {token}\r\n\r\n{asked}Connection: close\r\n\r\n".encode())
    answers = await reader.read()
    writer.close()
    assert answers.index(b"HTTP/1.1 200") < answers.index(b"HTTP/1.1 401")


async def lines_of(environment: dict[str, str], client: httpx2.AsyncClient, token: str) -> list[dict[str, Any]]:
    """Start a process, let a request break in it, ask it for more, stop it gently; the lines of its log."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.component.chassis.probe_service",
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await eventually(lambda: is_ready(client), 30)
        answer = await client.post("/broken", json={"text": SECRET_TEXT}, headers=TRACEPARENT)
        assert (answer.status_code, answer.json()["trace_id"]) == (500, TRACE_ID)
        await client.get(f"/{SECRET_TEXT}")
        await ask_twice_at_once(str(client.base_url.host), client.base_url.port or 0, token)
    finally:
        process.terminate()
        output, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert SECRET_TEXT not in output.decode()
    return [json.loads(line) for line in output.splitlines()]


async def test_a_bug_is_loud_in_the_log_without_a_value_of_the_request(postgres: Postgres, secrets_dir: Path) -> None:
    (port,) = free_ports(1)
    environment = {
        "ROLES": "api",
        "HTTP_PORT": str(port),
        "DATABASE_URL": await postgres.create("probe"),
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "TOWN_FILE": str(DEMO_TOWN),
        "SECRETS_DIR": str(secrets_dir),
        "PORTAL_URL": "http://localhost:8000",
    }
    agent = agent_of(Role.SITE)
    key = OKPKey.import_key(json.loads((secrets_dir / "actor_private.json").read_text()))
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        lines = await lines_of(environment, client, sign_actor(agent, key, timedelta(minutes=5))[0])
    (bug,) = [line for line in lines if line["event"] == "unhandled exception"]
    assert (bug["level"], bug["error"], bug["service"]) == ("error", "LookupError", SERVICE.name)
    assert bug["exception"][-1].endswith(":break_down")
    (request,) = [line for line in lines if line["event"] == "request" and line["route"] == "/broken"]
    assert (request["method"], request["status"]) == ("POST", 500)
    assert request["trace_id"] == bug["trace_id"] == TRACE_ID
    (unknown,) = [line for line in lines if line["event"] == "request" and line["route"] == "unmatched"]
    assert (unknown["method"], unknown["status"]) == ("GET", 404)
    known, nobody = [line for line in lines if line.get("route") == "/myself"]
    assert (known["status"], known["account_id"], known["actor_kind"]) == (200, str(agent.account_id), "agent")
    assert nobody["status"] == 401
    assert nobody.keys().isdisjoint({"account_id", "actor_kind"})
    assert lines[-1]["event"] == "service stopped"
