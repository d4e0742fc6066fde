"""The dates of an order's rows: the one that a new row is suggested, and one for all of them."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from erp.register.access import requires
from erp.register.models import Part
from erp.web.answers import go, say_done
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from sales import operations
from sales.above import above
from sales.cells import hide_unseen
from sales.forms.dates import DateOfAllForm
from sales.forms.rows import NEW
from sales.models import RowType
from sales.queries import standing_dates
from sales.suggesting import suggest_date, taken_from
from sales.views.made import telling_purchases
from sales.views.panels import ask, look_of, order_or_404, posted, say_why_not
from sales.views.rows import row_before


@require_GET
@requires("sales.write")
def row_date(request, pk):
    """The date cell of a new row, once its part is chosen; a date that somebody typed stays.

    Its event tells the page what else the row gets from the part where nothing is typed.
    """
    order = order_or_404(request, pk)
    part = Part.objects.active().filter(number=request.GET.get("part", "")).first()
    day = suggest_date(order=order, dates=above(order, row_before(request, order)).dates, part=part)
    form = hide_unseen(NEW[RowType.PART](order=order, form_id="edit-new"), look_of(request, order))
    typed, shown = request.GET.get("delivery_date", ""), request.GET.get("suggested_date", "")
    form.initial = {"delivery_date": day if typed == shown else typed, "suggested_date": day}
    if form.dates_by_part:  # else the date that stands there stays, and so does what it was suggested as
        form.fields["suggested_date"].widget.attrs["hx-swap-oob"] = "outerHTML:#row-new [name=suggested_date]"
    if part is not None and _shows_transfer(form):
        field, company = form.fields["transfer_profile"], order.document.company
        field.tell(part, company)
        form.initial["transfer_profile"] = request.GET.get("transfer_profile", "")
        field.widget.attrs["hx-swap-oob"] = "outerHTML:#row-new [name=transfer_profile]"
    answer = render(request, "sales/_row_date.html", {"form": form, "tells": part and _shows_transfer(form)})
    if part is None:
        return answer
    taken = taken_from(part, order=order, typed=request.GET.get("quantity"), by=request.user)
    return trigger_client_event(answer, "part-chosen", taken)


def _shows_transfer(form):
    return "transfer_profile" in form.fields and not form["transfer_profile"].is_hidden


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def order_dates(request, pk):
    """One delivery date for all rows that are still to be delivered."""
    order = order_or_404(request, pk)
    rows = standing_dates(order.rows.for_list().main())
    form = DateOfAllForm(
        posted(request), order=order, initial={"delivery_date": rows[0].delivery_date if rows else None}
    )
    if form.is_bound and form.is_valid():
        refused = {}
        with telling_purchases(request, order):
            moved, report = save_or_ask(
                operations.date_rows,
                asked=asked(request),
                order=order,
                **form.cleaned_data,
                refused=refused,
                by=request.user,
                key=form.key,
            )
        if report:
            title, back = _("Date of all rows of %(order)s") % {"order": order}, reverse("sales:order", args=[pk])
            return ask_change(request, report, title=title, action=request.path, back=back)
        say_done(request, _("%(count)s rows have another date.") % {"count": len(moved)})
        say_why_not(request, refused)
        return go(request, "sales:order", pk)
    return ask(
        request,
        title=_("Date of all rows"),
        intro=_("All rows that are still to be delivered get it, also those that are not shown."),
        lines=[f"{row.position} {row.name}: {row.delivery_date or _('no date')}" for row in rows[:20]],
        form=form,
        action=reverse("sales:order_dates", args=[pk]),
        button=_("Give all rows this date"),
        order=order,
    )
