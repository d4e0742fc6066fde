"""Pages that belong to no app: search, lookups, keys, preferences, health and the page for an unforeseen error."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import Error, connection
from django.http import Http404, HttpResponse, HttpResponseRedirect, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from erp.web import outages
from erp.web.context import THEMES
from erp.web.searching import search_all

LONGEST_QUERY = 100
YEAR = 365 * 24 * 60 * 60


@require_GET
@login_required
def search(request):
    """Matches in documents, parts and partners; an exact number jumps there."""
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    hits = search_all(request.user, text)
    exact = [hit for hit in hits if hit.is_exact]
    if len(exact) == 1 and not request.htmx:
        return redirect(exact[0].url)
    template = "web/_search_hits.html" if request.htmx else "web/search.html"
    return render(request, template, {"query": text, "hits": hits})


@require_GET
@login_required
def lookup(request, name):
    """Choices for a lookup box as JSON: ``[{"value": "BRG-1", "label": "BRG-1 Bearing"}]``, exact number first."""
    if name not in settings.LOOKUPS:
        raise Http404
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = import_string(settings.LOOKUPS[name])(request.user, text)
    return JsonResponse({"results": [{"value": str(value), "label": str(label)} for value, label in found]})


@require_GET
@login_required
def keys(request):
    return render(request, "web/keys.html")


@require_POST
def set_theme(request):
    theme = request.POST.get("theme")
    response = HttpResponseRedirect(_back(request))
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def set_language(request):
    """Keep the language with the user, or in a cookie for somebody who is not logged in."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_back(request))
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        return response
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    return response


@require_GET
def healthz(request):
    """For the load balancer: can this process reach the database?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("database unreachable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def server_error(request):
    """The last resort. It asks nothing of the database, which may be the reason why it is shown."""
    outage = outages.answer(request, sys.exc_info()[1])
    return outage or HttpResponseServerError(render_to_string("500.html"))


def _back(request):
    """The page that the user came from, if it is ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else "/"
