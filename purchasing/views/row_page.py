"""The page of one purchase row, a tab for each thing about it; each has an address and needs no JavaScript."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from linkage.checks import NeedsConfirmation
from linkage.models import Provenance
from purchasing import operations, queries
from purchasing.models import OverReceipt
from purchasing.quality import rejects_of
from purchasing.views.orders import rights_on
from purchasing.views.rows import row_cells, row_or_404
from purchasing.waiting import waiting_lines
from purchasing.waiting_forms import PromisesForm

TABS = {"row": _("Row"), "promised": _("Promised to"), "waiting": _("Waiting demands"), "receipts": _("Receipts")}


@require_GET
@requires("read")
def row(request, pk):
    """The tab that the address names; for htmx without one the row as the grid of its order shows it."""
    shown = row_or_404(request, pk)
    if request.htmx and "tab" not in request.GET:
        return row_cells(request, shown)
    return row_page(request, shown, tab=request.GET.get("tab", ""))


@require_POST
@requires("link.purchase")
def set_promises(request, pk):
    """One save sets every box of the waiting demands or none."""
    shown = row_or_404(request, pk)
    form = PromisesForm(request.POST, lines=waiting_lines(shown.supply))
    if not form.is_valid():
        return row_page(request, shown, tab="waiting", form=form)
    try:
        operations.set_promises(row=shown, **form.arguments(), by=request.user, key=form.key)
    except NeedsConfirmation as question:
        return row_page(request, shown, tab="waiting", form=form, warnings=question.warnings)
    say_done(request, _("The promises of %(row)s are saved.") % {"row": shown})
    return go(request, f"{reverse('purchasing:row', args=[pk])}?tab=waiting")


def row_page(request, shown, *, tab, form=None, warnings=()):
    tabs = {name: words for name, words in TABS.items() if name != "waiting" or may(request.user, "link.purchase")}
    tab = tab if tab in tabs else "row"
    context = {"row": shown, "tab": tab, "tabs": tabs, **rights_on(request.user)}
    context |= CONTEXTS[tab](shown, form) | {"warnings": warnings}
    status = 422 if form and form.is_bound else 200
    return render(request, "purchasing/row.html", context, status=status)


def _row(shown, _form):
    made_for = (
        Provenance.objects.filter(supply=shown.supply_id).select_related("demand__document__partner").order_by("pk")
    )
    return {"view": queries.row_view(shown), "order": shown.order, "made_for": list(made_for)}


def _promised(shown, _form):
    return {"view": queries.row_view(shown)}


def _waiting(shown, form):
    form = form or PromisesForm(lines=waiting_lines(shown.supply))
    shown.supply.refresh_from_db(fields=["free"])
    lines = [(line, form.boxes(line)) for line in form.lines]
    return {"form": form, "lines": lines, "backorders_linked": queries.backorders_are_linked()}


def _receipts(shown, _form):
    mine, rejects = queries.receipts_of(shown.order, row=shown), rejects_of(shown.order, row=shown)
    asked = OverReceipt.objects.for_list().filter(row=shown).exclude(status="approved").order_by("-pk")
    return {"view": {"receipts": mine, "rejects": rejects, "over_receipts": list(asked)}}


CONTEXTS = {"row": _row, "promised": _promised, "waiting": _waiting, "receipts": _receipts}
