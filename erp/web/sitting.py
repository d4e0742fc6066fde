"""What is remembered while the browser is open, and no longer: a cookie without an end names the sitting.

The session outlives a closed browser by hours; what it keeps under a sitting counts only while the browser still has
the cookie of it. It works without JavaScript, and nothing is asked of the browser but that it forgets the cookie.
"""

from django.conf import settings
from django.utils.crypto import get_random_string

COOKIE = "sitting"
KEPT = "sitting"


def kept(request, name, nothing=None):
    """What this sitting keeps under a name."""
    return _facts(request).get(name, nothing)


def keep(request, name, value):
    """Keep it; the answer must be ``marked``, or the next request has forgotten it."""
    token = request.COOKIES.get(COOKIE) if _facts(request) else get_random_string(22)
    request.session[KEPT] = {"token": token, "facts": _facts(request) | {name: value}}
    request.COOKIES[COOKIE] = token


def marked(response, request):
    """The answer with the cookie of this sitting: closing the browser ends it."""
    if _facts(request):
        response.set_cookie(
            COOKIE, request.COOKIES[COOKIE], httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def _facts(request):
    """What is kept, unless the sitting that kept it has ended."""
    found = request.session.get(KEPT) or {}
    return found["facts"] if found and found["token"] == request.COOKIES.get(COOKIE) else {}
