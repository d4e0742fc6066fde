"""The page of a split: how to cut, the parts with their links, and what it would do, before it is done."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from linkage.split_forms import CutForm
from production import operations
from production.forms.splits import SplitForm
from production.operations import NewPart, kept_quantity
from production.split_preview import has_fixed_quantities, links_above, picture_of_split, why_not
from production.views.shared import line_or_404, posted


@require_http_methods(["GET", "POST"])
@requires("production.write")
def split(request, pk):
    """GET fills the parts in, POST with ``preview`` shows them again, POST without it splits."""
    line = line_or_404(request, pk)
    if request.method == "GET":
        return render_split(request, line, *filled_in(request, line))
    form = form_for(line, data=posted(request))
    if not form.is_valid():
        return render_split(request, line, form, status=422)
    if "preview" in request.POST:
        picture, trouble = picture_of_split(line, **form.cleaned_data, by=request.user)
        return render_split(request, line, form, picture, trouble)
    orders = operations.split_order(line=line, **form.cleaned_data, by=request.user, key=form.key)
    numbers = ", ".join(str(order) for order in orders)
    say_done(request, _("%(line)s is split: %(numbers)s.") % {"line": line, "numbers": numbers})
    return go(request, f"{reverse('production:order', args=[line.order_id])}#line-{line.pk}")


def filled_in(request, line):
    """(form, picture, trouble) as the way in the URL cuts the line."""
    ways = ways_of(request)
    supply, picture = line.supply, None
    quantities, trouble = ways.quantities(supply.quantity, supply.part.unit, kept=kept_quantity(line))
    trouble = why_not(line) or trouble
    if not trouble:
        parts = [NewPart(quantity=quantity) for quantity in quantities]
        picture, trouble = picture_of_split(line, parts=parts, reason="preview", by=request.user)
    return form_for(line, quantities=quantities, moves=picture and picture.moves), picture, trouble


def ways_of(request):
    return CutForm(request.GET if "ways" in request.GET else {"ways": "equal"})


def form_for(line, *, data=None, quantities=(), moves=None):
    dates = {"start": line.start_date, "finish": line.supply.due_date}
    return SplitForm(
        data,
        whole=line.supply.quantity,
        links=links_above(line),
        parts=[(quantity, dates) for quantity in quantities],
        moves=moves,
        version=line.order.version,
        order=line.order,
    )


def render_split(request, line, form, picture=None, trouble="", *, status=200):
    """The whole page, or for htmx the form with what it would do."""
    context = {
        "line": line,
        "form": form,
        "picture": picture,
        "trouble": trouble,
        "ways": ways_of(request),
        "fixed": has_fixed_quantities(line),
    }
    template = "production/_split.html" if request.htmx else "production/split.html"
    return render(request, template, context, status=status)
