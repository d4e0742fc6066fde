"""Receipts beyond the tolerance: the worklist, what a buyer decides, and what its asker takes back."""

from functools import partial

from django.shortcuts import get_object_or_404, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from erp.register.access import requires
from erp.register.roles import may
from erp.register.units import plain
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from purchasing import operations
from purchasing.forms import ReasonForm
from purchasing.models import OverReceipt
from purchasing.operations.seen import differences
from purchasing.over_tables import OverReceiptFilter, OverReceiptTable
from purchasing.receiving_forms import as_seen
from purchasing.views.orders import ask, posted, rights_on
from purchasing.views.receipts import posted_before, receive_form, received_words, rehearsal_of
from purchasing.views.rows import row_or_404


@require_GET
@requires("read")
def over_list(request):
    return list_view(
        request,
        queryset=OverReceipt.objects.visible_to(request.user).for_list(),
        table_class=partial(OverReceiptTable, decides=may(request.user, "purchase.write"), asker=request.user),
        filterset_class=OverReceiptFilter,
        title=_("Receipts beyond the tolerance"),
    )


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def approve_over(request, pk):
    """The receipt that was asked for, rehearsed on the figures of now; what moved since it was asked is said."""
    asked = over_or_404(request, pk)
    shown = row_or_404(request, asked.row_id)
    rehearsal = rehearsal_of(request, shown, fallback=_as_typed(asked.quantity))
    form = receive_form(request, rehearsal, asked=asked)
    counts = "share_out" in request.POST or "count" in request.POST
    if form.is_bound and not counts and posted_before(request, form):
        return go(request, "purchasing:over_list")
    moved = {}
    if form.is_bound and not counts and form.is_valid():
        moved = differences(rehearsal.standing, form.cleaned_data["seen"])
        if not moved:
            row = operations.approve_over_receipt(over_receipt=asked, **form.arguments(), by=request.user, key=form.key)
            say_done(request, received_words(form, row))
            return go(request, "purchasing:order", shown.order_id)
    context = {"row": shown, "form": form, "rehearsal": rehearsal, "moved": moved, "asked": asked}
    context |= {"seen": as_seen(rehearsal.standing), "since": differences(rehearsal.standing, asked.standing)}
    status = 409 if moved else 422 if form.is_bound and form.errors else 200
    template = "purchasing/_receive.html" if request.htmx else "purchasing/receive.html"
    return render(request, template, context | rights_on(request.user), status=status)


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def decline_over(request, pk):
    asked = over_or_404(request, pk)
    form = ReasonForm(posted(request))
    form.fields["reason"].required = True
    if form.is_bound and form.is_valid():
        operations.decline_over_receipt(over_receipt=asked, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The %(asked)s is declined.") % {"asked": asked})
        return go(request, "purchasing:over_list")
    title = _("Decline the %(asked)s") % {"asked": asked}
    return ask(request, asked.row.order, form, title=title, button=_("Decline"))


@require_http_methods(["GET", "POST"])
@requires("stock.receive")
def withdraw_over(request, pk):
    asked = over_or_404(request, pk)
    form = ReasonForm(posted(request))
    if form.is_bound and form.is_valid():
        operations.withdraw_over_receipt(over_receipt=asked, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The question about the %(asked)s is withdrawn.") % {"asked": asked})
        return go(request, "purchasing:over_list")
    title = _("Withdraw the question about the %(asked)s") % {"asked": asked}
    return ask(request, asked.row.order, form, title=title, button=_("Withdraw"))


def _as_typed(quantity):
    """As a person of the user's language types it."""
    return plain(quantity).replace(".", formats.get_format("DECIMAL_SEPARATOR"))


def over_or_404(request, pk):
    return get_object_or_404(OverReceipt.objects.visible_to(request.user).for_list(), pk=pk)
