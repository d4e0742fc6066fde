"""What is suggested: the warehouse of a new order, and of a new row what the register and the settings say."""

from decimal import Decimal

from django.core.exceptions import ValidationError

from erp.register import settings_registry
from erp.register.calendar import work_days
from erp.register.models import Warehouse
from erp.web.fields import QuantityFormField
from erp.web.numbers import show_quantity
from linkage.dates import business_date
from linkage.models import Operation
from sales.dates import day_by_lead_time
from sales.models import CustomerLink, CustomerTerm, SalesOrder, SalesOrderRow
from sales.operations.building import own_warehouse
from sales.part_names import name_rows
from sales.pricing import Prices
from sales.terms import terms_of
from sales.units import UnitsOfRows

TODAY, LEAD_TIME = "today", "lead-time"


def counts_lead_times():
    """Whether each part has its own date; else a row takes the date of the row above."""
    return settings_registry.get("default_delivery_date") == LEAD_TIME


def suggest_date(*, order, dates, part=None, today=None):
    """The date of a new row below rows with these; of no part yet, or of an additional row, it is that of lead time 0.

    Without partial delivery it is the date of the first row, whatever the setting.
    """
    if dates and not order.partial_delivery_allowed:
        return dates[0]
    by_part = counts_lead_times()
    if dates and not by_part:
        return dates[-1]
    lead_time = lead_time_to(order.customer, part) if by_part and part else 0
    return _day(order, lead_time, today or business_date())


def lead_time_to(customer, part):
    """Work days promised: in the customer link, else for the part, else none."""
    link = CustomerLink.objects.filter(customer=customer, part=part).first()
    agreed = link.lead_time if link else None
    return next((days for days in (agreed, part.lead_time_to_customer) if days is not None), 0)


def _day(order, lead_time, today):
    term = delivery_days_of(order.customer)
    days = work_days(order.document.company.calendar)
    return day_by_lead_time(today, lead_time=lead_time, days=days, delivers_on=term.delivers_on)


def delivery_days_of(customer):
    """The customer's terms with its days of delivery; a customer without terms takes goods every day."""
    return terms_of([customer.pk]).get(customer.pk) or CustomerTerm(customer=customer)


def taken_from(part, *, order, by, typed=""):
    """{field: what a new row of the part gets where it is left empty}; the price is that of the typed quantity."""
    row = SalesOrderRow(order=order, part=part, name=part.name)
    name_rows([row], by=by)
    unit = UnitsOfRows([part]).default(part)
    prices = Prices(customers=[order.customer], parts=[part])
    price = prices.suggest(order=order, part=part, unit=unit, quantity=_quantity(typed)).price
    return {
        "name": row.name,
        "unit": unit.code,
        "unit_price": show_quantity(price),
        "discount": show_quantity(prices.discount(order=order, part=part)),
        "warehouse": (own_warehouse(part, order) or order.warehouse).code,
    }


def _quantity(typed):
    try:
        return QuantityFormField().clean(typed)
    except ValidationError:
        return Decimal(1)


def suggest_warehouse(user):
    """Where a new order is taken from: as the one that the user opened last, else the latest, else the first."""
    mine = Operation.objects.filter(user=user, name="sales.create_order", result__isnull=False).order_by("-pk").first()
    orders = SalesOrder.objects.select_related("warehouse").order_by("-pk")
    last = (mine and orders.filter(pk=mine.result["value"]["pk"]).first()) or orders.first()
    if last and last.warehouse.is_active:
        return last.warehouse
    return Warehouse.objects.filter(is_active=True).order_by("code").first()
