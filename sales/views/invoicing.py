"""Invoice bases: what is delivered and waits for its invoice, its export, the list of exports, the approval."""

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from sales import operations
from sales.filters import BasisFilter
from sales.forms.actions import ReasonForm
from sales.forms.invoicing import ExportForm
from sales.invoicing import waiting_deliveries, waiting_kits
from sales.models import InvoiceBasis, InvoicePosting
from sales.posting import COSTS
from sales.tables import BasisTable, InvoicePostingTable, InvoicePostingTableWithoutCosts, WaitingTable
from sales.views.panels import ask, found_or_404, key_of, posted


@require_GET
@requires("read")
def basis_list(request):
    """All exports, the latest first."""
    bases = InvoiceBasis.objects.select_related("company", "created_by", "approved_by", "withdrawn_by")
    return list_view(
        request,
        queryset=bases.annotate(line_count=Count("lines")),
        table_class=BasisTable,
        filterset_class=BasisFilter,
        title=_("Invoice bases"),
        template="sales/basis_list.html",
        context={"may_write": may(request.user, "sales.write"), "kits": len({one.row.pk for one in waiting_kits()})},
    )


@require_GET
@requires("read")
def waiting_list(request):
    """Rows of delivery notes that are on no basis yet."""
    return list_view(
        request,
        queryset=waiting_deliveries().for_list(),
        table_class=WaitingTable,
        title=_("Delivered, not on an invoice basis"),
    )


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def basis_export(request):
    """Put everything that is delivered and not exported yet on a new basis."""
    form = ExportForm(posted(request))
    if form.is_bound and form.is_valid():
        made = operations.export_invoice_basis(**form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Invoice basis %(basis)s is exported. Download it below.") % {"basis": made})
        return go(request, "sales:basis", made.pk)
    return ask(
        request,
        title=_("Export what is delivered"),
        intro=_("Everything that is delivered and not on an invoice basis yet, once."),
        form=form,
        action=reverse("sales:basis_export"),
        button=_("Export"),
        order=None,
    )


def basis_or_404(pk):
    return found_or_404(InvoiceBasis.objects.select_related("company", "created_by", "approved_by", "withdrawn_by"), pk)


@require_GET
@requires("read")
def basis(request, pk):
    """The lines of a basis as they are posted; the file is the export of the list, as often as one likes.

    Who may not see costs sees what is invoiced alone.
    """
    found = basis_or_404(pk)
    postings = InvoicePosting.objects.filter(line__basis=found).select_related(
        "account", "line__row__order__document__partner", "line__row__part", "line__row__unit", "line__row__parent"
    )
    costs = may(request.user, "see costs")
    return list_view(
        request,
        queryset=postings if costs else postings.exclude(account_type__in=COSTS),
        table_class=InvoicePostingTable if costs else InvoicePostingTableWithoutCosts,
        title=_("Invoice basis %(basis)s") % {"basis": found},
        template="sales/basis.html",
        context={
            "basis": found,
            "sums": _sums(found),
            "may_approve": may(request.user, "sales.write") and not (found.approved_on or found.withdrawn_on),
        },
    )


def _sums(found):
    """What the basis comes to, by currency."""
    postings = InvoicePosting.objects.filter(line__basis=found).order_by()
    return postings.values("line__row__order__currency").annotate(amount=Sum("amount"), vat=Sum("vat"))


@require_POST
@requires("sales.write")
def basis_approve(request, pk):
    made = operations.approve_invoice_basis(basis=basis_or_404(pk), by=request.user, key=key_of(request))
    say_done(request, _("The invoices of %(basis)s are marked as approved.") % {"basis": made})
    return go(request, "sales:basis", pk)


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def basis_withdraw(request, pk):
    """Take back a basis of which no invoice is approved."""
    found = basis_or_404(pk)
    form = ReasonForm(posted(request))
    if form.is_bound and form.is_valid():
        made = operations.withdraw_invoice_basis(basis=found, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("%(basis)s is withdrawn; its rows wait to be exported again.") % {"basis": made})
        return go(request, "sales:basis", pk)
    return ask(
        request,
        title=_("Withdraw invoice basis %(basis)s") % {"basis": found},
        intro=_("No invoice is made of it: its rows are free, and the next export takes them as they are then."),
        form=form,
        action=reverse("sales:basis_withdraw", args=[pk]),
        button=_("Withdraw"),
        order=None,
        danger=True,
    )
