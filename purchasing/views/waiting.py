"""The waiting demands of a purchase row, with a quantity box each."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from linkage.checks import NeedsConfirmation
from purchasing import operations, queries
from purchasing.views.orders import posted
from purchasing.views.rows import row_or_404
from purchasing.waiting import waiting_lines
from purchasing.waiting_forms import PromisesForm


@require_http_methods(["GET", "POST"])
@requires("link.purchase")
def waiting_list(request, pk):
    """All demands of a row; one save sets every box or none."""
    shown = row_or_404(request, pk)
    form = PromisesForm(posted(request), lines=waiting_lines(shown.supply))
    if not (form.is_bound and form.is_valid()):
        return waiting_page(request, shown, form)
    try:
        operations.set_promises(row=shown, **form.arguments(), by=request.user, key=form.key)
    except NeedsConfirmation as question:
        return waiting_page(request, shown, form, warnings=question.warnings)
    say_done(request, _("The promises of %(row)s are saved.") % {"row": shown})
    return go(request, "purchasing:waiting_list", pk)


def waiting_page(request, shown, form, *, warnings=()):
    shown.supply.refresh_from_db(fields=["free"])
    context = {
        "row": shown,
        "form": form,
        "lines": [(line, form.boxes(line)) for line in form.lines],
        "warnings": warnings,
        "backorders_linked": queries.backorders_are_linked(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "purchasing/waiting_list.html", context, status=status)
