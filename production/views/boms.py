"""Pages of BOMs: the list, one BOM with its rows as a grid, its tree, where it is used, what is made from it."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import require_role, requires
from erp.register.roles import ADMIN, PLANNER, has_role, may
from erp.web.answers import go, say_done
from erp.web.listing import list_view
from linkage.dates import business_date
from production import operations
from production.filters import BomFilter
from production.forms.orders import BomForm, BomRowForm, ReasonForm, StockingForm
from production.models import Bom, BomRow
from production.queries.bom_page import boms_for_list, tree_of
from production.queries.boms import where_used
from production.tables import BomTable
from production.views.shared import ask, posted, status_of, usual_warehouse

KEEPERS = (PLANNER, ADMIN)


@require_GET
@requires("read")
def bom_list(request):
    return list_view(
        request,
        queryset=boms_for_list(),
        table_class=BomTable,
        filterset_class=BomFilter,
        title=_("Bills of material"),
        template="production/bom_list.html",
        context={"may_keep": has_role(request.user, *KEEPERS)},
    )


@require_http_methods(["GET", "POST"])
@require_role(*KEEPERS)
def bom_create(request):
    form = BomForm(posted(request))
    if request.method == "POST" and form.is_valid():
        bom = operations.create_bom(**form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("The BOM of %(bom)s is open. Add its rows.") % {"bom": bom})
        return go(request, "production:bom", bom.pk)
    back = reverse("production:bom_list")
    return ask(request, form, title=_("New BOM"), button=_("Open the BOM"), back=back)


@require_GET
@requires("read")
def bom(request, pk):
    return bom_page(request, bom_or_404(request, pk))


@require_POST
@require_role(*KEEPERS)
def set_active(request, pk):
    shown = bom_or_404(request, pk)
    active = request.POST.get("is_active") == "1"
    operations.set_active(bom=shown, is_active=active, by=request.user, key=ReasonForm(request.POST).key)
    say_done(request, _("The BOM is active.") if active else _("The BOM is not used any more."))
    return go(request, "production:bom", pk)


@require_GET
@requires("read")
def bom_row(request, pk):
    row = row_or_404(request, pk)
    if not request.htmx:
        return go(request, "production:bom", row.bom_id)
    return row_as_read(request, row)


@require_http_methods(["GET", "POST"])
@require_role(*KEEPERS)
def edit_row(request, pk):
    row = row_or_404(request, pk)
    form = BomRowForm.of(row, posted(request))
    if request.method == "POST" and form.is_valid():
        operations.change_row(row=row, **form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Saved."))
        if request.htmx:
            return row_as_read(request, row_or_404(request, pk))
        return go(request, "production:bom", row.bom_id)
    if not request.htmx:
        return bom_page(request, row.bom, editing=row.pk, row_form=form, status=status_of(form))
    return render(request, "production/_bom_row_edit.html", {"row": row, "form": form}, status=status_of(form))


@require_POST
@require_role(*KEEPERS)
def add_row(request, pk):
    shown = bom_or_404(request, pk)
    form = BomRowForm(request.POST, bom=shown, form_id="new-row")
    if not form.is_valid():
        return bom_page(request, shown, new_form=form, status=422)
    operations.add_row(bom=shown, **form.cleaned_data, by=request.user, key=form.key)
    say_done(request, _("%(part)s is added.") % {"part": form.cleaned_data["component"]})
    return go(request, "production:bom", pk)


@require_POST
@require_role(*KEEPERS)
def remove_row(request, pk):
    row = row_or_404(request, pk)
    operations.remove_row(row=row, by=request.user, key=ReasonForm(request.POST).key)
    say_done(request, _("%(part)s is removed.") % {"part": row.component})
    return go(request, "production:bom", row.bom_id)


@require_http_methods(["GET", "POST"])
@requires("production.write")
def add_to_inventory(request, pk):
    """Complete production at once, without an order; a negative quantity takes it back."""
    shown = bom_or_404(request, pk)
    initial = {"warehouse": usual_warehouse(shown.part)}
    form = StockingForm(posted(request), unit=shown.part.unit, initial=initial)
    if request.method == "POST" and form.is_valid():
        today = business_date()
        operations.add_to_inventory(bom=shown, **form.cleaned_data, by=request.user, business_date=today, key=form.key)
        say_done(request, _("The stock of %(part)s and its components is changed.") % {"part": shown.part})
        return go(request, "production:bom", pk)
    title = _("Add %(part)s to inventory") % {"part": shown.part}
    return ask(request, form, title=title, button=_("Add to inventory"), back=reverse("production:bom", args=[pk]))


def bom_or_404(request, pk):
    boms = Bom.objects.visible_to(request.user).for_list().select_related("part__default_warehouse")
    return get_object_or_404(boms, pk=pk)


def row_or_404(request, pk):
    rows = BomRow.objects.filter(bom__in=Bom.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("bom__part", "bom__revision", "component__unit"), pk=pk)


def row_as_read(request, row):
    return render(request, "production/_bom_row.html", {"row": row, "may_keep": has_role(request.user, *KEEPERS)})


def bom_page(request, shown, *, editing=None, row_form=None, new_form=None, status=200):
    """One BOM: rows, the tree over all levels, where it is used."""
    tree, no_tree = tree_of(shown, on=business_date())
    context = {
        "bom": shown,
        "rows": list(shown.rows.for_list()),
        "editing": editing,
        "form": row_form,
        "new_form": new_form or BomRowForm(bom=shown, form_id="new-row"),
        "tree": tree,
        "no_tree": no_tree,
        "used": list(where_used(shown.part)[:200]),
        "may_keep": has_role(request.user, *KEEPERS),
        "may_write": may(request.user, "production.write"),
    }
    return render(request, "production/bom.html", context, status=status)
