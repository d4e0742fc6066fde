"""The transfer of a row to another company of ours: choose its profile, try again, disconnect."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from erp.register.access import requires
from erp.register.units import plain
from erp.web.answers import go, say_done
from erp.web.forms import OperationForm
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from sales import operations
from sales.forms.transfers import ArrivedForm, NotArrivedForm, TransferForm
from sales.operations.arriving import arrived_of, under_way_of
from sales.operations.transfer_quantities import mirror_to_change
from sales.statuses import RowStatus
from sales.views.panels import ask, key_of, posted, posted_before, row_or_404, say_why_not


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_transfer(request, pk):
    """Choose or clear the profile; a row with one is transferred at once."""
    row = row_or_404(request, pk)
    form = TransferForm(posted(request), row=row)
    if form.is_bound and form.is_valid():
        made = operations.set_profile(row=row, **form.cleaned_data, by=request.user, key=form.key)
        return _said(request, row, made if form.cleaned_data["profile"] else None)
    return ask(
        request,
        title=_("Transfer profile of row %(row)s") % {"row": row},
        intro=_("The row is mirrored in the other company when it is saved. Empty: it is disconnected and stays here."),
        form=form,
        action=reverse("sales:row_transfer", args=[pk]),
        button=_("Save"),
        order=row.order,
    )


@require_POST
@requires("sales.write")
def transfer_reload(request, pk):
    row = row_or_404(request, pk)
    return _said(request, row, operations.reload_transfer(row=row, by=request.user, key=key_of(request)))


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def transfer_quantity(request, pk):
    """Send the quantity of a row to the one that mirrors it; what is linked there is asked about first."""
    row, form = row_or_404(request, pk), OperationForm(posted(request))
    if form.is_bound and posted_before(request, form):
        return go(request, "sales:row", pk)
    there = mirror_to_change(row)
    if form.is_bound:
        facts = {"row": row, "by": request.user, "key": form.key}
        _row, report = save_or_ask(operations.send_quantity, asked=asked(request), **facts)
        if report:
            title = _("Change row %(row)s in %(company)s") % {"row": there, "company": there.order.document.company}
            return ask_change(request, report, title=title, action=request.path, back=reverse("sales:row", args=[pk]))
        say_done(request, _("Row %(there)s has the quantity of row %(row)s now.") % {"there": there, "row": row})
        return go(request, "sales:row", pk)
    facts = {"there": there, "company": there.order.document.company}
    facts |= {"old": f"{plain(there.quantity)} {there.unit}", "new": f"{plain(row.quantity)} {row.unit}"}
    return ask(
        request,
        title=_("Send the quantity of row %(row)s") % {"row": row},
        intro=_("In %(company)s row %(there)s changes from %(old)s to %(new)s; its links are asked about.") % facts,
        form=form,
        action=request.path,
        button=_("Send the quantity"),
        order=row.order,
    )


@require_http_methods(["GET", "POST"])
@requires("stock.receive")
def transfer_arrived(request, pk):
    """Report that goods which the other company delivered for a row are here; they lie there for the row."""
    row = row_or_404(request, pk)
    under_way = under_way_of([row])[row.pk]
    form = ArrivedForm(posted(request), initial={"quantity": plain(under_way), "effective_on": timezone.localdate()})
    if form.is_bound and form.is_valid():
        operations.receive_transferred(row=row, **form.cleaned_data, by=request.user, key=form.key)
        facts = {"n": plain(form.cleaned_data["quantity"]), "unit": row.unit, "row": row}
        say_done(request, _("%(n)s %(unit)s lie in stock for row %(row)s.") % facts)
        return go(request, "sales:row", pk)
    facts = {"n": plain(under_way), "unit": row.unit, "warehouse": row.warehouse}
    return ask(
        request,
        title=_("Goods for row %(row)s have come") % {"row": row},
        intro=_("%(n)s %(unit)s are under way. What has come lies in %(warehouse)s, promised to the row.") % facts,
        form=form,
        action=request.path,
        button=_("They have come"),
        order=row.order,
    )


@require_http_methods(["GET", "POST"])
@requires("stock.receive")
def transfer_not_arrived(request, pk):
    """Take back that goods have come, all or some of them: they are under way again."""
    row = row_or_404(request, pk)
    arrived = arrived_of([row])[row.pk]
    form = NotArrivedForm(posted(request), row=row, initial={"quantity": plain(arrived)})
    if form.is_bound and form.is_valid():
        operations.take_back_transferred(row=row, **form.cleaned_data, by=request.user, key=form.key)
        facts = {"n": plain(form.cleaned_data["quantity"]), "unit": row.unit, "row": row}
        say_done(request, _("%(n)s %(unit)s of row %(row)s are under way again.") % facts)
        return go(request, "sales:row", pk)
    facts = {"n": plain(arrived), "unit": row.unit, "warehouse": row.warehouse}
    return ask(
        request,
        title=_("Goods for row %(row)s have not come") % {"row": row},
        intro=_("%(n)s %(unit)s that have come lie in %(warehouse)s. What has not come leaves it again.") % facts,
        form=form,
        action=request.path,
        button=_("They have not come"),
        order=row.order,
    )


@require_POST
@requires("sales.write")
def transfer_disconnect(request, pk):
    row = row_or_404(request, pk)
    operations.disconnect_transfer(row=row, by=request.user, key=key_of(request))
    say_done(request, _("The transfer of row %(row)s is ended; both rows live on.") % {"row": row})
    return go(request, "sales:row", pk)


def _said(request, row, transfer):
    if transfer is None:
        say_done(request, _("Row %(row)s has no transfer profile.") % {"row": row})
    elif transfer.is_whole:
        say_done(request, _("Row %(row)s is transferred to %(there)s.") % {"row": row, "there": transfer.there})
    elif transfer.trouble:
        say_why_not(request, {row.pk: transfer.trouble})
    elif row.row_status == RowStatus.FORECAST:
        say_done(request, _("Row %(row)s is transferred when it is no forecast any more.") % {"row": row})
    else:
        say_done(request, _("Row %(row)s is transferred when its order is registered.") % {"row": row})
    return go(request, "sales:row", row.pk)
