"""What ``base.html`` needs on every page."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from erp.web.nav import menu

THEMES = ["auto", "light", "dark"]


def shell(request):
    """The menu (worked out only if a page shows it), the theme and the languages."""
    theme = request.COOKIES.get("theme", "auto")
    user = getattr(request, "user", None)
    return {
        "menu": SimpleLazyObject(lambda: menu(user, request.path) if user and user.is_authenticated else []),
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
        "languages": settings.LANGUAGES,
    }
