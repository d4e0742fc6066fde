"""The delivery note: its number, its rows, and what stands on it besides goods."""

from collections import defaultdict

from erp.register.numbers import next_numbers
from linkage.dates import business_date
from sales.models import DeliveryMovement, DeliveryNote, DeliveryRow, Role, RowType, SalesOrderRow


def open_notes(orders, *, pick_list, effective_on, reference, by):
    """{order id: its new delivery note}; the numbers of a company come from its series, in order."""
    by_company = defaultdict(list)
    for order in orders:
        by_company[order.document.company].append(order)
    notes = {}
    for company, mine in sorted(by_company.items(), key=lambda pair: pair[0].pk):
        for order, taken in zip(mine, next_numbers(company, "delivery", len(mine)), strict=True):
            notes[order.pk] = DeliveryNote(
                company=company,
                order=order,
                pick_list=pick_list,
                number=taken.number,
                serial=taken.serial,
                delivered_on=effective_on,
                reference=reference,
                created_by=by,
            )
    DeliveryNote.objects.bulk_create(notes.values())
    return notes


def note_row(note, row, *, quantity=0, base=0, movements=(), **facts):
    """Keep what was delivered of a row, with the movements that did it; ``facts`` are those of the delivery row."""
    made = DeliveryRow(note=note, row=row, quantity=quantity, base_quantity=base, **facts)
    [made] = note_rows([(made, movements)])
    return made


def note_rows(noted):
    """Keep many delivery rows, each with the movements that did it; returns the rows."""
    made = DeliveryRow.objects.bulk_create([row for row, _movements in noted])
    DeliveryMovement.objects.bulk_create(
        [DeliveryMovement(delivery_row=row, movement=movement) for row, movements in noted for movement in movements]
    )
    return made


def metal_to_note(main):
    """The alloy costs of a fictitious part that no note says though it is delivered: it stands on none itself."""
    if not main.is_closed or main.called_off:
        return []
    noted = DeliveryRow.objects.standing().filter(row__parent=main)
    return list(main.sub_rows.filter(role=Role.ALLOY, called_off=False).exclude(pk__in=noted.values("row")))


def note_metal(main, *, by):
    """A fictitious part that is delivered because its last part was cancelled: its metal gets a note of its own."""
    if alloys := metal_to_note(main):
        facts = {"pick_list": None, "effective_on": business_date(), "reference": "", "by": by}
        note = open_notes([main.order], **facts)[main.order_id]
        for alloy in alloys:
            note_row(note, alloy, quantity=alloy.quantity, base=abs(alloy.quantity))


def note_texts(notes):
    """Texts go along: one below a row each time its row is delivered, a main row the first time anything is.

    A fictitious part is delivered with each of its parts.
    """
    texts = SalesOrderRow.objects.filter(order__in=notes, row_type=RowType.TEXT)
    noted = DeliveryRow.objects.filter(note__in=notes.values())
    delivered = set(noted.values_list("row", flat=True))
    delivered |= set(noted.filter(row__role=Role.PART).values_list("row__parent", flat=True))
    told = set(DeliveryRow.objects.standing().filter(row__in=texts).values_list("row", flat=True))
    goes = [
        row for row in texts.order_by("pk") if (row.parent_id in delivered if row.parent_id else row.pk not in told)
    ]
    note_rows([(DeliveryRow(note=notes[text.order_id], row=text), ()) for text in goes])
