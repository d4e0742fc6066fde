"""Row locks for linkage, always taken in one order.

Document before supply before demand before link (the order of the database guard), lower primary keys first. Every
operation locks through here and locks once, all rows it will touch, so two of them may wait for each other but can
never deadlock. An order's document and positions are the locks of its header and rows; what an app locks besides
it locks last (``lock_last``).
"""

from django.db import connection

from erp.exceptions import Gone
from linkage.chains import ids_below
from linkage.models import Demand, DemandKind, Document, OrderLink, Supply, SupplyKind
from linkage.operation import StartOver
from linkage.queries.sql import array, named_rows

LOCK_ORDER = (Document, Supply, Demand, OrderLink)
# Nothing hangs below these. (A supply that a caller knows only by its id has no kind: it may be made of something.)
WITHOUT_COMPONENTS = {SupplyKind.STOCK, SupplyKind.PURCHASE}


def lock(*rows):
    """Lock rows until the transaction ends, one statement per table; return them, as they are now, in their order."""
    fresh = {}
    for model in LOCK_ORDER:
        wanted = {row.pk for row in rows if isinstance(row, model)}
        fresh |= {(model, row.pk): row for row in _lock(model, wanted)}
    if missing := [row for row in rows if (type(row), row.pk) not in fresh]:
        raise Gone(missing[0])
    return [fresh[type(row), row.pk] for row in rows]


def lock_ids(*, documents=(), supplies=(), demands=()):
    """Lock positions by id; return two dictionaries, supplies and demands by id, as they are now."""
    _lock(Document, set(documents))
    return (
        {row.pk: row for row in _lock(Supply, set(supplies))},
        {row.pk: row for row in _lock(Demand, set(demands))},
    )


LOCKED = "select * from {table} where id = any(%s) order by id for no key update"
HELD = "select id from {table} where id = any(%s) order by id for no key update"
SUPPLY_FACTS = "id pk, part_id, warehouse_id, kind, status, free, due_date"
DEMAND_FACTS = "id pk, part_id, warehouse_id, kind, status, firm, uncovered, need_date"


def lock_thousands(*, supplies=(), demands=()):
    """As ``lock_ids``, but only what matching needs of each row, as named tuples: instances cost four times as much."""
    return (
        {row.pk: row for row in _lock_facts(Supply, SUPPLY_FACTS, supplies)},
        {row.pk: row for row in _lock_facts(Demand, DEMAND_FACTS, demands)},
    )


def _lock_facts(model, columns, ids):
    table = model._meta.db_table
    return named_rows(
        model.__name__, f"select {columns} from {table} where id = any(%s) order by id for no key update", [list(ids)]
    )


def lock_last(model, ids):
    """Lock rows of an app's own list once all else is locked and written; return them as they are now.

    For a status that follows from rows which several operations end at once: nobody who waits here holds what is
    locked before. Lower ids first.
    """
    return _lock(model, set(ids))


def hold(*rows, demands=()):
    """Lock rows, and ``demands`` (ids), without reading them: of ten thousand in an order only the numbers change."""
    own = {model: {row.pk for row in rows if isinstance(row, model)} for model in LOCK_ORDER}
    _hold(own, {Demand: set(demands)})


def lock_unread(*rows, supplies=(), demands=()):
    """As ``lock``, without reading the rows: who locks thousands reads what it needs of them afterwards.

    ``supplies`` and ``demands`` are ids. A document that is gone is refused; where a position is, the operation starts
    over without it.
    """
    ids = {Supply: dict.fromkeys(supplies), Demand: dict.fromkeys(demands)}
    for model in LOCK_ORDER:
        wanted = {row.pk: row for row in rows if isinstance(row, model)} | ids.get(model, {})
        if not wanted:
            continue
        if missing := wanted.keys() - _held(model, wanted):
            raise Gone(wanted[min(missing)]) if model is Document else StartOver


def _held(model, ids):
    return {row.id for row in named_rows("Held", HELD.format(table=model._meta.db_table), [array(ids)])}


def lock_chain(roots, *rows):
    """Lock ``rows`` and, in the same call, the chain below ``roots`` (one supply or several); return the rows.

    An operation that moves a deadline refreshes need dates down that chain. When somebody made it longer while we
    waited, the operation starts over: locking the rest now, in another order, is how deadlocks start.
    """
    roots = roots if isinstance(roots, (list, tuple)) else [roots]
    feeding = [root.pk for root in roots if root.kind not in WITHOUT_COMPONENTS]
    if not feeding:
        return lock(*rows)
    own = {model: {row.pk for row in rows if isinstance(row, model)} for model in LOCK_ORDER}
    below = _chain_below(feeding)
    fresh = lock(*rows) if _covers(own, below) else _hold(own, below)
    if not _covers(below, _chain_below(feeding)):
        raise StartOver
    return fresh or lock(*rows)  # held already; now read


def _chain_below(supply_ids):
    supplies, demands = ids_below(supply_ids)
    return {Supply: set(supplies), Demand: set(demands)}


def _hold(own, below):
    """Lock without reading: a chain may have thousands of rows, and the caller wants only its own."""
    with connection.cursor() as cursor:
        for model in LOCK_ORDER:
            if ids := own[model] | below.get(model, set()):
                cursor.execute(HELD.format(table=model._meta.db_table), [array(ids)])


def lock_link(link, *more):
    """Lock a link with both ends, the shelf and ``more``, and the chain that its supply feeds on; (link, more)."""
    ends = OrderLink.objects.with_ends().get(pk=link.pk)
    shelf = [ends.stock] if ends.stock else []
    fresh, supply, demand, *rest = lock_chain(ends.supply, ends, ends.supply, ends.demand, *more, *shelf)
    fresh.supply, fresh.demand = supply, demand
    return fresh, rest[: len(more)]


def rows_of_order(supply):
    """What the owner of a supply locks to change its order: the document, its lines, their components and links."""
    return _rows_of_documents({supply.document_id} - {None})


def _rows_of_documents(documents):
    if not documents:
        return []
    supplies = list(Supply.objects.filter(document__in=documents))
    demands = list(Demand.objects.filter(for_supply__in=supplies))
    links = OrderLink.objects.open().filter(demand__in=demands) | OrderLink.objects.open().filter(supply__in=supplies)
    ends = {row for link in links.with_ends() for row in (link.supply, link.demand, link.stock) if row is not None}
    return list({*(Document(pk=pk) for pk in documents), *supplies, *demands, *ends})


def rows_of_orders_served(*supplies):
    """The rows of the orders that services are done for: a receipt starts them, taking it back may end the start."""
    served = Supply.objects.filter(components__kind=DemandKind.SUBCONTRACT, components__links__supply__in=supplies)
    return _rows_of_documents(set(served.values_list("document", flat=True))) if supplies else []


def _covers(ids, asked):
    return all(wanted <= ids[model] for model, wanted in asked.items())


def _lock(model, ids):
    """No joined rows under a lock (it would lock those too); ``no key`` lets others insert rows that refer to these.

    As text, because every operation comes through here and building the statement takes longer than running it.
    """
    if not ids:
        return []
    return list(model.objects.raw(LOCKED.format(table=model._meta.db_table), [list(ids)]))
