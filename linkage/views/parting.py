"""Disconnect, and what becomes of freed supply: the dialog with its destinations, and what each of them would do."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from linkage import operations
from linkage.parting_forms import DisconnectForm, needs_asking
from linkage.preview import effects_of
from linkage.queries.proof import takers_of
from linkage.rights import NO_DISCONNECT, may_disconnect
from linkage.views.answering import dialog, done, refuse_unless
from linkage.views.links import link_or_404, say_linked


@require_http_methods(["GET", "POST"])
@requires("read")
def disconnect(request, pk):
    """Ask once how much and where it goes, show what that would do, then end the link or part of it."""
    link = link_or_404(pk)
    refuse_unless(may_disconnect(request.user, link), NO_DISCONNECT)
    form = DisconnectForm(request.POST or None, link=link, user=request.user, takers=takers_of(link))
    is_asked = request.method == "GET" or "preview" in request.POST
    if is_asked or not form.is_valid():
        status = 422 if form.is_bound and not form.is_valid() else 200
        return dialog(request, "linkage/_disconnect.html", _question(request, link, form), status=status)
    ended = operations.disconnect(link=link, **form.cleaned_data, by=request.user, key=form.key)
    sentence = _("%(quantity)s of %(supply)s is no longer linked to %(demand)s.")
    say_linked(request, ended, sentence, form.cleaned_data["quantity"])
    return done(request, "linkage:demand", link.demand_id)


def _question(request, link, form):
    """The form as it stands with what it would do; a form that was not filled in yet would leave the supply free."""
    arguments = form.cleaned_data if form.is_bound and form.is_valid() else {}
    effects = (
        None
        if form.is_bound and not form.is_valid()
        else effects_of(operations.disconnect, link=link, **arguments, by=request.user)
    )
    return {"link": link, "form": form, "effects": effects, "ask_first": needs_asking(link.supply)}
