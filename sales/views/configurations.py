"""How the part of a row is configured: asked in a dialog or on a page, with a preview where it is linked."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.exceptions import Refused
from erp.register.access import requires
from erp.register.roles import may
from erp.web.answers import go, say_done
from erp.web.previewing import ask_change, asked
from linkage.changes.asking import save_or_ask
from sales import operations
from sales.configuring import is_configurable, questions_of
from sales.forms.configurations import ConfigurationForm
from sales.reckoning import reckon
from sales.views.panels import posted, row_or_404


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def row_configuration(request, pk):
    """The questions of a row's part; confirmed, they are its variant code, its price and its pre-calculation."""
    row = row_or_404(request, pk)
    if not is_configurable(row):
        raise Refused(_("%(row)s is of a part that is not configured.") % {"row": row})
    form = ConfigurationForm(posted(request), row=row, questions=questions_of(row.part))
    back = f"{reverse('sales:order', args=[row.order_id])}#row-{row.pk}"
    if form.is_bound and form.is_valid() and "reckon" in request.POST:
        return _ask(request, row, form, reckoned=reckon(row, form.cleaned_data["options"]), status=200)
    if form.is_bound and form.is_valid():
        facts = {"row": row, **form.cleaned_data, "by": request.user, "key": form.key}
        _row, report = save_or_ask(operations.configure_row, asked=asked(request), **facts)
        if report:
            title = _("Configure row %(row)s") % {"row": row}
            return ask_change(request, report, title=title, action=request.path, back=back)
        say_done(request, _("Row %(row)s is configured.") % {"row": row})
        return go(request, back)
    return _ask(request, row, form, status=422 if form.is_bound else 200)


def _ask(request, row, form, *, status, reckoned=None):
    """The questions; with ``reckoned`` what the options that are chosen come to."""
    context = {
        "row": row,
        "form": form,
        "reckoned": reckoned,
        "see_costs": may(request.user, "see costs"),
    }
    template = "sales/_configure.html" if request.htmx else "sales/configure.html"
    return render(request, template, context, status=status)
