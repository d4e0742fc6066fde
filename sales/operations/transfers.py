"""Transfers: a row with a profile is mirrored in the production company, in the same transaction.

The delivery date goes both ways, nothing else does. What cannot be transferred stays on the row with the sentence why:
the row is saved all the same, as with its box.
"""

from django.db import transaction
from django.db.models import Q

from erp.exceptions import Refused
from linkage.operation import operation
from sales.configuring import waits_for_configuration
from sales.models import PartTransfer, SalesOrder, SalesOrderRow, Transfer, TransferPart
from sales.operations.building import NewRow
from sales.operations.mirrors import append_row, open_mirror
from sales.operations.structures import kit_rows
from sales.operations.taking import check_open, check_row_open, take_order
from sales.operations.types import check_part
from sales.statuses import RowStatus

LONGEST_TROUBLE = 400
OF_PART = "of the part"  # what a new row without a choice of its own gets


@operation
def set_profile(*, row, profile, by):
    """Choose the profile of a row and transfer it at once; with None the row is disconnected and stays so.

    A row that is transferred keeps its profile until it is disconnected. The profile that it has changes nothing.
    """
    row = _taken(row)
    check_row_open(row)
    transfer = Transfer.objects.filter(row=row).first()
    if profile is None:
        return _end(transfer) if transfer else None
    if transfer and transfer.profile_id == profile.pk:
        return transfer
    _check_may_go(row, profile)
    if transfer and transfer.is_whole:
        raise Refused(f"{row} is transferred to {transfer.there}; disconnect it before it goes elsewhere.")
    if transfer:
        transfer.delete()
    Transfer.objects.create(row=row, profile=profile)
    transfer_rows([row], by=by)
    return Transfer.objects.get(row=row)


@operation
def reload_transfer(*, row, by):
    """Try again to transfer a row that is not; refused with the sentence why where it cannot be."""
    row = _taken(row)
    transfer = Transfer.objects.filter(row=row).first()
    if transfer is None:
        raise Refused(f"{row} has no transfer profile.")
    check_row_open(row)
    if not transfer.is_whole:
        transfer_rows([row], by=by)
    return Transfer.objects.get(row=row)


@operation
def disconnect_transfer(*, row, by):
    """End a transfer; both rows live on, each in its company. ``row`` is of either side."""
    row = _taken(row)
    check_open(row.order)
    transfer = Transfer.objects.filter(row=row).first()
    if transfer is None:
        transfer = Transfer.objects.select_related("profile").filter(there=row).first()
        if transfer and not transfer.profile.disconnect_allowed:
            raise Refused(f"{transfer.profile} does not allow {row} to be disconnected here; ask the selling company.")
    if transfer is None:
        raise Refused(f"{row} is not transferred.")
    return _end(transfer)


def _end(transfer):
    row = transfer.row
    transfer.delete()
    return row


def _taken(row):
    order, _rows = take_order(row.order)
    fresh = SalesOrderRow.objects.for_list().get(pk=row.pk)
    fresh.order = order
    return fresh


def _check_may_go(row, profile):
    check_part(row, "transfer")
    if row.parent_id:
        raise Refused(f"{row} stands below another row; transfer that.")
    if sold := SalesOrderRow.objects.filter(transfer__there=row).first():
        raise Refused(f"{row} mirrors {sold} of another company and is not transferred further.")
    if not profile.is_active:
        raise Refused(f"{profile} is not active.")
    if row.order.document.company_id != profile.company_id:
        raise Refused(f"{profile} is for orders of {profile.company}; {row.order} is of {row.order.document.company}.")


def give_profiles(rows):
    """A step: new main rows get the profiles of their parts, where these are for the company of the order."""
    mine = {row.part_id: row for row in rows if row.part_id and not row.parent_id}
    found = PartTransfer.objects.filter(part__in=mine, profile__is_active=True).select_related("profile")
    profiles = {default.part_id: default.profile for default in found}
    made = [
        Transfer(row=row, profile=profiles[row.part_id])
        for row in rows
        if not row.parent_id
        and row.part_id in profiles
        and row.order.document.company_id == profiles[row.part_id].company_id
    ]
    Transfer.objects.bulk_create(made)
    return [transfer.row for transfer in made]


def give_profile(row, profile):
    """A step: a new main row gets the profile that somebody chose, none where that is None, else that of its part."""
    if profile == OF_PART:
        return give_profiles([row])
    if profile is None:
        return []
    _check_may_go(row, profile)
    Transfer.objects.create(row=row, profile=profile)
    return [row]


def default_profile(part, company):
    """The profile that new rows of a part get on orders of a company; None where they get none."""
    found = PartTransfer.objects.filter(part=part, profile__is_active=True, profile__company=company)
    return next((default.profile for default in found.select_related("profile")), None)


def transfer_rows(rows, *, by, refused=None):
    """A step: mirror rows with a profile that are not mirrored yet, one order there for each order and profile.

    The caller has locked their orders (``take_order`` locks the other side). Sentences go to ``refused`` by row id.
    """
    refused = {} if refused is None else refused
    waiting = Transfer.objects.filter(row__in=rows, there=None, row__closed_at=None)
    waiting = waiting.exclude(row__row_status=RowStatus.FORECAST)
    waiting = waiting.select_related("profile__company", "profile__warehouse__company__calendar", "profile__customer")
    waiting = list(waiting) if rows else []
    found = SalesOrderRow.objects.for_list().in_bulk([transfer.row_id for transfer in waiting])
    for transfer in sorted(waiting, key=lambda one: (one.profile_id, found[one.row_id].position)):
        row = found[transfer.row_id]
        if row.order.has_demands and (sentence := _mirror(transfer, row, by=by)):
            refused[row.pk] = sentence


def _mirror(transfer, row, *, by):
    """Make the mirrored row; why not, in a sentence, where it cannot be made."""
    try:
        with transaction.atomic():
            transfer.there, transfer.trouble = _made(transfer.profile, row, by=by), ""
            transfer.save(update_fields=["there", "trouble"])
    except Refused as refusal:
        transfer.there, transfer.trouble = None, f"{row}: {refusal}"[:LONGEST_TROUBLE]
        transfer.save(update_fields=["trouble"])
    return transfer.trouble


def _made(profile, row, *, by):
    _check_may_go(row, profile)
    mapped = TransferPart.objects.filter(profile=profile, part=row.part).select_related("there__unit").first()
    part = mapped.there if mapped else row.part
    if not part.is_active:
        raise Refused(f"{part} is not active, so {profile.warehouse.company} cannot be asked for it.")
    if waits_for_configuration(row):
        raise Refused("configure it first; nobody has confirmed what is wanted of it.")
    new = NewRow(
        part=part,
        quantity=row.quantity,
        unit=row.unit,
        warehouse=profile.warehouse,
        delivery_date=row.delivery_date,
        desired_date=row.desired_date,
        row_status=row.row_status,
        customer_order_number=str(row.order)[:30],
        customer_row_position=str(row.position),
        goods_label=row.goods_label,
        **(_wanted_of(row, profile) if part == row.part else {}),
    )
    return append_row(_order_there(profile, row.order) or open_mirror(profile, row.order), new, by=by)


def _wanted_of(row, profile):
    """What was chosen for this row, where the part is the same there; its own parts, if it is a fictitious part."""
    chosen = {"revision": row.revision, "variant": row.variant, "configured_at": row.configured_at}
    if row.is_kit:
        chosen["sub_rows"] = tuple(_part_there(part, profile) for part in kit_rows(row) if not part.is_cancelled)
    return chosen


def _part_there(part, profile):
    kept = {name: getattr(part, name) for name in ("part", "quantity", "unit", "role", "within", "revision", "variant")}
    return NewRow(warehouse=profile.warehouse, **kept)


def _order_there(profile, order):
    """The open order that mirrors rows of this one already; there the next row goes."""
    there = Transfer.objects.filter(profile=profile, row__order=order).exclude(there=None).values("there__order")
    found = SalesOrder.objects.for_list().filter(pk__in=there).order_by("-pk")
    return next((mirrored for mirrored in found if mirrored.is_open), None)


def mirrored_rows(rows):
    """[(row, the open row of another company that has its date)]: the mirrored one, or the one that it mirrors."""
    here = {row.pk: row for row in rows}
    if not here:
        return []
    pairs = Transfer.objects.filter(Q(row__in=here) | Q(there__in=here)).exclude(there=None)
    others = {}
    for sold, made in pairs.values_list("row", "there"):
        others |= {made: here[sold]} if sold in here else {sold: here[made]}
    found = SalesOrderRow.objects.for_list().in_bulk(list(others)) if others else {}
    return [(others[pk], row) for pk, row in sorted(found.items()) if not row.is_closed and row.order.is_open]


def transferred(rows):
    """Those of the rows that are transferred, or mirror a row of another company."""
    ids = [row.pk for row in rows]
    here, there = Transfer.objects.filter(row__in=ids).values_list("row"), Transfer.objects.filter(there__in=ids)
    found = {pk for (pk,) in here.union(there.values_list("there"))}
    return [row for row in rows if row.pk in found]


def end_transfer(row):
    """A step before a row is deleted: (the row that mirrors it, or None), with every transfer of the row ended.

    A mirrored row that goes leaves the row that it mirrors standing, not transferred.
    """
    transfer = Transfer.objects.select_related("there__order").filter(row=row).first()
    there = SalesOrderRow.objects.for_list().filter(transferred_from=transfer).first() if transfer else None
    if transfer:
        transfer.delete()
    words = f"{row} is deleted in {row.order.document.company}."
    Transfer.objects.filter(there=row).update(there=None, trouble=words[:LONGEST_TROUBLE])
    return there
