"""Find and replace in the rows of an order: search, look at what would change, save it at once."""

import hashlib
from datetime import date
from decimal import Decimal

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.register.units import plain
from erp.web.answers import go
from erp.web.previewing import ask_change, asked
from erp.web.ticking import say_each, ticked
from linkage.changes.asking import save_or_ask
from linkage.operation import was_posted
from sales import operations
from sales.forms.replacing import ReplaceForm
from sales.operations.replacing import MOST_ROWS
from sales.views.made import telling_purchases
from sales.views.panels import order_or_404, posted, say_why_not


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def find_replace(request, pk):
    order = order_or_404(request, pk)
    form = ReplaceForm(posted(request))
    if not (form.is_bound and form.is_valid()):
        return _page(request, order, form, status=422 if form.is_bound else 200)
    if "save" in request.POST and was_posted(form.key, by=request.user):
        return _save(request, order, form, order.rows.for_list())
    found = list(form.replacing.rows_of(order)[:MOST_ROWS])
    if "save" not in request.POST:
        return _page(request, order, form, rows=found)
    if request.POST.get("shown") != _stamp(form.replacing, found):
        form.add_error(None, _("Something was changed after this was shown. Look at it as it is now and save again."))
        return _page(request, order, form, rows=found, status=409)
    return _save(request, order, form, form.replacing.rows_of(order))


def _save(request, order, form, rows):
    """What comes a second time with one key gets the first answer: by then its rows are not found any more."""
    rows, no_order = ticked(request, rows, nothing=_("Tick at least one row."), most=MOST_ROWS), {}
    with telling_purchases(request, order):
        result, report = save_or_ask(
            operations.replace_in_rows,
            asked=asked(request),
            at_once=form.replacing.is_text,
            order=order,
            rows=rows,
            replacing=form.replacing,
            refused=no_order,
            by=request.user,
            key=form.key,
        )
    if report:
        title, back = _("Find and replace in %(order)s") % {"order": order}, reverse("sales:order", args=[order.pk])
        return ask_change(request, report, title=title, action=request.path, back=back)
    done, refused = result
    sentence = ngettext("%(n)d row is changed.", "%(n)d rows are changed.", len(done)) % {"n": len(done)}
    say_each(request, sentence if done else "", refused)
    say_why_not(request, no_order)
    return go(request, "sales:order", order.pk)


def _stamp(replacing, rows):
    """What is replaced by what, in which rows as they are: anything else is not what somebody looked at."""
    told = repr([replacing, *((row.pk, row.version) for row in rows)])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _changes(request, rows, replacing):
    """[(row, what it says, what it would say, whether it is ticked, why it cannot be changed here)].

    Once shown, ticks stay as they were set.
    """
    sent = request.POST.getlist("rows") if "save" in request.POST else None
    return [
        (
            row,
            _shown(getattr(row, replacing.field)),
            _shown(replacing.on(row)),
            sent is None or str(row.pk) in sent,
            replacing.why_not(row),
        )
        for row in rows
    ]


def _shown(value):
    """As it would be typed."""
    if isinstance(value, date):
        return value.isoformat()
    return plain(value) if isinstance(value, Decimal) else value


def _page(request, order, form, *, rows=None, status=200):
    """The question; with the ``rows`` that were found what the answer would do."""
    context = {"order": order, "form": form, "changes": None, "most": MOST_ROWS}
    if rows is not None:
        replacing = form.replacing
        context |= {"changes": _changes(request, rows, replacing), "stamp": _stamp(replacing, rows)}
    template = "sales/_find_replace.html" if request.htmx else "sales/find_replace.html"
    return render(request, template, context, status=status)
