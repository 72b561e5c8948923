import asyncio, os, signal, subprocess, sys, time
from pathlib import Path
from uuid import uuid4
import asyncpg, httpx2, pytest
from aiokafka import AIOKafkaProducer
from deploy.local.child import free_ports
from tests.component.billing.families import *
from tests.support.polling import eventually
from tests.support.services import write_town, RunningService
pytestmark = pytest.mark.anyio

async def test_process(postgres, kafka, secrets_dir, tmp_path):
    url = await postgres.create("billing")
    (p1, p2) = free_ports(2)
    town = write_town(tmp_path, FRAGMENT)
    procs = []
    for port in (p1, p2):
        env = {"PATH": os.environ["PATH"], "HTTP_PORT": str(port), "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "TOWN_FILE": str(town), "SECRETS_DIR": str(secrets_dir), "PORTAL_URL": "http://localhost:1", "PAYFIP_URL": "http://127.0.0.1:9", "PYTHONPATH": "."}
        procs.append(subprocess.Popen([sys.executable, "-m", "services.billing"], env=env, stdout=open(tmp_path / f"log{port}", "w"), stderr=subprocess.STDOUT))
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{p1}") as client:
            async def ready():
                try:
                    return (await client.get("/health/ready")).status_code == 200
                except httpx2.TransportError:
                    return False
            t = time.time()
            await eventually(ready, 40)
            print("ready after", time.time() - t)
            for p in procs:
                print("rss kB", [l for l in open(f"/proc/{p.pid}/status") if l.startswith("VmRSS")])
            from tests.support.services import RunningService
            from chassis.actor import Actor, sign_actor
            from joserfc.jwk import OKPKey
            import json
            from contracts.types import ActorKind
            key = OKPKey.import_key(json.loads((secrets_dir / "actor_private.json").read_text()))
            from datetime import timedelta
            token, _ = sign_actor(Actor(UUID(int=0), ActorKind.SYSTEM), key, timedelta(minutes=5))
            h = {"Authorization": f"Bearer {token}"}
            assert (await client.put("/tariffs/leisure", json=LEISURE_GRID, headers=h)).status_code == 200
            producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
            await producer.start()
            centre = uuid4()
            fams = [Family() for _ in range(300)]
            events = [activity(centre)]
            for f in fams:
                b = Booked(f, centre)
                events += [f.state(), f.quotient(75000), b.confirmed(), b.attended()]
            from contracts.event import Envelope
            seq = {}
            for e in events:
                seq[e.topic, e.key] = seq.get((e.topic, e.key), 0) + 1
                env = Envelope(uuid4(), e.event_type, "/t", e.topic, e.key, seq[e.topic, e.key], datetime.now(UTC), e.payload())
                for _ in range(2):
                    await producer.send(e.topic, value=env.payload, key=env.key.encode(), headers=env.headers())
            await producer.flush()
            c = await asyncpg.connect(url)
            t = time.time()
            async def due():
                return await c.fetchval("select count(*) from charges where status = 'due' and unit_cents = 920") == 300
            await eventually(due, 60)
            print("due after", time.time() - t, await c.fetch("select * from dead_letters"))
            r = await client.post("/invoice-runs", json={"period": "2026-09"}, headers=h | {"Idempotency-Key": "k"})
            rid = r.json()["run_id"]
            async def st(s):
                return (await client.get(f"/invoice-runs/{rid}", headers=h)).json()["status"] == s
            t = time.time()
            await eventually(lambda: st("draft"), 30)
            assert (await client.post(f"/invoice-runs/{rid}/review", headers=h)).status_code == 200
            assert (await client.post(f"/invoice-runs/{rid}/issue", headers=h)).status_code == 200
            await eventually(lambda: st("issued"), 30)
            print("issued after", time.time() - t)
            async def drained():
                return await c.fetchval("select count(*) from outbox") == 0
            await eventually(drained, 30)
            print(await c.fetch("select job, failure from job_runs"))
            await producer.stop()
            await c.close()
    finally:
        for p in procs:
            p.send_signal(signal.SIGTERM)
        print("exit", [p.wait(20) for p in procs])
        for port in (p1, p2):
            print("".join((tmp_path / f"log{port}").read_text().splitlines(True)[-8:]))
