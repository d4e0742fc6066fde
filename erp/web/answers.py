"""How a page answers: a write with the sentence for the user and the fragment or the way back; a paper as PDF."""

import io
from urllib.parse import urldefrag, urlsplit

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh, trigger_client_event


def say_done(request, sentence, *, undo_url=""):
    """Say what was done; with ``undo_url`` the toast offers Undo for ten seconds (a POST there)."""
    messages.success(request, sentence, extra_tags=f"undo {undo_url}" if undo_url else "")


def as_links(pairs):
    """(words, URL) each as links with commas between, for a sentence of ``say_done`` made with ``format_html``."""
    return format_html_join(", ", '<a href="{}">{}</a>', [(url, words) for words, url in pairs])


def go(request, to, *args, **kwargs):
    """Send the browser to another page, from htmx too (a plain redirect would be swapped into the fragment)."""
    response = redirect(to, *args, **kwargs)
    if not request.htmx:
        return response
    if "#" in response.url and _is_here(request, response.url):
        return HttpResponseClientRefresh()  # the browser would only scroll to the place, and show what was before
    return HttpResponseClientRedirect(response.url)


def _is_here(request, url):
    shown = urlsplit(urldefrag(request.htmx.current_url or "").url)
    return urldefrag(url).url == shown._replace(scheme="", netloc="").geturl()


def changed(response, *, event="links-changed"):
    """Tell the other regions of the page to refresh themselves."""
    return trigger_client_event(response, event, after="settle")


def pdf_answer(pdf, name):
    """A PDF that the browser shows, and keeps under this name."""
    return FileResponse(io.BytesIO(pdf), filename=f"{name}.pdf", content_type="application/pdf")
