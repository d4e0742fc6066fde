"""The distribution window of a row."""

from functools import partial

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.exceptions import Refused, Stale
from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from sales import operations
from sales.forms.posting import PostingForm
from sales.operations.types import check_goods
from sales.posting import Postings
from sales.views.panels import posted, row_or_404, with_both_values


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_posting(request, pk):
    row = row_or_404(request, pk)
    check_goods(row, _("post"))
    postings = Postings([row])
    shown = [one for one in postings.of(row) if one.account or one.values]
    make_form = partial(PostingForm, row=row, postings=shown, types=postings.types)
    form, refused = make_form(posted(request)), False
    if form.is_bound and form.is_valid():
        try:
            operations.distribute(row=row, **form.cleaned_data, by=request.user, key=form.key)
        except Refused as refusal:
            form, refused = _as_typed(request, refusal, form, make_form), True
        else:
            say_done(request, _("Row %(row)s is posted as distributed.") % {"row": row})
            return go(request, "sales:row", pk)
    context = {"row": row, "form": form, "is_own": row.postings.exists(), "may_write": may(request.user, "sales.write")}
    return render(request, "sales/row_posting.html", context, status=409 if refused else 422 if form.is_bound else 200)


def _as_typed(request, refusal, form, make_form):
    """The lines as typed, with what the operation says of them; a page that says it alone would lose them."""
    if isinstance(refusal, Stale):
        return with_both_values(request, refusal, make_form)
    form.add_error(None, str(refusal))
    return form
