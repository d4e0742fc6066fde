"""Serial numbers: those of one row, and the register of all."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from linkage.models import SerialNumber
from sales import operations, serials
from sales.filters import SerialFilter
from sales.forms.serials import DRAW, GIVE, REMARK, REMOVE, SerialForm
from sales.operations.types import check_part
from sales.tables import SerialTable
from sales.views.panels import posted, row_or_404

DOING = {
    GIVE: (operations.give_serials, ("first", "quantity", "remark")),
    DRAW: (operations.draw_serials, ("quantity", "remark")),
    REMARK: (operations.remark_serials, ("first", "quantity", "remark")),
    REMOVE: (operations.remove_serials, ("first", "quantity")),
}


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_serials(request, pk):
    """The serial numbers of a row as intervals, and the form that changes them."""
    row = row_or_404(request, pk)
    check_part(row, _("number"))
    missing = max(int(serials.pieces_of([row])[row.pk] or 0) - row.serials.count(), 1)
    form = SerialForm(posted(request), initial={"quantity": missing, "version": row.version})
    if form.is_bound and form.is_valid():
        operation, names = DOING[form.cleaned_data["what"]]
        facts = {name: form.cleaned_data[name] for name in (*names, "version")}
        operation(row=row, **facts, by=request.user, key=form.key)
        say_done(request, _("The serial numbers of row %(row)s are changed.") % {"row": row})
        return go(request, "sales:row_serials", pk)
    counts = serials.counts_of([row])
    context = {
        "row": row,
        "form": form,
        "intervals": serials.intervals_of(row),
        "wrong": serials.wrong_counts([row], counts).get(row.pk),
        "too_early": bool(serials.given_too_early([row], counts)),
        "untraced": serials.untraced_below(row),
        "may_write": may(request.user, "sales.write") and row.order.is_open and not row.is_closed,
    }
    return render(request, "sales/row_serials.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires("read")
def serial_list(request):
    return list_view(
        request,
        queryset=SerialNumber.objects.select_related(
            "part",
            "supply__document",
            "arrival",
            "shelf__warehouse",
            "departure__demand__document",
            "departure__demand__for_supply__document",
            "departure__delivery__delivery_row__note",
            "of_row__row__order__document__partner",
            "of_row__row__parent",
        ),
        table_class=SerialTable,
        filterset_class=SerialFilter,
        title=_("Serial numbers"),
    )
