"""W8: eight writers at once, on one hot supply and over forty, through the bare guard and through the operation.

Every figure is the time of one commit: how long all writers take together, divided by their commits.
"""

import random
import time
from decimal import Decimal

from erp.demo.bench import processes
from erp.demo.bench.loading import SEED, TODAY, analyze, copy_in, execute, fetch, parts, reserve, world
from erp.demo.bench.measuring import Case, DifferentWork, Measured, Side, client_seconds, server_seconds
from erp.register.models import User
from linkage.models import Demand, DemandKind, Document, OrderLink, Status, Supply, SupplyKind
from linkage.models.positions import DocumentKind
from linkage.operations import link

WRITERS, SUPPLIES, LINKS = 8, 40, 4
PROMISED = Decimal(1)
INSERT = """
insert into linkage_orderlink (supply_id, demand_id, part_id, warehouse_id, quantity, received, issued, released,
  kind, contract, rule, reason, created_by_id)
select s.id, d.id, d.part_id, d.warehouse_id, 1, 0, 0, 0, 'claimed', false, '', '', %s
from unnest(%s::bigint[], %s::bigint[]) p(supply_id, demand_id)
join linkage_supply s on s.id = p.supply_id join linkage_demand d on d.id = p.demand_id
"""
OVER_PROMISED = """
select (select count(*) from linkage_guard_drift)
  + (select count(*) from linkage_supply where allocated > quantity)
  + (select count(*) from linkage_demand where allocated > quantity)
"""
DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


def cases(size):
    """The writers stay for all cases: making one takes longer than its work."""
    commits = max(round(400 * size), WRITERS)
    with processes.writers(WRITERS) as together:

        def run(work):
            return _sum(together(write, work.values()))

        yield Case(workload="W8", name="one link alone", sides=lambda _: _alone(), bounds={"6 ms": 0.006})
        yield Case(
            workload="W8",
            name="a commit, one hot supply",
            sides=lambda _: _hot(run, commits),
            targets={"bare guard": 1 / 0.12, "operation over 40 supplies": 1 / 0.4},
        )


def _alone():
    base, [supply], demands = build(1, 50)
    user, supply, rows = base.user, Supply.objects.get(pk=supply), iter(Demand.objects.filter(pk__in=demands))
    return {
        "product": Side(
            work=lambda: link(demand=next(rows), supply=supply, quantity=PROMISED, by=user, accept_warnings=True),
            repeat=50,
        )
    }


def _hot(run, commits):
    return {
        "bare guard": _side(run, "insert", commits=commits, supplies=1),
        "product": _side(run, "link", commits=commits, supplies=1),
        "operation over 40 supplies": _side(run, "link", commits=commits, supplies=SUPPLIES),
        "bare guard over 40, four links": _side(run, "insert", commits=commits, supplies=SUPPLIES, links=LINKS),
    }


def _side(run, how, *, commits, supplies, links=1):
    """All demands that the writers link, made beforehand; each belongs to one writer, a supply to all."""
    each = commits // WRITERS
    work = {}

    def ready():
        base, offered, demands = build(supplies, each * WRITERS * links)
        chance = random.Random(SEED)
        for writer in range(WRITERS):
            mine = demands[writer * each * links : (writer + 1) * each * links]
            work[writer] = (how, base.user.pk, _batches(mine, offered, links, chance))

    return Side(ready=ready, work=lambda: run(work), result=_proved, scale=1 / (each * WRITERS))


def _batches(demands, supplies, links, chance):
    """[(supply id, demand id), ...] for each transaction; no supply twice in one."""
    return [
        list(zip(chance.sample(supplies, links), demands[start : start + links], strict=True))
        for start in range(0, len(demands), links)
    ]


def _sum(reports):
    """From the first start to the last end."""
    server = [report.server for report in reports]
    started, ended = zip(*(report.result for report in reports), strict=True)
    return Measured(
        seconds=max(ended) - min(started),
        client=sum(report.client for report in reports),
        server=None if None in server else sum(server),
    )


def _proved(_):
    """No deadlock, nothing promised twice, no sum adrift; otherwise there is nothing to compare."""
    [(broken,)], [(deadlocks,)] = fetch(OVER_PROMISED), fetch(DEADLOCKS)
    if broken or deadlocks:
        raise DifferentWork(f"W8: {broken} sums are wrong and {deadlocks} deadlocks happened.")
    return True


def build(supplies, demands):
    base = world()
    [part] = parts(base, 1, prefix="HOT")
    first = reserve(Document, 1)[0]
    papers = {
        kind: copy_in(
            Document,
            [{"number": f"{kind}-{first}", "serial": first, "ordered_on": TODAY}],
            company_id=base.company.pk,
            kind=kind,
        )[0]
        for kind in (DocumentKind.PURCHASE, DocumentKind.SALES)
    }
    ends = {"part_id": part, "warehouse_id": base.warehouse.pk}
    offered = copy_in(
        Supply,
        ({"position": n, "quantity": Decimal(demands)} for n in range(supplies)),
        document_id=papers[DocumentKind.PURCHASE],
        kind=SupplyKind.PURCHASE,
        status=Status.FIRM,
        due_date=TODAY,
        **ends,
    )
    waiting = copy_in(
        Demand,
        ({"position": n, "quantity": PROMISED} for n in range(demands)),
        document_id=papers[DocumentKind.SALES],
        kind=DemandKind.SALES,
        need_date=TODAY,
        **ends,
    )
    analyze(Document, Demand, Supply, OrderLink)
    return base, offered, waiting


# In a writer's process


def write(work):
    """One writer's commits, begun when all are ready."""
    how, user, batches = work
    commit = {"insert": _insert, "link": _link}[how]
    by = User.objects.get(pk=user)
    processes.wait_for_all()
    client, server, started = client_seconds(), server_seconds(), time.monotonic()
    for batch in batches:
        commit(by, batch)
    ended = time.monotonic()
    used = None if server is None else server_seconds() - server
    execute("select pg_stat_force_next_flush()")
    return Measured(seconds=ended - started, client=client_seconds() - client, server=used, result=(started, ended))


def _insert(by, batch):
    """What any program may do to the table; the guard alone checks it."""
    supplies, demands = zip(*batch, strict=True)
    execute(INSERT, [by.pk, list(supplies), list(demands)])


def _link(by, batch):
    [(supply, demand)] = batch
    link(
        demand=Demand.objects.get(pk=demand),
        supply=Supply.objects.get(pk=supply),
        quantity=PROMISED,
        by=by,
        accept_warnings=True,
    )
