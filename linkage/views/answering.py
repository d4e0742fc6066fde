"""How the pages of linkage answer: as a dialog or a page, and back to where somebody came from."""

from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from erp.web.answers import go
from linkage.owners import urls_of

# Pages that refresh their regions when links change; the others are loaded again.
LISTENING = {"demand", "supply", "short_list", "late_list", "orphan_list", "free_list", "hold_list", "swap_list"}
DIALOGS = {
    "link_new",
    "link_new_from_supply",
    "link_change",
    "disconnect",
    "hand_over",
    "swap",
    "swap_with",
    "movement_reverse",
    "movement_serials",
}


def dialog(request, fragment, context, *, status=200):
    """The fragment alone for htmx (it opens in the dialog), the same in a page of its own otherwise."""
    if request.htmx:
        return render(request, fragment, context, status=status)
    return render(request, "linkage/dialog.html", {"fragment": fragment, **context}, status=status)


def done(request, to, *args):
    """Answer a write from a dialog: it closes and the regions of the page refresh; else go to a page.

    A dialog's address can also be opened as a page of its own; then there is nothing behind it to refresh.
    """
    shown = _page_behind(request) if request.htmx else None
    if not request.htmx or (shown and shown.url_name in DIALOGS):
        return go(request, to, *args)
    if shown and not (shown.namespace == "linkage" and shown.url_name in LISTENING):
        return HttpResponseClientRefresh()
    response = trigger_client_event(HttpResponse(), "links-changed", after="settle")
    return trigger_client_event(response, "close-dialog", after="settle")


def _page_behind(request):
    """The page that htmx asks from, as the URLs name it."""
    try:
        return resolve(urlsplit(request.htmx.current_url_abs_path or "").path)
    except Resolver404:
        return None


def back(request, to, *args):
    """To the page that the user came from if it is ours, else to the given one."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    path = urlsplit(came_from)
    query = f"?{path.query}" if path.query else ""
    return redirect(f"{path.path}{query}" if ours and path.path else resolve_url(to, *args))


def posted_key(request):
    """The key of a form without fields; nonsense counts as none."""
    try:
        return UUID(request.POST.get("operation_key", ""))
    except ValueError:
        return None


def refuse_unless(allowed, sentence):
    if not allowed:
        raise PermissionDenied(sentence)


def owner_url(position):
    """The page of the order that the position belongs to; empty for one that nobody owns."""
    return urls_of([position]).get((position.kind, position.pk), "")
