import json, os, signal, subprocess, sys
from pathlib import Path
from uuid import UUID
import httpx2, pytest
from datetime import timedelta
from joserfc.jwk import OKPKey
from chassis.actor import Actor, sign_actor
from contracts.types import ActorKind
from deploy.local.child import free_ports
from tests.component.billing.families import *
from tests.support.polling import eventually
from tests.support.services import write_town
pytestmark = pytest.mark.anyio

async def test_fuzz(postgres, secrets_dir, tmp_path):
    url = await postgres.create("billing")
    (port,) = free_ports(1)
    env = {"PATH": os.environ["PATH"], "ROLES": "api,jobs", "HTTP_PORT": str(port), "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "TOWN_FILE": str(write_town(tmp_path, FRAGMENT)), "SECRETS_DIR": str(secrets_dir), "PORTAL_URL": "http://localhost:1", "PAYFIP_URL": "http://127.0.0.1:9"}
    log = tmp_path / "log"
    p = subprocess.Popen([sys.executable, "-m", "services.billing"], env=env, stdout=log.open("w"), stderr=subprocess.STDOUT)
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            async def ready():
                try:
                    return (await client.get("/health/ready")).status_code == 200
                except httpx2.TransportError:
                    return False
            await eventually(ready, 40)
        key = OKPKey.import_key(json.loads((secrets_dir / "actor_private.json").read_text()))
        for actor in (Actor(UUID(int=0), ActorKind.SYSTEM), Actor(UUID(int=1), ActorKind.PARENT, guardian_id=UUID(int=1))):
            token, _ = sign_actor(actor, key, timedelta(minutes=20))
            r = subprocess.run([str(Path(sys.executable).parent / "st"), "run", "contracts/openapi/billing.json", "--url", f"http://127.0.0.1:{port}", "-H", f"Authorization: Bearer {token}", "-H", "Idempotency-Key: fuzz", "--checks", "not_a_server_error", "-n", "40", "--phases", "examples,coverage,fuzzing"], capture_output=True, text=True, timeout=500)
            print(r.stdout[-1500:], r.stderr[-500:])
    finally:
        p.send_signal(signal.SIGTERM); p.wait(20)
        for l in (log.read_text if log.exists() else str)().splitlines():
            if '"status": 5' in l or "exception" in l: print(l[:700])
