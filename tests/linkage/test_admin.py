"""The ledger in the admin: everything can be looked at, nothing changed."""

import pytest
from django.apps import apps
from django.urls import reverse

from linkage.models import OrderLink, Provenance, Tombstone
from tests.linkage.factories import LinkFactory

pytestmark = pytest.mark.django_db
MODELS = [
    "document",
    "demand",
    "supply",
    "orderlink",
    "stockmovement",
    "provenance",
    "tombstone",
    "stocktarget",
    "hold",
    "jobrun",
    "operation",
]


@pytest.mark.parametrize("model", MODELS)
def test_admin_lists_and_searches(admin_client, admin_user, model):
    link = LinkFactory()
    Provenance.objects.create(supply=link.supply, demand=link.demand, quantity=1)
    Tombstone.objects.create(supply=link.supply, demand=link.demand, created_by=admin_user)

    for query in ({}, {"q": "x"}):
        assert admin_client.get(reverse(f"admin:linkage_{model}_changelist"), query).status_code == 200
    first = apps.get_model("linkage", model).objects.first()
    if first is not None:
        assert admin_client.get(reverse(f"admin:linkage_{model}_change", args=[first.pk])).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_admin_adds_nothing(admin_client, model):
    assert admin_client.get(reverse(f"admin:linkage_{model}_add")).status_code == 403


def test_admin_changes_and_deletes_no_link(admin_client):
    link = LinkFactory()
    change = reverse("admin:linkage_orderlink_change", args=[link.pk])
    delete = reverse("admin:linkage_orderlink_delete", args=[link.pk])

    answers = [admin_client.post(url, {"quantity": "9", "post": "yes"}).status_code for url in (change, delete)]

    assert answers == [403, 403]
    assert OrderLink.objects.get().quantity == 4


@pytest.mark.parametrize("row_count", [1, 3])
@pytest.mark.parametrize("model", ["demand", "supply", "orderlink"])
def test_admin_query_count_does_not_grow(admin_client, django_assert_max_num_queries, model, row_count):
    LinkFactory.create_batch(row_count)

    with django_assert_max_num_queries(12):
        admin_client.get(reverse(f"admin:linkage_{model}_changelist"))
