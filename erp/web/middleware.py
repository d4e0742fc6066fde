"""What every answer has in common: refusals become sentences, and nothing of a user's page is kept by a browser."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpResponseNotAllowed
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from erp.exceptions import Refused
from erp.web import outages
from erp.web.refusing import form_again

NUL = "\x00"
METHODS = {"GET", "HEAD", "OPTIONS", "POST"}


class RefusalMiddleware:
    """Shows what a rule says no with: 409, the sentence into ``#messages``, the planner's input untouched.

    A row that somebody else has locked for seconds is such a no as well. A database that does not answer is a 503.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.htmx:
            response = _for_htmx(request, response)
        patch_vary_headers(response, ["HX-Request"])
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_exception(self, request, exception):
        waited = isinstance(exception, OperationalError)
        if waited:
            if not outages.is_locked(exception):
                return outages.answer(request, exception)
            exception = Refused(_("Somebody else is working on this right now. Try again in a moment."))
        if not isinstance(exception, Refused):
            return None
        messages.error(request, str(exception))
        context = {"refusal": exception, "theirs": getattr(exception, "theirs", {})}
        if request.htmx:
            answer = render(request, "web/_messages.html", context, status=409)
            return reswap(retarget(answer, "#messages"), "outerHTML")
        answer = None if waited else _as_typed(request, exception)  # a second look would wait once more
        return answer or render(request, "web/refused.html", context, status=409)


def _as_typed(request, refusal):
    """The form that was refused with what was typed in it, if the page has one."""
    answer = form_again(request, refusal) if request.method == "POST" and request.resolver_match else None
    if answer is not None:
        answer.status_code = HTTPStatus.CONFLICT
    return answer


def _for_htmx(request, response):
    """A login page takes the whole window; messages come along with the fragment that the view answered."""
    if response.status_code == HTTPStatus.FOUND and response.url.startswith(resolve_url(settings.LOGIN_URL)):
        return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/").url)
    if _is_fragment(response) and _has_unseen_messages(request):
        response.write(render_to_string("web/_messages.html", {"oob": True}, request=request))
    return response


def _is_fragment(response):
    if response.streaming or "HX-Redirect" in response or "HX-Refresh" in response:
        return False
    return response.get("Content-Type", "").startswith("text/html")


def _has_unseen_messages(request):
    waiting = messages.get_messages(request)
    return waiting.added_new and not waiting.used


class CleanInputMiddleware:
    """PostgreSQL cannot store the NUL character, so no page need think about it. TRACE would echo cookies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(sorted(METHODS))
        if self._has_nul(request):
            sentence = _("What was sent contains a character that cannot be stored (NUL). Remove it and try again.")
            return render(request, "400.html", {"sentence": sentence}, status=400)
        return self.get_response(request)

    def _has_nul(self, request):
        if NUL in request.path_info:
            return True
        return any(
            NUL in name or any(NUL in value for value in values)
            for parameters in (request.GET, request.POST)
            for name, values in parameters.lists()
        )


class UserLanguageMiddleware:
    """The language that somebody chose goes with the user, not with the browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = getattr(request.user, "language", "")
        if language and translation.check_for_language(language):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
