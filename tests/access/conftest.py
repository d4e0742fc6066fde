from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction

from erp.register.models import User
from linkage.models import OrderLink, UndecidedChange
from purchasing.models import OverReceipt, PurchaseOrderRow
from sales.models import DeliveryNote, SalesOrder
from sales.operations import answer_order, export_invoice_basis
from tests.staging.files import staged_from


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """The demo company, loaded once for all tests of a module and taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        leave_undecided()
        leave_staged()
        leave_over_receipt()
        leave_answered()
        leave_exported()
        yield
        transaction.set_rollback(True)


def leave_undecided():
    """A sales row that would follow its order, as a command leaves it."""
    link = OrderLink.objects.open().filter(demand__kind="sales").exclude(supply__kind="stock").order_by("pk").first()
    facts = {"change": "date", "supply": link.supply, "demand": link.demand, "date": date(2026, 12, 24)}
    UndecidedChange.objects.create(**facts, created_by=User.objects.get(username="buyer"))


def leave_staged():
    """A file that waits to be loaded."""
    staged_from(b"Supplier;Part;Quantity\nnobody;nothing;1", by=User.objects.get(username="buyer"))


def leave_over_receipt():
    """More of a row came than is allowed, and a buyer was asked."""
    row = PurchaseOrderRow.objects.open().filter(order__status__in=["sent", "confirmed"]).order_by("pk").first()
    facts = {"row": row, "quantity": row.quantity * 2, "effective_on": date(2026, 3, 2), "reason": "Full pallet"}
    OverReceipt.objects.create(**facts, seen={}, created_by=User.objects.get(username="warehouse"))


def leave_answered():
    """An order that its customer has an answer to."""
    order = SalesOrder.objects.filter(status="confirmed").order_by("pk").first()
    answer_order(order=order, by=User.objects.get(username="seller"))


def leave_exported():
    """The first deliveries are on an invoice basis."""
    first = DeliveryNote.objects.order_by("delivered_on", "pk").first()
    export_invoice_basis(company=first.company, up_to=first.delivered_on, by=User.objects.get(username="seller"))


def pytest_collection_modifyitems(items):
    """pytest-django makes a test database only where a test says that it needs one; alone, these met the real one."""
    for item in items:
        if "tests/access/" in item.nodeid and "company" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db)
