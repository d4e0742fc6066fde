"""When the database does not answer: what kind of trouble it is, and a page that needs no database to say so."""

from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

LOCK_NOT_AVAILABLE, QUERY_CANCELED = "55P03", "57014"
RETRY_AFTER = 5


def sqlstate(exception):
    return getattr(exception.__cause__, "sqlstate", None)


def is_locked(exception):
    return sqlstate(exception) == LOCK_NOT_AVAILABLE


def is_outage(exception):
    """No connection, none free in the pool, or a statement that took too long."""
    if not isinstance(exception, OperationalError):
        return False
    state = sqlstate(exception)
    return state is None or state == QUERY_CANCELED or state[:2] in {"08", "53", "57"}


def answer(request, exception):
    """503 with Retry-After for an outage; None for any other exception."""
    if not is_outage(exception):
        return None
    slow = sqlstate(exception) == QUERY_CANCELED
    html = render_to_string("web/unavailable.html", {"slow": slow})
    return HttpResponse(html, status=503, headers={"Retry-After": str(RETRY_AFTER)})
