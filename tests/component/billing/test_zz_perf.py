import time, pytest, cProfile, pstats
from tests.component.billing.families import *
from services.billing.runs import commands as runs, store
from contracts.types import InvoiceRunStatus
pytestmark = pytest.mark.anyio

async def test_perf(service):
    db = service.db
    await publish_tariff(service)
    centre = uuid4()
    await service.deliver(activity(centre))
    await db.execute("""insert into households select gen_random_uuid(), 1, gen_random_uuid(), 'Camille Martin', '{a,b}' from generate_series(1,2000)""")
    await db.execute("insert into household_children select household_id, gen_random_uuid(), 'Lina' from households")
    await db.execute("""insert into charges (charge_id, booking_id, household_id, child_id, activity_id, service_on, status, unit_cents, tariff_code, tariff_label, grid_version, bracket_label, quotient_cents, quotient_on, recorded_at)
      select gen_random_uuid(), gen_random_uuid(), household_id, child_id, $1, date '2026-09-01' + (n % 30), 'due', 900 + n, 'leisure', 'Tarif', 1, 'T2', 75000, '2026-01-01', now() from household_children, generate_series(1,30) n""", centre)
    await db.execute("analyze")
    finance = service.as_agent(Role.FINANCE)
    from chassis.database import Queries
    from collections import Counter
    spent = Counter()
    for name in ("execute","fetch","fetchrow","fetchval"):
        def wrap(orig):
            async def run(self, sql, *a):
                t = time.perf_counter()
                try: return await orig(self, sql, *a)
                finally: spent[" ".join(sql.split())[:60]] += time.perf_counter() - t
            return run
        setattr(Queries, name, wrap(getattr(Queries, name)))
    r = await service.client.post("/invoice-runs", json={"period": "2026-09"}, headers=finance | service.key())
    rid = r.json()["run_id"]
    t = time.perf_counter(); await service.run_job("invoice_runs"); d = time.perf_counter() - t
    t = time.perf_counter()
    for step in ("review", "issue"):
        assert (await service.client.post(f"/invoice-runs/{rid}/{step}", headers=finance)).status_code == 200
    a = time.perf_counter() - t
    t = time.perf_counter(); await service.run_job("invoice_runs"); i = time.perf_counter() - t
    n = await db.fetchval("select count(*) from invoices"); l = await db.fetchval("select count(*) from invoice_lines")
    t = time.perf_counter(); await db.fetch("select household_id, sum(unit_cents) from charges group by 1"); s = time.perf_counter() - t
    print(f"PERF invoices {n} lines {l} draft {d:.2f} advance {a:.2f} issue {i:.2f} total/s {n/(d+i):.0f} sum {s:.3f}")

    for k, v in spent.most_common(14): print("PERF", round(v,2), k)
