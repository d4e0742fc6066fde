"""Who may open a page: decorators for views, under the method decorator."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied

from erp.register.asking import asked_once
from erp.register.roles import RIGHTS, has_role, may


def requires(right):
    """Only for users with the right of the table ``RIGHTS``; others get the 403 page, strangers the login."""
    needed = RIGHTS[right]
    return _only_if(lambda user: may(user, right), needed)


def require_role(*roles):
    """Only for users with one of the roles; prefer ``requires`` and a right of the table."""
    return _only_if(lambda user: has_role(user, *roles), roles)


def _only_if(allowed, roles):
    sentence = f"This needs the role {' or '.join(sorted(roles))}. Ask an administrator for it."

    def decorate(view):
        @login_required
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not allowed(request.user):
                raise PermissionDenied(sentence)
            with asked_once():
                return view(request, *args, **kwargs)

        return guarded

    return decorate
