"""Rows pasted from a spreadsheet, as a page and, by pasting them into the grid, as a dialog."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from sales import operations
from sales.forms.pasting import PasteForm
from sales.views.made import telling_purchases
from sales.views.panels import (
    ask,
    look_of,
    new_row_form,
    order_or_404,
    posted,
    posted_before,
    say_why_not,
    url_of_row,
)


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def paste_rows(request, pk):
    order = order_or_404(request, pk)
    form = PasteForm(posted(request), order=order, defaults=_defaults(request, order))
    if form.is_bound and posted_before(request, form):  # by now its rows may be what a new row begins with
        return go(request, "sales:order", pk)
    if form.is_bound and form.is_valid():
        refused = {}
        with telling_purchases(request, order):
            rows = operations.paste_rows(
                order=order, **form.cleaned_data, refused=refused, by=request.user, key=form.key
            )
        say_done(request, ngettext("%(n)d row is added.", "%(n)d rows are added.", len(rows)) % {"n": len(rows)})
        say_why_not(request, refused)
        return go(request, url_of_row(rows[0]))
    return ask(
        request,
        title=_("Rows from a spreadsheet for %(order)s") % {"order": order},
        intro=_("Copy the cells in the spreadsheet and paste them here, or into a row of the order."),
        form=form,
        action=reverse("sales:paste_rows", args=[pk]),
        button=_("Add the rows"),
        order=order,
    )


def _defaults(request, order):
    """What the next new row would begin with."""
    initial = new_row_form(look_of(request, order)).initial
    return {"delivery_date": str(initial["delivery_date"] or ""), "row_status": initial["row_status"]}
