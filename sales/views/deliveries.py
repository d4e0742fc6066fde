"""Delivering, what was delivered, and taking it back."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import BulkAction, list_view
from linkage.dates import business_date
from sales import operations
from sales.deliverable import deliverable, deliverable_rows
from sales.delivery_tables import NoteFilter, NoteTable, notes_for_list
from sales.forms.actions import DeliverForm, DeliverKitForm, TakeBackForm
from sales.forms.deliveries import ReportForm
from sales.kits import left_of
from sales.models import DeliveryNote, DeliveryRow, RowType
from sales.operations.structures import kit_rows
from sales.serials import numbers_that_left, with_numbers
from sales.views.panels import ask, found_or_404, order_or_404, posted, posted_before, row_or_404, url_of_row

_SHELF = _lazy("What lies on the shelf for the row goes first, then free stock.")
_COMPLETE = _lazy("So many complete ones: of each part leaves what they need, less what left before.")


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def row_deliver(request, pk):
    """One row by itself."""
    row = row_or_404(request, pk)
    parts = kit_rows(row)
    initial = {"quantity": left_of(row, parts) if parts else row.left, "effective_on": business_date()}
    form_class, facts = (DeliverKitForm, {"parts": parts}) if parts else (DeliverForm, {})
    form = form_class(posted(request), row=row, initial=initial, **facts)
    if form.is_bound and posted_before(request, form):
        return go(request, url_of_row(row))
    if form.is_bound and form.is_valid():
        operations.deliver(row=row, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Row %(row)s: the delivery is posted.") % {"row": row})
        return go(request, url_of_row(row))
    return ask(
        request,
        title=_("Deliver row %(row)s") % {"row": row},
        intro=f"{_COMPLETE if parts else ''} {_SHELF}".strip(),
        form=form,
        action=reverse("sales:row_deliver", args=[pk]),
        button=_("Deliver"),
        order=row.order,
    )


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def delivery_reverse(request, pk):
    """Take back what one row of a delivery note says, or a part of it."""
    delivered = delivered_or_404(pk)
    numbers = numbers_that_left([delivered]).get(delivered.pk, "")
    initial = {"quantity": delivered.quantity}
    form = TakeBackForm(posted(request), delivered=delivered, numbers=numbers, initial=initial)
    if form.is_bound and posted_before(request, form):
        return go(request, "sales:row", delivered.row_id)
    if form.is_bound and form.is_valid():
        operations.reverse_delivery(delivered=delivered, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Row %(row)s: the delivery is taken back.") % {"row": delivered.row})
        return go(request, "sales:row", delivered.row_id)
    return ask(
        request,
        title=_("Take back %(row)s of delivery note %(note)s") % {"row": delivered.row, "note": delivered.note},
        intro=_("The goods lie on the shelf again, for whom they were. What stays delivered stays on the note."),
        form=form,
        action=reverse("sales:delivery_reverse", args=[pk]),
        button=_("Take it back"),
        order=delivered.row.order,
    )


@require_http_methods(["GET", "POST"])
@requires("stock.write")
def order_deliver(request, pk):
    """Report what of an order left the house, row by row at once."""
    order = order_or_404(request, pk)
    lines = deliverable(deliverable_rows(order=order, credits=True)) if order.has_demands else []
    form = ReportForm(posted(request), lines=lines, initial={"effective_on": business_date()})
    if form.is_bound and posted_before(request, form):
        return go(request, "sales:order", pk)
    if form.is_bound and form.is_valid():
        [note] = operations.deliver_rows(**form.arguments(), by=request.user, key=form.key)
        say_done(request, _("Delivered: %(notes)s.") % {"notes": note})
        return go(request, "sales:delivery_note", note.pk)
    context = {"order": order, "form": form}
    return render(request, "sales/order_deliver.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires("read")
def delivery_note_list(request):
    return list_view(
        request,
        queryset=notes_for_list(user=request.user),
        table_class=NoteTable,
        filterset_class=NoteFilter,
        title=_("Delivery notes"),
        actions=[BulkAction(_("Print together"), reverse("sales:notes_print"), "printer", in_new_tab=True)],
    )


@require_GET
@requires("read")
def delivery_note(request, pk):
    note = note_or_404(request, pk)
    rows = note.rows.for_list().exclude(row__row_type=RowType.TEXT).order_by("pk")
    context = {"note": note, "deliveries": with_numbers(rows), "may_reverse": may(request.user, "stock.write")}
    return render(request, "sales/delivery_note.html", context)


def note_or_404(request, pk):
    return found_or_404(DeliveryNote.objects.visible_to(request.user).for_list(), pk)


def delivered_or_404(pk):
    return found_or_404(DeliveryRow.objects.for_list(), pk)
