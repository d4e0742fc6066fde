"""What is expected, and which rows somebody means who scans or types a code at the gate."""

import re

from django.db.models import Q
from django.utils.translation import gettext as _

from linkage.dates import business_date
from linkage.models import StockMovement
from purchasing.models import PurchaseOrderRow
from purchasing.statuses import AT_SUPPLIER

MOST = 50
LABEL = re.compile(r"/purchasing/receipts/([0-9]{1,18})/")
ORDER = re.compile(r"/purchasing/orders/([0-9]{1,18})/")
ROW = re.compile(r"(.+)/([0-9]{1,9})")


def receivable():
    """Rows of orders at the supplier of which something may still come, the earliest first."""
    rows = PurchaseOrderRow.objects.open().filter(order__status__in=AT_SUPPLIER).for_list()
    return rows.order_by("supply__due_date", "order__document__serial", "position")


def expected(today=None):
    """What should be here today or should have come before."""
    return receivable().filter(supply__due_date__lte=today or business_date())


def home_count():
    """The line of the worklists on the first page."""
    return _("Receipts today"), "purchasing:arrival", "", expected().count(), "info"


def meant_by(code):
    """The receivable rows that a code means; the first of these that finds any.

    An address on a label or a printed order, an order's number, a row's, our or the supplier's part number, a goods
    label; then the beginning of a number.
    """
    code = code.strip()
    for condition in _readings(code) if code else ():
        if found := list(receivable().filter(condition).distinct()[:MOST]):
            return found
    return []


def _readings(code):
    if label := LABEL.search(code):
        yield Q(supply__in=StockMovement.objects.filter(pk=label[1]).values("supply"))
    if order := ORDER.search(code):
        yield Q(order=order[1])
    yield Q(order__document__number__iexact=code)
    if row := ROW.fullmatch(code):
        yield Q(order__document__number__iexact=row[1], position=row[2])
    yield Q(supply__part__number__iexact=code) | Q(supplier_part_number__iexact=code)
    yield Q(goods_label__iexact=code) | Q(order__goods_label__iexact=code) | Q(order__supplier_reference__iexact=code)
    yield Q(order__document__number__istartswith=code) | Q(supply__part__number__istartswith=code)
