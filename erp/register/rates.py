"""What one unit of a currency is worth in another on a day, from the table of exchange rates."""

from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, Subquery, Value, When

from erp.register.models import ExchangeRate

ONE = Decimal(1)


def rate_on(day, *, currency, into):
    """The latest rate that has come by the day; 1 of the same currency; None where the table has none."""
    if currency == into:
        return ONE
    come = ExchangeRate.objects.filter(currency=currency, into=into, valid_from__lte=day)
    return come.order_by("-valid_from").values_list("rate", flat=True).first()


def rate_column(day, *, currency, into):
    """The same for a queryset: ``currency`` and ``into`` name columns."""
    come = ExchangeRate.objects.filter(currency=OuterRef(currency), into=OuterRef(into), valid_from__lte=day)
    latest = Subquery(come.order_by("-valid_from").values("rate")[:1])
    rate = DecimalField(max_digits=18, decimal_places=8)
    return Case(When(**{currency: F(into)}, then=Value(ONE)), default=latest, output_field=rate)
