"""Smart buttons of the demo company: each count is the length of the list behind it, in both directions."""

import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from erp.register.models import User
from production.models import ProductionOrder
from purchasing.models import PurchaseOrder
from sales.models import SalesOrder

BUTTON = re.compile(r'href="(/links/\?(?:gives|takes)=\d+)">[^<]*<b>(\d+)</b>')
PAGES = {
    "sales": (SalesOrder, "/sales/{}/"),
    "production": (ProductionOrder, "/production/orders/{}/"),
    "purchase": (PurchaseOrder, "/purchasing/orders/{}/"),
}


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.django_db
def test_every_count_is_the_length_of_its_list(company, kind):
    client = Client()
    client.force_login(User.objects.get(username="viewer"), backend="django.contrib.auth.backends.ModelBackend")
    model, page = PAGES[kind]

    shown, listed = {}, {}
    for order in model.objects.order_by("pk"):
        for url, count in BUTTON.findall(client.get(page.format(order.pk)).content.decode()):
            shown[url] = int(count)
            listed[url] = client.get(url).context["table"].paginator.count

    assert len(shown) == 2 * model.objects.count()
    assert shown == listed
    assert sum(shown.values()) > 0
