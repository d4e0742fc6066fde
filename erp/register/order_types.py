"""What the kinds of orders have in common, whatever is ordered."""

from django.db import models


class OrderTypeQuerySet(models.QuerySet):
    """Of a model with ``is_active``, ``is_default`` and the ``users`` whose own type one is."""

    def active(self):
        return self.filter(is_active=True)

    def of(self, user):
        """The type that a new order of the user gets: the user's own, else the default one, else none."""
        active = self.active()
        return active.filter(users__user=user).first() or active.filter(is_default=True).first()
