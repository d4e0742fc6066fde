"""Changes of a sent order: the supplier is asked for them, and accepts or declines.

A changed row counts at once as it was changed, and is not confirmed. What the supplier accepts it knows from then on;
what it declines goes back to what it knew, through the same preview as any change.
"""

from django.db.models import Max
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.units import to_base
from linkage.changes import Decisions, SupplyWant
from linkage.operation import operation
from linkage.operations import auto_link_supplies
from linkage.operations.changing import also_locked, change_chain
from linkage.operations.updating import update
from purchasing.differences import differences, line_difference
from purchasing.headers import header_differences, header_now, put_back
from purchasing.models import (
    Answer,
    ChangeKind,
    ChangeRequest,
    ChangeRequestFact,
    ChangeRequestLine,
    HeaderFact,
    PurchaseOrderRow,
)
from purchasing.operations.agreeing import agree, confirmed_as_a_whole
from purchasing.operations.courses import end_row
from purchasing.operations.dispatching import dispatch, next_version
from purchasing.operations.orders import HEADER_FACTS, check_place_stays
from purchasing.operations.rows import add_row
from purchasing.operations.steps import close_arrived, lock_order, status_from_rows, words
from purchasing.papers import request_paper_of


@operation
def send_changes(*, order, by, how, address="", reason=""):
    """Ask the supplier for all changes that it does not know yet, as one numbered request; returns the ChangeRequest.

    A request that still waits is replaced: the new one names all that differs from what the supplier last agreed to.
    """
    order, rows = lock_order(order)
    found, header = differences(order, rows), header_differences(order)
    if not found and not header:
        raise Refused(f"The supplier knows {order} as it is; there is no change to send.")

    order.change_requests.waiting().update(status=Answer.REPLACED)
    number = (order.change_requests.aggregate(last=Max("number"))["last"] or 0) + 1
    version = next_version(order)
    texts = request_paper_of(order, rows, found, header=header, number=number, version=version)
    sent = dispatch(order, texts, version=version, how=how, address=address, by=by)
    request = ChangeRequest.objects.create(order=order, number=number, dispatch=sent, created_by=by)
    ChangeRequestLine.objects.bulk_create([_line(request, one) for one in found])
    ChangeRequestFact.objects.bulk_create(
        [ChangeRequestFact(request=request, name=one.name, old=one.old, new=one.new) for one in header]
    )
    _note_asked([one.row for one in found if one.new])
    return request


def _line(request, one):
    facts = {f"old_{name}": value for name, value in one.old._asdict().items()} if one.old else {}
    facts |= {f"new_{name}": value for name, value in one.new._asdict().items()} if one.new else {}
    return ChangeRequestLine(request=request, row=one.row, kind=one.kind, **facts)


def _note_asked(rows):
    for row in rows:
        row.wanted_quantity, row.wanted_on = row.quantity, row.supply.due_date
    update(rows, ["wanted_quantity", "wanted_on"])


@operation
def answer_changes(*, request, by, declined=(), declined_facts=(), supplier_reference="", reason="", decisions=None):
    """Note the supplier's answer: all is accepted but the ``declined`` (line ids), whose rows go back, and the
    ``declined_facts`` (ids) of the header, which are again what the supplier knows.

    A declined quantity or date is put back with ``decisions`` for who waits for the row, a new row ends, a cancelled
    row comes back as a row at the end, without its old links. Without decisions (a command) questions are left on the
    worklist of undecided changes.
    """
    order, rows = lock_order(request.order, *also_locked(decisions))
    request = ChangeRequest.objects.for_list().get(pk=request.pk)
    if not request.is_waiting:
        raise Refused(f"{request} is {request.get_status_display().lower()}.")
    by_pk = {row.pk: row for row in rows}
    lines = [(line, by_pk[line.row_id]) for line in request.lines.all()]
    back = [(line, row) for line, row in lines if line.pk in set(declined)]
    facts_back = [fact for fact in request.facts.all() if fact.pk in set(declined_facts)]
    if (back or facts_back) and not order.is_at_supplier:
        raise Refused(f"{order} is {words(order)}; nothing of it can go back. Order anew what is still wanted.")
    _check_place(order, facts_back)

    raised = {row.pk for line, row in back if _goes_up(line, row)}
    _accept([(line, row) for line, row in lines if line.pk not in set(declined)])
    _go_back(order, back, decisions=decisions or Decisions(by_person=False), by=by, reason=f"{request} declined")
    _answer_header(order, request, facts_back)
    _note_answer(request, lines, back, facts_back, supplier_reference)
    order, rows = lock_order(order)
    close_arrived([(order, rows)])
    if order.is_at_supplier:
        status_from_rows(order, rows)
    confirmed_as_a_whole([(order, rows)])
    auto_link_supplies(supplies=[row.supply for row in rows if row.pk in raised], by=by)
    return request


def _goes_up(line, row):
    return line.kind == ChangeKind.CHANGED and row.is_open and line.old_quantity > row.quantity


def _accept(lines):
    """The supplier knows the row as it was asked for, and has confirmed that; a cancelled row it forgets."""
    for line, row in lines:
        agree(row, line_difference(line).new)


def _go_back(order, lines, *, decisions, by, reason):
    wants = [want for line, row in lines if (want := _want_back(line, row))]
    if wants:
        change_chain(supplies=wants, decisions=decisions, by=by, reason=reason)
    for line, row in lines:
        BACK[line.kind](order, line, row, by=by, reason=reason)


def _want_back(line, row):
    """What the row's supply has to become again; None where that needs no look at who waits for it."""
    if line.kind == ChangeKind.REMOVED or not row.is_open:
        return None
    if line.kind == ChangeKind.ADDED:
        return SupplyWant(row.supply_id, gives_up=True)
    if (line.old_quantity, line.old_on) == (row.quantity, row.supply.due_date):
        return None
    base = to_base(part=row.supply.part, quantity=line.old_quantity, unit=row.unit) + row.supply.cancelled
    return SupplyWant(row.supply_id, quantity=base, due=line.old_on)


def _change_back(_order, line, row, **_facts):
    if not row.is_open:
        return
    prices_back = (row.price, row.discount) != (line.old_price, line.old_discount)
    facts = {"quantity": line.old_quantity, "price": line.old_price, "discount": line.old_discount}
    facts |= {"price_by_hand": row.price_by_hand or prices_back}
    facts |= {"wanted_quantity": line.old_quantity, "wanted_on": line.old_on}  # what was asked for is off the table
    PurchaseOrderRow.objects.filter(pk=row.pk).update(**facts)


def _end_new(_order, _line, row, *, by, reason):
    if row.is_open:
        row = PurchaseOrderRow.objects.for_list().get(pk=row.pk)
        end_row(row, cut_contract=True, reason=reason)


def _bring_back(order, line, row, *, by, reason):
    """The cancelled position is over; the same goods come as a new row, which the supplier knows."""
    supply, old = row.supply, line_difference(line).old
    facts = {"part": supply.part, "unit": row.unit, "warehouse": supply.warehouse, "revision": supply.revision}
    facts |= {"quantity": old.quantity, "due_date": old.on, "price": old.price, "discount": old.discount}
    new = add_row(order=order, goods_label=row.goods_label, by=by, reason=reason, **facts)
    agree(new, old)
    agree(row, None)


BACK = {ChangeKind.CHANGED: _change_back, ChangeKind.ADDED: _end_new, ChangeKind.REMOVED: _bring_back}


def _check_place(order, back):
    """What has arrived went where the document says: a declined place is not put back then."""
    now = header_now(order)
    for fact in back:
        if fact.name == HeaderFact.PLACE and now[fact.name] == fact.new:
            check_place_stays(order, {"delivery_address": fact.old})


def _answer_header(order, request, back):
    """What is accepted the supplier knows from now on; what it declined is put back, unless it was changed again."""
    facts, now = request.facts.all(), header_now(order)
    if not facts or order.told is None:
        return
    for fact in facts:
        if fact in back:
            if now[fact.name] == fact.new:
                put_back(order, fact.name, fact.old)
            continue
        order.told[fact.name] = fact.new
        if fact.name == HeaderFact.PLACE:
            order.told["drop_shipment"] = header_now(order)["drop_shipment"]
    order.document.save(update_fields=["ordered_on"])
    order.save(update_fields=[*HEADER_FACTS, "told"])


def _note_answer(request, lines, back, facts_back, supplier_reference):
    ids = {line.pk for line, _row in back}
    facts = {fact.pk for fact in facts_back}
    request.facts.filter(pk__in=facts).update(answer=Answer.DECLINED)
    request.facts.exclude(pk__in=facts).update(answer=Answer.ACCEPTED)
    no, all_of_it = len(ids) + len(facts), len(lines) + len(request.facts.all())
    request.lines.filter(pk__in=ids).update(answer=Answer.DECLINED)
    request.lines.exclude(pk__in=ids).update(answer=Answer.ACCEPTED)
    request.status = Answer.ACCEPTED if not no else Answer.DECLINED if no == all_of_it else Answer.PARTLY
    request.answered_at, request.supplier_reference = timezone.now(), supplier_reference
    request.save(update_fields=["status", "answered_at", "supplier_reference"])
