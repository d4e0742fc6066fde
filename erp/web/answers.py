"""How a page answers a write: the sentence for the user, and the fragment or the way back."""

from django.contrib import messages
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event


def say_done(request, sentence, *, undo_url=""):
    """Say what was done; with ``undo_url`` the toast offers Undo for ten seconds (a POST there)."""
    messages.success(request, sentence, extra_tags=f"undo {undo_url}" if undo_url else "")


def go(request, to, *args, **kwargs):
    """Send the browser to another page, from htmx too (a plain redirect would be swapped into the fragment)."""
    response = redirect(to, *args, **kwargs)
    return HttpResponseClientRedirect(response.url) if request.htmx else response


def changed(response, *, event="links-changed"):
    """Tell the other regions of the page to refresh themselves."""
    return trigger_client_event(response, event, after="settle")
