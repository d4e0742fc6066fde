"""The page of one's own signature."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from erp.register.access import requires
from erp.web.answers import go, say_done
from sales import operations
from sales.forms.rows import SignatureForm
from sales.models import Signature
from sales.views.panels import ask, posted


@require_http_methods(["GET", "POST"])
@requires("sales.write")
def signature(request):
    found = Signature.objects.filter(user=request.user).first()
    form = SignatureForm(posted(request), initial={"text": found.text if found else ""})
    if form.is_bound and form.is_valid():
        operations.change_signature(**form.cleaned_data, by=request.user, key=form.key)
        say_done(request, _("Your signature is kept."))
        return go(request, "sales:signature")
    return ask(
        request,
        title=_("My signature"),
        intro=_("Text rows can insert it. Phrases for everybody are kept by administrators."),
        form=form,
        action=reverse("sales:signature"),
        button=_("Save"),
        order=None,
    )
