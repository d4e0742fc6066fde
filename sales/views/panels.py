"""What the pages of sales share: fetching, the order page with its grid, and questions in a dialog."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.exceptions import Refused
from erp.register.roles import may
from erp.web.answers import say_done
from erp.web.opened import NAME as OPENED
from erp.web.opened import opened_in, shown_in, untouched
from linkage.operation import was_posted
from linkage.queries.order_links import link_counts
from sales import queries
from sales.above import above
from sales.cells import Look, hide_unseen, input_cells, leave_out_hidden, trouble_of, with_cells
from sales.columns import columns_for
from sales.errors import errors_in
from sales.folding import folding_of, hides_delivered
from sales.forms.rows import EDITED, NEW, type_of
from sales.forms.structures import edit_form
from sales.grids import grid, grid_rows
from sales.making import has_rows_with_bom
from sales.models import RowType, SalesOrder, SalesOrderRow
from sales.operations.boxes import AsksFirst
from sales.pages import asked_page, last_page, number_in, page_with
from sales.phrases import offer_texts
from sales.shipping import asks_about_weight
from sales.statuses import CANCELLED, CLOSED, CONFIRMED, REGISTERED, may_become
from sales.suggesting import delivery_days_of, suggest_date
from sales.sums import totals_of

STEPS = {"register": REGISTERED, "confirm": CONFIRMED, "cancel": CANCELLED, "close": CLOSED}
BIGGEST_ID = 2**63 - 1
MOST_ERRORS = 5  # named above the grid; the others are counted
MOST_TOLD = 20  # rows whose sentences stand in the message
MOST_ASKED = 60  # rows in one window; the next save asks for the others


def order_or_404(request, pk):
    return found_or_404(SalesOrder.objects.visible_to(request.user).for_list(), pk)


def row_or_404(request, pk):
    """The row of an address; who sends a form of a row that is deleted since is told by whom."""
    try:
        return found_or_404(SalesOrderRow.objects.visible_to(request.user).for_list(), pk)
    except Http404:
        if request.method == "POST" and pk <= BIGGEST_ID and (who := queries.who_deleted_row(pk)):
            raise Refused(_("This row was deleted meanwhile by %(who)s. Nothing was saved.") % {"who": who}) from None
        raise


def found_or_404(records, pk):
    """The one of the records that an address names; a number that no id can be names none.

    Not by ``get``: with its LIMIT PostgreSQL weighs the joins of a list four times as long.
    """
    found = list(records.filter(pk=pk)) if pk <= BIGGEST_ID else []
    if not found:
        raise Http404
    return found[0]


def order_page(request, order, *, page=None, editing=None, form=None, status=200):
    """The whole order with one page of its rows; ``editing`` is the row whose inputs are shown, or "new"."""
    context = grid_context(request, order, page=page, editing=editing, form=form)
    context |= head_context(request, order) | {"weights": asks_about_weight(order)}
    return render(request, "sales/order.html", context, status=status)


def order_head(request, order):
    """Status, actions and counts alone, after something else on the page has changed them."""
    context = head_context(request, order)
    context["has_bom"] = context["writes"] and order.has_demands and has_rows_with_bom(order)
    return render(request, "sales/_order_head.html", context)


def head_context(request, order):
    return {
        "order": order,
        "writes": may(request.user, "sales.write"),
        "may_deliver": may(request.user, "stock.write"),
        "counts": queries.counts_of(order),
        "link_counts": link_counts(order.document_id),
        "steps": {name: may_become(order.status, status) for name, status in STEPS.items()},
    }


def grid_panel(request, order, *, page=None, editing=None, form=None, look=None, focus=None, status=200):
    """The grid alone; with the cursor on the row ``focus``."""
    context = grid_context(request, order, page=page, editing=editing, form=form, look=look) | {"focus": focus}
    return render(request, "sales/_grid.html", context, status=status)


def grid_context(request, order, *, page=None, editing=None, form=None, look=None):
    look = look or look_of(request, order)
    page = page or _page_for(look, request, editing, form)
    keep = {number_in(request.GET.get("row")), getattr(editing, "pk", None)} - {None}
    rows = with_cells(grid(order, page=page, folding=look.folding, keep=keep), look)
    if editing == "new" and form is None:
        form = new_row_form(look)
    before = str(form["before"].value()) if editing == "new" and form else ""
    edited = next((shown for shown in rows if shown.row == editing), None)
    return {
        "order": order,
        "focus": None,
        "page": page,
        "rows": rows,
        "look": look,
        **inputs_context(form, look, edited),
        **sums_context(request, order),
        "editing": editing if look.may_write else None,
        "before": next((shown.pk for shown in rows if str(shown.pk) == before), None),
        "folds": any(shown.below for shown in rows),
        "has_delivered": queries.has_delivered_rows(order),
        "may_write": look.may_write,
        "delivery_days": delivery_days_of(order.customer).delivery_days,
        "has_bom": look.may_write and order.has_demands and has_rows_with_bom(order),
    }


def _page_for(look, request, editing, form):
    """The page with what is edited; a new row stands before another or at the end."""
    order, shown = look.order, {"without_delivered": look.hides_delivered}
    before = form and editing == "new" and form["before"].value()
    if before:
        return asked_page(order, {"row": str(before)}, **shown)
    if editing == "new":
        return last_page(order, **shown)
    return page_with(order, editing) if editing else asked_page(order, request.GET, **shown)


def sums_context(request, order):
    """The errors above the grid and the totals below it; what a row costs is not for everybody."""
    wrong = errors_in(order)
    return {
        "errors": [(url_of_row(row), row, words) for row, words in wrong[:MOST_ERRORS]],
        "more_errors": max(len(wrong) - MOST_ERRORS, 0),
        "totals": totals_of(order),
        "see_costs": may(request.user, "see costs"),
    }


def row_panel(request, row, *, form=None, page=None, then=None, look=None, status=200):
    """One row of the grid: its inputs with a form, else as it is read; with the sums that changed with it.

    ``then`` is the form of the line for the next new row, which follows a row that was added on a ``page``.
    """
    look = look or look_of(request, row.order)
    template = "sales/_row_edit.html" if form else "sales/_row_read.html"
    summing = [] if form or not row.total_row_id else SalesOrderRow.objects.for_list().filter(pk=row.total_row_id)
    shown, *sums = with_cells(grid_rows([row, *summing], order=row.order), look)
    context = {
        "shown": shown,
        "sums": sums,
        "look": look,
        "order": row.order,
        "page": page,
        "may_write": look.may_write,
        **inputs_context(form or then, look, shown if form else None),
        **({} if form else sums_context(request, row.order)),
    }
    return render(request, template, context, status=status)


def url_of_row(row):
    """Where a row stands in the grid of its order, on whichever page that is."""
    return f"{reverse('sales:order', args=[row.order_id])}?row={row.pk}#row-{row.pk}"


def look_of(request, order):
    """The grid as this user sees it: the chosen columns, and whether they may change rows."""
    may_write = may(request.user, "sales.write") and order.is_open
    return Look(
        order,
        columns_for(request.user, order),
        may_write,
        user=request.user,
        folding=folding_of(request, order),
        hides_delivered=hides_delivered(request),
    )


def inputs_context(form, look, shown=None):
    """The cells of the row that is edited or new, and what is wrong with it as a whole."""
    if form is None:
        return {"form": None}
    return {"form": form, "cells": input_cells(form, look, shown), "trouble": trouble_of(form)}


def row_form(row, look, data=None):
    form = edit_form(row, EDITED[row.row_type])(data, row=row, form_id=f"edit-{row.pk}")
    return leave_out_hidden(with_texts(form, look.order, look.user), look)


def new_row_form(look, *, before=None, asked=None):
    """The inputs of a new row as they are shown: its date as the setting says, the row status of the row above.

    ``asked`` is what was typed for another type.
    """
    asked = {} if asked is None else asked
    found = above(look.order, before)
    day = suggest_date(order=look.order, dates=found.dates)
    row_type = type_of(asked.get("row_type", RowType.PART))
    initial = {"delivery_date": day, "suggested_date": day, "row_status": found.row_status}
    initial |= {"before": before and before.pk, "row_type": row_type.value}
    form = NEW[row_type](order=look.order, initial=initial, form_id="edit-new")
    form.initial |= {name: asked[name] for name in form.fields if name != "row_type" and asked.get(name)}
    return as_seen(with_texts(form, look.order, look.user), look)


def posted_row_form(order, data, *, by):
    """The form of a new row that was sent; what it began with, and how it looks, is asked only where it is wrong."""
    return with_texts(NEW[type_of(data.get("row_type"))](data, order=order, form_id="edit-new"), order, by)


def as_seen(form, look):
    """A new row has inputs for the columns of the look, and shows what its part gives it."""
    if form.kind == "part":
        ask_what_part_says(form, look.order)
    return hide_unseen(form, look)


def with_texts(form, order, user):
    """A text row may take phrases and the signature of who writes it."""
    return offer_texts(form, order, user) if form.kind == "text" else form


def ask_what_part_says(form, order):
    """Once a part is chosen the row shows what it gets where nothing is typed; by setting also its own date."""
    place = {"hx-target": "#row-new [name=delivery_date]", "hx-swap": "outerHTML"}
    form.fields["part"].widget.attrs |= {
        "hx-get": reverse("sales:row_date", args=[order.pk]),
        "hx-trigger": "change",
        "hx-include": "closest tr",
        "hx-params": "part,quantity,transfer_profile,delivery_date,suggested_date,before",
        **(place if form.dates_by_part else {"hx-swap": "none"}),
    }


def with_both_values(request, stale, make_form):
    """The form of somebody who was overtaken, as typed, with what stands there now; sent again, it is meant so.

    A field that was not touched since the form was opened shows what the other saved: sending the form again takes
    nothing of that back.
    """
    data, now = request.POST.copy(), make_form(None)
    taken = [name for name in untouched(make_form(request.POST), request.POST) if name in now.fields]
    for name in taken:
        data[now.add_prefix(name)] = shown_in(now, name)
    data[now.add_prefix(OPENED)] = opened_in(now)
    data["version"] = str(stale.version)
    form = make_form(data)
    said = [_both(label, *values, taken=stale.names.get(label) in taken) for label, values in stale.theirs.items()]
    form.add_error(None, [str(stale), *said])
    return form


def _both(label, now, typed, *, taken):
    values = {"label": label, "now": now or _("nothing"), "typed": typed or _("nothing")}
    if taken:
        return _("%(label)s: now %(now)s, which stays.") % values
    return _("%(label)s: now %(now)s, you typed %(typed)s.") % values


def ask(request, *, title, form, action, button, order, lines=(), intro="", danger=False, back="", status=None):
    """A question with a form: in the dialog for htmx, a page of its own otherwise. A form that comes back is wrong."""
    context = {
        "title": title,
        "intro": intro,
        "lines": lines,
        "form": form,
        "action": action,
        "button": button,
        "order": order,
        "danger": danger,
        "back": back,
    }
    template = "sales/_ask.html" if request.htmx else "sales/ask.html"
    return render(request, template, context, status=status or (422 if form.is_bound else 200))


def say_why_not(request, refused):
    """The rows that got no order, each with its sentence."""
    told = [sentence for sentence in refused.values() if not isinstance(sentence, AsksFirst)]
    for sentence in told[:MOST_TOLD]:
        messages.warning(request, _("No order was made. %(why)s") % {"why": sentence})
    if len(told) > MOST_TOLD:
        messages.warning(request, _("No order was made for %(n)d rows more.") % {"n": len(told) - MOST_TOLD})
    _ask_first([pk for pk, sentence in refused.items() if isinstance(sentence, AsksFirst)], request, refused)


def _ask_first(rows, request, refused):
    """Rows of stock-driven parts: the window that registers their orders opens; without JavaScript it is a page."""
    order = SalesOrderRow.objects.filter(pk__in=rows).values_list("order", flat=True).first()
    if order is None:
        return
    address = f"{reverse('sales:make_orders', args=[order])}?{urlencode({'rows': rows[:MOST_ASKED]}, doseq=True)}"
    messages.info(request, " ".join(refused[pk] for pk in rows), extra_tags=f"dialog {address}")


def key_of(request):
    """The key of a form without fields; one that is no key counts as none."""
    try:
        return UUID(request.POST.get("operation_key", ""))
    except ValueError:
        return None


def posted(request):
    """What a form is bound to: an empty post is a post all the same."""
    return request.POST if request.method == "POST" else None


def posted_before(request, form):
    """Whether the answer to this form was lost and it is sent again: it has had its effect, and the page says so."""
    if not was_posted(form.key, by=request.user):
        return False
    say_done(request, _("This form was posted before; nothing is posted a second time."))
    return True
