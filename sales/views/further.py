"""The further columns of a row: VAT, account, references, codes for authorities, fixed asset."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.exceptions import Stale
from erp.register.access import requires
from erp.web.answers import go, say_done
from sales import operations
from sales.forms.further import FurtherForm
from sales.operations.types import check_goods
from sales.views.panels import ask, posted, row_or_404, with_both_values


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_further(request, pk):
    row = row_or_404(request, pk)
    check_goods(row, _("tax or post"))
    form, status = FurtherForm(posted(request), row=row), None
    if form.is_bound and form.is_valid():
        try:
            operations.change_row(row=row, **form.cleaned_data, by=request.user, key=form.key)
        except Stale as stale:
            form, status = with_both_values(request, stale, lambda data: FurtherForm(data, row=row)), 409
        else:
            say_done(request, _("Row %(row)s is changed.") % {"row": row})
            return go(request, "sales:row", pk)
    return ask(
        request,
        title=_("VAT, account and references of row %(row)s") % {"row": row},
        form=form,
        action=reverse("sales:row_further", args=[pk]),
        button=_("Save"),
        order=row.order,
        back=reverse("sales:row", args=[pk]),
        status=status,
    )
