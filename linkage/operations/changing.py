"""Writing what a plan says (``linkage.changes``): a step inside an operation that holds the locks of the whole chain.

Set by set, whatever the number of orders. Links are cut first and the guard settles, then positions get their new
quantities, then links grow: so no sum is wrong in between.
"""

from django.db import connection
from django.db.models import Q

from erp.exceptions import Refused
from linkage.chains import ids_below
from linkage.changes.decisions import LookAgain
from linkage.changes.planner import plan_change
from linkage.changes.tree import read_tree
from linkage.checks import check_linkable, check_no_circle
from linkage.dates import refresh_need_dates
from linkage.models import Demand, Document, OrderLink, Supply
from linkage.operation import settle
from linkage.operations.deciding import leave_for_worklist
from linkage.operations.links import add_links
from linkage.operations.releasing import mark_orphans, unmark_orphans
from linkage.owners import owner_of_kind
from linkage.queries.sql import array

CUT = """
update linkage_orderlink l set received = received - n.shelf, released = released + n.cut + n.shelf, reason = %s
from unnest(%s::bigint[], %s::numeric[], %s::numeric[]) n(id, cut, shelf) where l.id = n.id
"""
GROW = """
update linkage_orderlink l set quantity = quantity + n.more
from unnest(%s::bigint[], %s::numeric[]) n(id, more) where l.id = n.id
"""
SUPPLIES = """
update linkage_supply s set quantity = n.quantity, due_date = n.due, revision_id = n.revision,
  variant = n.variant,
  status = case when n.ends then 'cancelled' else s.status end,
  cancelled = case when n.ends then greatest(n.quantity - s.done, 0) else s.cancelled end,
  orphaned_at = case when n.ends then null else s.orphaned_at end
from unnest(%s::bigint[], %s::numeric[], %s::date[], %s::bigint[], %s::text[], %s::boolean[])
  n(id, quantity, due, revision, variant, ends)
where s.id = n.id
"""
DEMANDS = """
update linkage_demand d set quantity = n.quantity, need_date = n.need, priority = n.priority,
  status = case when n.ends then 'cancelled' else d.status end,
  cancelled = case when n.ends then greatest(n.quantity - d.done, 0) else d.cancelled end
from unnest(%s::bigint[], %s::numeric[], %s::date[], %s::smallint[], %s::boolean[])
  n(id, quantity, need, priority, ends)
where d.id = n.id
"""


def change_chain(*, demands=(), supplies=(), decisions, by, reason=""):
    """Plan the wants (DemandWant, SupplyWant) with the decisions, write the plan, return it.

    A step: the caller holds the locks of the chain and of ``also_locked``. Raises LookAgain where a question is open or
    the plan is another one than the person saw.
    """
    tree = read_tree(demands=[want.demand for want in demands], supplies=[want.supply for want in supplies])
    plan = decisions.plan = plan_change(demands=demands, supplies=supplies, tree=tree, decisions=decisions, by=by)
    _check(plan, decisions)
    _write(plan, by=by, reason=reason, roots={want.demand for want in demands})
    leave_for_worklist(plan, by=by, reason=reason)
    return plan


def _check(plan, decisions):
    if not decisions.by_person or decisions.trial:
        return
    if plan.open_questions:
        names = ", ".join(dict.fromkeys(str(question.subject) for question in plan.open_questions))
        raise LookAgain(f"Choose what happens to {names}.")
    if decisions.seen is not None and decisions.seen != plan.fingerprint:
        raise LookAgain("This is what your choices do, and the chain as it is now. Look at it and save again.")


def also_locked(decisions):
    """The rows beside the chain that the answers name: what they take from, give to, order below or make follow."""
    if decisions is None:
        return []
    supplies = list(Supply.objects.filter(pk__in=decisions.ids("take", "to")).only("pk", "kind"))
    demands = list(Demand.objects.filter(pk__in=decisions.ids("give")).only("pk"))
    follow = Q(pk__in=decisions.followed_by) | Q(links__in=decisions.links_answered("row"))
    rows = list(Demand.objects.filter(follow).distinct())
    documents = list(Document.objects.filter(demands__in=rows).distinct())
    below, needs = ids_below(list(OrderLink.objects.open().filter(demand__in=rows).values_list("supply", flat=True)))
    supplies += [Supply(pk=pk) for pk in below]
    demands += [*rows, *(Demand(pk=pk) for pk in needs)]
    anew = Q(pk__in=decisions.ordered_anew) | Q(links__in=decisions.links_answered("new"))
    made = [demand for demand in Demand.objects.filter(anew).select_related("part").distinct() if demand.part.is_made]
    if made:
        places = {"parts": {demand.part_id for demand in made}, "warehouses": {demand.warehouse_id for demand in made}}
        supplies += owner_of_kind("production").supplies_to_take(**places)
    for supply in Supply.objects.filter(pk__in=decisions.revised):
        supplies += owner_of_kind(supply.kind).taken_below([supply.pk])
    return [*documents, *supplies, *demands]


def _write(plan, *, by, reason, roots):
    supplies, demands = plan.tree.supplies.values(), plan.tree.demands.values()
    for demand, warehouse, along in plan.relocated:
        _relocate(demand, warehouse, along)
    links = [link for supply in supplies for link in supply.links]
    cut = [link for link in links if link.cut or link.cut_shelf]
    if cut:
        _run(CUT, [(link.pk, link.cut, link.cut_shelf) for link in cut], reason[:200] or "needed less")
        settle()
    changed = [supply for supply in supplies if supply.is_changed]
    _write_supplies(changed)
    _write_demands(demands, roots)
    grown = [link for link in links if link.grown]
    if grown:
        _run(GROW, [(link.pk, link.grown) for link in grown])
    settle()
    for kind in sorted({supply.kind for supply in changed}):
        owner_of_kind(kind).carry([supply for supply in changed if supply.kind == kind], by=by)
    _after(plan, {link.supply.pk for link in cut} - {s.pk for s in changed if s.is_cancelled}, by=by)
    beside = plan.given or plan.made or plan.moved_rows or any(supply.recipe for supply in supplies)
    if beside:  # what lies beside the chain, and what is new in it, is not in the plan's need dates
        moved = [supply.pk for supply in supplies if supply.kind == "production"]
        refresh_need_dates({*moved, *(given.supply for given in plan.given)})


def _relocate(demand, warehouse, supplies):
    """Both ends and their links in one go; what was linked to anything else stays on record where it was."""
    pks = [supply.pk for supply in supplies]
    links = OrderLink.objects.filter(Q(demand=demand.pk) | Q(supply__in=pks))
    if links.exclude(demand=demand.pk, supply__in=pks).exists():
        raise Refused(
            f"{demand} or an order of it was linked to something else in its warehouse, which stays on record there. "
            f"Delete the row and add it anew in {warehouse}."
        )
    Demand.objects.filter(pk=demand.pk).update(warehouse=warehouse)
    Supply.objects.filter(pk__in=pks).update(warehouse=warehouse)
    links.update(warehouse=warehouse)


def _write_supplies(supplies):
    figures = [(s.pk, s.new_quantity, s.new_due, *_made_as(s), s.is_cancelled) for s in supplies]
    if figures:
        _run(SUPPLIES, figures)


def _made_as(supply):
    return supply.new_revision.id, supply.new_revision.variant


def _write_demands(demands, roots):
    """Quantity, need date and priority at once, because each writing of a row costs as much as all three.

    The priority of a root is written by the operation that changes its row; so is the date of a row that follows.
    """
    figures = []
    for d in demands:
        follows = not d.is_cancelled and (d.pk in roots or d.for_supply_id is not None)
        need = d.new_need if follows else d.need
        priority = d.priority if d.pk in roots else d.new_priority
        if d.is_changed or need != d.need or priority != d.priority:
            figures.append((d.pk, d.new_quantity, need, priority, d.is_cancelled))
    if figures:
        _run(DEMANDS, figures)


def _after(plan, cut_from, *, by):
    """New promises beside the chain, new orders, and what is an orphan now."""
    for moved in plan.moved_rows:
        _move_row(moved, by=by)
    if plan.given:
        _give(plan.given, by=by)
        settle()
    mark_orphans(cut_from)
    unmark_orphans([given.supply for given in plan.given])
    for demand_id, quantity in plan.made:
        demand = Demand.objects.for_list().get(pk=demand_id)
        owner_of_kind("production" if demand.part.is_made else "purchase").make_for(demand, quantity=quantity, by=by)
        settle()  # what the new orders promise is not free for the next
    supplied = [supply for supply in plan.tree.supplies.values() if supply.is_supplied]
    for kind in sorted({supply.kind for supply in supplied}):
        recipes = [supply.recipe for supply in supplied if supply.kind == kind]
        plan.notes += owner_of_kind(kind).cover_added(recipes, by=by)


def _move_row(moved, *, by):
    """A sales row follows: through its own operation, which tells no other order about it."""
    demand = Demand.objects.for_list().get(pk=moved.demand.pk)
    owner = owner_of_kind(demand.kind)
    if moved.quantity is not None:
        owner.change_quantity(demand, quantity=moved.quantity, by=by)
    if moved.date is not None:
        owner.change_date(demand, date=moved.date, by=by)


def _give(given, *, by):
    supplies = Supply.objects.for_list().in_bulk([one.supply for one in given])
    demands = Demand.objects.for_list().in_bulk([one.demand for one in given])
    new = []
    for one in given:
        supply, demand = supplies[one.supply], demands[one.demand]
        check_linkable(demand=demand, supply=supply, quantity=one.quantity)
        check_no_circle(demand=demand, supply=supply)
        new.append(OrderLink(supply=supply, demand=demand, quantity=one.quantity, kind=one.kind, reason=one.reason))
    add_links(new, by=by)


def _run(sql, figures, *others):
    """``figures``: a tuple for each row that is written; the statement takes them as one array a column."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*others, *map(array, zip(*figures, strict=True))])
