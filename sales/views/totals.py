"""Edit total: the dialog of a total row."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.exceptions import Refused
from erp.register.access import requires
from erp.web.answers import go, say_done
from sales import operations
from sales.forms.totals import TotalForm
from sales.operations.totals import offered
from sales.views.panels import posted, row_or_404, url_of_row

LOOKS = {"look", "from"}  # buttons that reckon and save nothing


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_total(request, pk):
    """The rows that a total row includes, and the total that they are to come to."""
    row = row_or_404(request, pk)
    rows = offered(row, list(row.order.rows.for_list().main())) if row.is_total else []
    if not rows:
        raise Refused(_("%(row)s has nothing to sum: no row with a price stands above it.") % {"row": row})
    form = _form(request, row, rows)
    if form.is_bound and form.is_valid() and not LOOKS & request.POST.keys():
        operations.edit_total(row=row, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The total of row %(row)s is changed.") % {"row": row})
        return go(request, url_of_row(row))
    return _answer(request, row, form)


def _form(request, row, rows):
    summed = [str(other.pk) for other in rows if other.total_row_id == row.pk]
    initial = {
        "total": row.total_price,
        "included": summed or [str(other.pk) for other in rows],
        "version": row.version,
    }
    data = posted(request)
    if data is not None and (first := data.get("from")):
        data = data.copy()
        data.setlist("included", _from(first, [str(other.pk) for other in rows]))
    return TotalForm(data, rows=rows, currency=row.order.currency, initial=initial)


def _from(first, rows):
    """The boxes of a row and of all below it."""
    return rows[rows.index(first) :] if first in rows else [first]


def _answer(request, row, form):
    """The dialog or page; who ticks a box or types gets the rows and their sums alone."""
    wrong = form.is_bound and not form.is_valid()
    context = {"row": row, "order": row.order, "form": form, "action": reverse("sales:row_total", args=[row.pk])}
    template = "sales/_total.html" if request.htmx else "sales/total.html"
    if request.htmx and LOOKS & request.POST.keys():
        template = "sales/_total_lines.html"
    return render(request, template, context, status=422 if wrong else 200)
