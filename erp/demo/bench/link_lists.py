"""LINKS: the list of 50,000 open links of one part: a page of it, sorted and filtered, and all of it as a file."""

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from erp.demo.bench.loading import world
from erp.demo.bench.measuring import Case, DifferentWork, Side
from erp.demo.bench.swaps import EACH, LINKS, bought
from erp.register.models import Part, User

PAGES = [("first page", ""), ("page sorted by slackest need", "sort=-needed"), ("late ones", "late=1")]
PAGE_SECONDS, EXPORT_SECONDS, MOST_QUERIES = 1.0, 30.0, 15


def cases(size):
    count = max(int(LINKS * size), EACH)
    part = Part.objects.get(pk=bought(world(), count))
    client = _viewer()
    for name, query in PAGES:
        yield _page(client, f"{name} of {count:,} links", f"part={part.number}&{query}")
    yield _export(client, f"{count:,} links as CSV", f"part={part.number}&export=csv")


def _viewer():
    user, _ = User.objects.get_or_create(username="bench-viewer")
    user.groups.add(Group.objects.get_or_create(name="viewer")[0])
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _page(client, name, query):
    page = Side(work=lambda: _get(client, query), result=lambda answer: _checked(client, query, answer))
    return Case(workload="LINKS", name=name, sides=lambda _: {"product": page}, bounds={"1 s": PAGE_SECONDS})


def _export(client, name, query):
    """Every cell read, as a browser would."""
    work = Side(work=lambda: b"".join(_get(client, query).streaming_content), result=lambda text: text.count(b"\n"))
    return Case(workload="LINKS", name=name, sides=lambda _: {"product": work}, bounds={"30 s": EXPORT_SECONDS})


def _get(client, query):
    answer = client.get(f"{reverse('linkage:link_list')}?{query}")
    if answer.status_code != 200:
        raise DifferentWork(f"LINKS: the page answers {answer.status_code}.")
    return answer


def _checked(client, query, answer):
    """The queries of a page, which are few whatever the number of links."""
    with CaptureQueriesContext(connection) as captured:
        _get(client, query)
    if len(captured) > MOST_QUERIES:
        raise DifferentWork(f"LINKS: the page asks {len(captured)} times.")
    return len(captured)
