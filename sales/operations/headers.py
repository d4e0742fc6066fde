"""The headers of sales orders: what they take from their customers, and what the register says anew of them."""

from django.utils import timezone

from erp.exceptions import Refused
from erp.register.rates import rate_on
from erp.register.units import plain
from linkage.models import Document
from linkage.models.positions import DocumentKind
from linkage.operations import open_documents
from linkage.operations.inserting import insert
from sales.models import CustomerTerm, InvoiceLine, OrderType, SalesOrder
from sales.places import default_places, transport_days_to
from sales.statuses import CONFIRMED


def open_headers(orders):
    """Open orders (NewOrder) without their rows; they come back as given, with their numbers."""
    made = unsaved_orders(orders)
    for order, document in zip(made, _open_documents(orders), strict=True):
        order.document = document
        check_rate(order)
    return insert(made)


def unsaved_orders(orders):
    """The orders as they would be opened, with all that customers and settings give them; without numbers yet."""
    types, places = _order_types(orders), default_places([new.customer for new in orders])
    return [
        SalesOrder(
            document=Document(
                company=new.warehouse.company, kind=DocumentKind.SALES, partner=new.customer, ordered_on=new.ordered_on
            ),
            status=new.status,
            warehouse=new.warehouse,
            confirmed_at=timezone.now() if new.status == CONFIRMED else None,
            **_defaults(new, types, places) | new.facts,
        )
        for new in orders
    ]


def _order_types(orders):
    """{customer id: the order type agreed with it}, and under None the one that new orders get."""
    agreed = CustomerTerm.objects.filter(customer__in=[new.customer for new in orders]).exclude(order_type=None)
    found = {term.customer_id: term.order_type for term in agreed.select_related("order_type")}
    return found | {None: OrderType.objects.filter(is_default=True).first()}


def _defaults(new, types, places):
    """What an order takes from its customer, and its rate from the table where it is in a currency of its own."""
    currency, company = new.facts.get("currency", new.customer.currency), new.warehouse.company.currency
    place = new.facts.get("delivery_place") or places.get(new.customer.pk)
    facts = {
        "currency": currency,
        "order_type": types.get(new.customer.pk, types[None]),
        "transport_days": transport_days_to(place),
    }
    if "exchange_rate" in new.facts:
        return facts
    return facts | {"exchange_rate": rate_of_day(new.ordered_on, currency=currency, into=company)}


def rate_of_day(day, *, currency, into):
    """The rate that the table suggests an order; refused where it has none."""
    rate = rate_on(day, currency=currency, into=into)
    if rate is None:
        raise Refused(
            f"There is no exchange rate from {currency} to {into}; enter one on the order or ask an administrator."
        )
    return rate


def _open_documents(orders):
    """One series per company; the documents come back in the order of the orders."""
    by_company = {}
    for place, new in enumerate(orders):
        by_company.setdefault(new.warehouse.company, []).append(place)
    documents = [None] * len(orders)
    for company, places in by_company.items():
        headers = [(orders[place].ordered_on, orders[place].customer, orders[place].number) for place in places]
        opened = open_documents(company=company, kind=DocumentKind.SALES, headers=headers)
        for place, document in zip(places, opened, strict=True):
            documents[place] = document
    return documents


def suggested_again(order, changes):
    """What the register says anew of a header whose currency, place, rate or transport time changes as ``changes`` say.

    Left as it was or emptied, the rate follows the currency and the transport time the place.
    """
    currency, place = changes.get("currency", order.currency), changes.get("delivery_place", order.delivery_place)
    anew = {}
    if _asks_again(order, changes, "exchange_rate", moved=currency != order.currency):
        into = order.company_currency
        anew["exchange_rate"] = rate_of_day(order.document.ordered_on, currency=currency, into=into)
    if _asks_again(order, changes, "transport_days", moved=place != order.delivery_place):
        place = place or default_places([order.customer]).get(order.customer.pk)
        anew["transport_days"] = transport_days_to(place)
    return anew


def _asks_again(order, changes, name, *, moved):
    before = getattr(order, name)
    typed = changes.get(name, before)
    return typed is None or (moved and typed == before)


def changes_money(order, changes):
    """Whether the order gets another currency or rate."""
    return any(
        changes.get(name, getattr(order, name)) != getattr(order, name) for name in ("currency", "exchange_rate")
    )


def check_not_exported(order, changes):
    """What is on an invoice basis is reckoned and shown in the order's currency, at its rate."""
    if not changes_money(order, changes):
        return
    if count := InvoiceLine.objects.standing().filter(row__order=order).count():
        raise Refused(
            f"{order} has {count} {'line' if count == 1 else 'lines'} on invoice bases in {order.currency} at "
            f"{plain(order.exchange_rate)}; its currency and exchange rate stay."
        )


def check_rate(order):
    """An order in the company's own currency has the rate 1."""
    company = order.document.company.currency
    if order.currency == company and order.exchange_rate != 1:
        raise Refused(f"The order is in {company}, the company's own currency: its exchange rate is 1.")


def check_warehouse(order):
    """Rows that name no warehouse lie in that of their order, which is therefore one of its own company."""
    company = order.document.company
    if order.warehouse.company_id != company.pk:
        raise Refused(f"{order.warehouse} is a warehouse of {order.warehouse.company}, and {order} is of {company}.")
