"""The terms of customers: a page or an operation reads those of each customer once."""

from erp.register.asking import once
from sales.models import CustomerTerm


def terms_of(customers):
    """{customer id: its CustomerTerm} of those among these (ids) that have one, each with its VAT group and code."""
    known = once("customer terms", dict)
    if missing := set(customers) - known.keys():
        found = CustomerTerm.objects.filter(customer__in=missing).select_related("vat_group__vat_code")
        known.update(dict.fromkeys(missing) | {term.customer_id: term for term in found})
    return {customer: known[customer] for customer in customers if known[customer]}
