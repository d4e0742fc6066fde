"""Find and replace in the rows of an order: search, look at what would change, save it at once."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go
from erp.web.ticking import say_each, ticked
from sales import operations
from sales.operations.replacing import MOST_ROWS
from sales.replace_forms import ReplaceForm
from sales.views.panels import order_or_404, posted


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def find_replace(request, pk):
    order = order_or_404(request, pk)
    form = ReplaceForm(posted(request))
    if not (form.is_bound and form.is_valid()):
        return _page(request, order, form, status=422 if form.is_bound else 200)
    if "save" not in request.POST:
        return _page(request, order, form, changes=_changes(order, form.replacing))
    return _save(request, order, form)


def _save(request, order, form):
    nothing = _("Tick at least one row.")
    rows = ticked(request, form.replacing.rows_of(order), nothing=nothing, most=MOST_ROWS)
    done, refused = operations.replace_in_rows(
        order=order, rows=rows, replacing=form.replacing, by=request.user, key=form.key
    )
    sentence = ngettext("%(n)d row is changed.", "%(n)d rows are changed.", len(done)) % {"n": len(done)}
    say_each(request, sentence if done else "", refused)
    return go(request, "sales:order", order.pk)


def _changes(order, replacing):
    """[(row, what it says, what it would say)]"""
    rows = list(replacing.rows_of(order)[:MOST_ROWS])
    return [(row, getattr(row, replacing.field), replacing.on(row)) for row in rows]


def _page(request, order, form, *, changes=None, status=200):
    """The question; with ``changes`` what the answer would do."""
    context = {"order": order, "form": form, "changes": changes, "most": MOST_ROWS}
    template = "sales/_find_replace.html" if request.htmx else "sales/find_replace.html"
    return render(request, template, context, status=status)
