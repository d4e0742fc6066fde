"""The page that splits a purchase row: how to cut, the parts with their links, and what comes of it."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from erp.web.fields import TextFormField
from linkage.split_forms import CutForm, PartsForm
from purchasing import operations
from purchasing.operations import NewPart
from purchasing.split_preview import arrived, links_of, picture_of_split, why_not
from purchasing.views.orders import posted
from purchasing.views.rows import row_or_404


class SplitForm(PartsForm):
    """The parts of a purchase row."""

    DATES = {"date": gettext_lazy("Due date")}
    reason = TextFormField(label=gettext_lazy("Reason"), max_length=120, required=False)

    @staticmethod
    def part_of(quantity, dates):
        return NewPart(quantity=quantity, due_date=dates["date"])


@require_http_methods(["GET", "POST"])
@requires("purchase.write")
def split_row(request, pk):
    """GET fills the parts in, POST with ``preview`` shows them again, POST without it splits."""
    row = row_or_404(request, pk)
    if request.method == "GET":
        return render_split(request, row, *filled_in(request, row))
    form = form_for(row, data=posted(request))
    if not form.is_valid():
        return render_split(request, row, form, status=422)
    if "preview" in request.POST:
        return render_split(request, row, form, *picture_of_split(row, **form.cleaned_data, by=request.user))
    rows = operations.split_row(row=row, **form.cleaned_data, by=request.user, key=form.key)
    numbers = ", ".join(str(made) for made in rows)
    say_done(request, _("%(row)s is split: %(numbers)s.") % {"row": row, "numbers": numbers})
    return go(request, f"{reverse('purchasing:order', args=[row.order_id])}#row-{row.pk}")


def filled_in(request, row):
    """(form, picture, trouble) as the way in the URL cuts the row."""
    quantities, trouble = ways_of(request).quantities(row.quantity, row.unit, kept=arrived(row))
    trouble, picture = why_not(row) or trouble, None
    if not trouble:
        parts = [NewPart(quantity=quantity) for quantity in quantities]
        picture, trouble = picture_of_split(row, parts=parts, by=request.user)
    return form_for(row, quantities=quantities, moves=picture and picture.moves), picture, trouble


def ways_of(request):
    return CutForm(request.GET if "ways" in request.GET else {"ways": "equal"})


def form_for(row, *, data=None, quantities=(), moves=None):
    parts = [(quantity, {"date": row.supply.due_date}) for quantity in quantities]
    facts = {"whole": row.quantity, "version": row.version, "links": links_of(row)}
    return SplitForm(data, parts=parts, moves=moves, **facts)


def render_split(request, row, form, picture=None, trouble="", *, status=200):
    """The whole page, or for htmx the form with what it would do."""
    context = {"row": row, "form": form, "picture": picture, "trouble": trouble, "ways": ways_of(request)}
    template = "purchasing/_split.html" if request.htmx else "purchasing/split.html"
    return render(request, template, context, status=status)
