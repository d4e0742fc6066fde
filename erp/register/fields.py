"""Column types of the domain. Migrations import them by path, so they live in a module of their own."""

from django.db import models

# Every quantity is below this bound: NaN passes ``>= 0`` in PostgreSQL, but not ``< LIMIT``.
QUANTITY_LIMIT = 10**11


class QuantityField(models.DecimalField):
    """A quantity: numeric(18,6), shown with two decimals, never a float."""

    def __init__(self, *args, **kwargs):
        kwargs["max_digits"], kwargs["decimal_places"] = 18, 6
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class PriceField(models.DecimalField):
    """A price or an amount: numeric(18,6)."""

    def __init__(self, *args, **kwargs):
        kwargs["max_digits"], kwargs["decimal_places"] = 18, 6
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


def between_zero_and_limit(*fields):
    """The condition that each of the columns is a sane quantity: at least 0, below the bound, not NaN."""
    condition = models.Q()
    for field in fields:
        condition &= models.Q(**{f"{field}__gte": 0, f"{field}__lt": QUANTITY_LIMIT})
    return condition


def register_key(to, **options):
    """A key into a register without an index of its own: few rows are looked for by it, and each write pays for all."""
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", db_index=False, **options)
