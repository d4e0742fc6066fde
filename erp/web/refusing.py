"""A form whose operation was refused is drawn again as it was sent: no browser keeps a page of ours to go back to.

While that happens no form is valid and no operation runs, so the view can do nothing but draw its form; what one
without either would write is rolled back. The admin is left out: its forms are Django's.
"""

from contextvars import ContextVar

from django.db import transaction

from erp.exceptions import Gone, KeyReused, Refused, Stale

_refusal: ContextVar[Refused | None] = ContextVar("refusal_shown_again", default=None)
DRAWN_AGAIN = (200, 409, 422)
NEEDS_A_NEW_PAGE = (Stale, KeyReused, Gone)  # the same form sent again would be refused again


def refusal_shown():
    """The refusal whose form is being drawn again; None otherwise."""
    return _refusal.get()


def form_again(request, refusal):
    """The page with the form and everything typed in it; None where the view draws none."""
    if isinstance(refusal, NEEDS_A_NEW_PAGE):
        return None
    match = request.resolver_match
    if "admin" in match.app_names:
        return None
    token = _refusal.set(refusal)
    try:
        answer = _looked_at(match, request)
    except Exception:  # whatever a view does with a form that is not valid: the refusal itself is answered
        return None
    finally:
        _refusal.reset(token)
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer if is_page and answer.status_code in DRAWN_AGAIN else None


def _looked_at(match, request):
    with transaction.atomic():
        answer = match.func(request, *match.args, **match.kwargs)
        transaction.set_rollback(True)
    return answer
