"""Fictitious parts on orders: the structure of a new row, asked for before it is added, and a part more below a row."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from erp.register import settings_registry
from erp.register.access import requires
from erp.web.answers import go, say_done
from sales import operations
from sales.configuring import default_variants
from sales.forms.structures import NewPartBelowForm, StructureForm, StructureOfRowForm
from sales.nesting import numbers_of, text_of
from sales.operations.building import NewRow
from sales.operations.structures import kit_rows, with_structures
from sales.structure_groups import scaled_groups
from sales.structure_worth import worth_as_saved, worth_of
from sales.views.made import telling_purchases
from sales.views.panels import (
    as_seen,
    ask,
    key_of,
    look_of,
    order_or_404,
    order_page,
    posted,
    posted_before,
    posted_row_form,
    row_or_404,
    say_why_not,
    url_of_row,
)

BLANK = 3  # empty lines for parts that are added
SAYS = ("part", "quantity", "unit", "delivery_date", "variant")  # of the main row, about its parts


def ask_structure(request, order, row_form, *, form=None, status=200):
    """What the new row of a fictitious part consists of: in the dialog for htmx, a page of its own otherwise."""
    opens = settings_registry.get("show_structure")
    row = row_facts(row_form)
    begun = None if form else _begun(row)
    form = form or StructureForm(
        row=row,
        lines=_lines(begun),
        groups=numbers_of(begun.nested) if opens and begun else {},
        opens=opens,
        more=BLANK if opens else 0,
        initial={"delivery_date": row["delivery_date"], "variant": row["variant"]},
    )
    news = dict(enumerate(begun.sub_rows)) if begun else form.news if form.is_valid() else {}
    if news:
        form.worth = worth_of(order, _facts(row_form, form, news), news, by=request.user)
    kept = [name for name in row_form.fields if name not in {"delivery_date", "operation_key", "variant"}]
    typed = [(name, request.POST[name]) for name in kept if name in request.POST]
    context = {"order": order, "row": row, "form": form, "typed": typed}
    if not request.htmx:
        return render(request, "sales/structure.html", context, status=status)
    panel = render(request, "sales/_structure.html", context, status=status)
    return panel if "lines" in request.POST else reswap(retarget(panel, "#dialog-body"), "innerHTML")


def row_facts(row_form):
    """What the main row says, with the box as it was typed; a configured part without a variant has its default."""
    part = row_form.cleaned_data["part"]
    variant = row_form.cleaned_data["variant"] or default_variants([part]).get(part.pk, "")
    return row_form.cleaned_data | {"variant": variant, "box_typed": row_form.data.get("order_box", "")}


def _begun(row):
    """The row with the parts that the BOM says, as NewRow."""
    [new] = with_structures([_new_row(row)])
    return new


def _lines(new):
    """Its parts as the lines of the form begin."""
    return [
        {"part": one.part.number, "quantity": one.quantity, "unit": one.unit.code, "within": one.within}
        for one in (new.sub_rows if new else ())
    ]


def _new_row(row):
    return NewRow(**{name: row[name] for name in SAYS})


@require_POST
@requires("sales.write")
def structure_new(request, pk):
    """Add the row of a fictitious part with the parts that the dialog says.

    *More lines* asks for more of them, *Parts of this variant* begins anew with those that the BOM says of it. Another
    number of a nested fictitious part changes its lines, which are shown again.
    """
    order = order_or_404(request, pk)
    row_form = posted_row_form(order, request.POST, by=request.user)
    if not row_form.is_valid() or row_form.kind != "part" or not row_form.cleaned_data["part"].is_phantom:
        row_form = as_seen(row_form, look_of(request, order))
        return order_page(request, order, editing="new", form=row_form, status=422)
    if "lines" not in request.POST or "explode" in request.POST:
        return ask_structure(request, order, row_form)
    more, looks = "more" in request.POST, "preview" in request.POST
    facts = {"row": row_facts(row_form), "opens": settings_registry.get("show_structure")}
    data, scaled = (request.POST, ()) if looks else scaled_groups(request.POST)
    form = StructureForm(data, more=BLANK if more else 0, **facts)
    form.scaled = ", ".join(scaled)
    if more or looks or scaled or not form.is_valid():
        status = 200 if more or looks or (scaled and form.is_valid()) else 422
        return ask_structure(request, order, row_form, form=form, status=status)
    return _add(request, order, row_form, form)


def _nested(row_form, form):
    """How many nested fictitious parts: as typed, or as the BOM says where nobody is asked."""
    return text_of(form.numbers) if form.opens else _begun(row_facts(row_form)).nested


def _facts(row_form, form, news):
    """What the row is added with: what was typed on it and in the dialog."""
    said = form.cleaned_data if form.is_bound else form.initial
    facts = {"order_box": False, "sub_rows": tuple(news.values()), "nested": _nested(row_form, form)}
    return row_form.cleaned_data | {name: said[name] for name in ("delivery_date", "variant")} | facts


def _add(request, order, row_form, form):
    refused, facts = {}, _facts(row_form, form, form.news)
    with telling_purchases(request, order):
        row = operations.add_row(order=order, **facts, refused=refused, by=request.user, key=form.key)
    say_done(request, _("Row %(row)s is added with %(n)d parts.") % {"row": row, "n": len(form.news)})
    say_why_not(request, refused)
    return go(request, f"{reverse('sales:order', args=[order.pk])}?new=1")


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def structure(request, pk):
    """The structure of a row that is there already, as it was typed, to be changed in one go."""
    row = row_or_404(request, pk)
    if not row.is_kit:
        raise Http404
    below = kit_rows(row)
    if request.method == "GET":
        form = StructureOfRowForm(row=row, below=below, more=BLANK)
        form.worth = worth_as_saved(row, below)
        return _structure_page(request, row, form)
    more = "more" in request.POST
    data, scaled = scaled_groups(request.POST)
    form = StructureOfRowForm(data, row=row, below=below, more=BLANK if more else 0)
    form.scaled = ", ".join(scaled)
    if posted_before(request, form):
        return go(request, url_of_row(row))
    if more or scaled or not form.is_valid():
        return _structure_page(request, row, form, status=200 if more or (scaled and form.is_valid()) else 422)
    return _change(request, row, form)


def _structure_page(request, row, form, *, status=200):
    context = {"order": row.order, "row": row, "form": form, "typed": (), "saved": True}
    template = "sales/_structure.html" if request.htmx else "sales/structure.html"
    return render(request, template, context, status=status)


def _change(request, row, form):
    refused = {}
    with telling_purchases(request, row.order):
        operations.change_structure(row=row, **form.arguments(), refused=refused, by=request.user, key=form.key)
    say_done(request, _("The parts of row %(row)s are changed.") % {"row": row})
    say_why_not(request, refused)
    return go(request, url_of_row(row))


@require_POST
@requires("sales.write")
def alloy_below(request, pk):
    """The alloy cost of a row, put below it by hand."""
    row = row_or_404(request, pk)
    operations.add_alloy_cost(row=row, by=request.user, key=key_of(request))
    say_done(request, _("The alloy cost stands below row %(row)s.") % {"row": row})
    return go(request, f"{reverse('sales:order', args=[row.order_id])}#row-{row.pk}")


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def part_below(request, pk):
    """A part more below the row of a fictitious part."""
    row, refused = row_or_404(request, pk), {}
    form = NewPartBelowForm(posted(request))
    if form.is_bound and form.is_valid():
        with telling_purchases(request, row.order):
            made = operations.add_part(row=row, **form.cleaned_data, refused=refused, by=request.user, key=form.key)
        say_done(request, _("%(part)s stands below row %(row)s.") % {"part": made.part, "row": row})
        say_why_not(request, refused)
        return go(request, f"{reverse('sales:order', args=[row.order_id])}#row-{row.pk}")
    return ask(
        request,
        title=_("Part below row %(row)s") % {"row": row},
        intro=_("The quantity is for the whole row. It is delivered on the day of the row."),
        form=form,
        action=reverse("sales:part_below", args=[pk]),
        button=_("Add the part"),
        order=row.order,
    )
