"""Sending an order: once, after the commit, with its document kept and its outcome in sight."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from linkage.preview import preview
from linkage.queries.timeline import timeline
from purchasing import operations
from purchasing.models import Dispatch
from purchasing.operations.dispatching import deliver
from purchasing.timeline import histories
from tests.factories import SupplierFactory, UserFactory
from tests.purchasing.factories import again, purchase_order, purchase_row
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db
ADDRESS = "orders@nordhub.example"


class Broken:
    """A mail server that is down."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("no mail server")


@pytest.fixture
def broken_server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Runs what waits for the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def swedish_row(**facts):
    supplier = SupplierFactory(name="Nordhub AB", language="sv", order_email=ADDRESS)
    return purchase_row(order=purchase_order(supplier=supplier), price=Decimal("2.5"), **facts)


def mailed(row, by, **facts):
    operations.send(order=row.order, how="email", address=ADDRESS, by=by, **facts)
    return Dispatch.objects.get()


def page(name, *args):
    return reverse(f"purchasing:{name}", args=args)


def test_send_by_mail_goes_out_after_the_commit_in_the_suppliers_language(buyer, mailoutbox, commit):
    row = swedish_row()

    with commit():
        sent = mailed(row, buyer)
        before = len(mailoutbox)

    [mail] = mailoutbox
    sent.refresh_from_db()
    assert (before, sent.outcome, sent.attempts, sent.version) == (0, "sent", 1, 1)
    assert (mail.to, mail.subject.split(" - ")[0]) == ([ADDRESS], "Inköpsorder P-1001")
    assert "vår inköpsorder P-1001 är bifogad" in mail.body
    assert [(name, kind) for name, _content, kind in mail.attachments] == [
        ("p-1001.pdf", "application/pdf"),
        ("p-1001.csv", "text/csv"),
    ]


def test_send_that_is_refused_sends_no_mail(buyer, mailoutbox, commit):
    row = swedish_row(sent=True)

    with commit(), pytest.raises(Refused):
        operations.send(order=row.order, how="email", address=ADDRESS, by=buyer)

    assert (len(mailoutbox), Dispatch.objects.filter(how="email").exists()) == (0, False)


def test_preview_of_a_send_sends_nothing(buyer, mailoutbox, commit):
    row = swedish_row()

    with commit():
        preview(operations.send, order=row.order, how="email", address=ADDRESS, by=buyer)

    assert (len(mailoutbox), Dispatch.objects.exists(), again(row).order.status) == (0, False, "draft")


def test_failed_mail_is_kept_with_its_error_and_the_order_is_sent(buyer, broken_server, commit):
    row = swedish_row()

    with commit():
        sent = mailed(row, buyer)

    sent.refresh_from_db()
    assert (sent.outcome, sent.error) == ("failed", "ConnectionRefusedError: no mail server")
    assert again(row).order.status == "sent"


def test_failed_mail_stands_on_the_order_the_list_and_the_first_page(buyer, buyer_client, broken_server, commit):
    row = swedish_row()
    with commit():
        mailed(row, buyer)

    order = buyer_client.get(page("order", row.order_id))
    listed = buyer_client.get(page("order_list"), {"unsent_mail": "1"})
    others = buyer_client.get(page("order_list"), {"unsent_mail": "0"})

    assertContains(order, "The mail with version 1 has not gone out.")
    assertContains(order, "no mail server")
    assertContains(listed, "P-1001")
    assertNotContains(others, "P-1001")
    assertContains(buyer_client.get("/"), "Mails to suppliers not sent")


def test_send_again_sends_the_same_document_to_another_address(buyer, mailoutbox, commit, settings):
    row, works = swedish_row(), settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    with commit():
        sent = mailed(row, buyer)
    settings.EMAIL_BACKEND = works

    with commit():
        operations.send_again(dispatch=sent, how="email", address="sales@nordhub.example", by=buyer)

    sent.refresh_from_db()
    assert ([mail.to for mail in mailoutbox], sent.outcome, sent.attempts) == ([["sales@nordhub.example"]], "sent", 2)


def test_send_again_otherwise_settles_a_failed_mail(buyer, broken_server, commit):
    with commit():
        sent = mailed(swedish_row(), buyer)

    operations.send_again(dispatch=sent, how="other", by=buyer)

    sent.refresh_from_db()
    assert (sent.how, sent.outcome, sent.error) == ("other", "sent", "")


def failed_mail(row, by):
    """The order's first document, whose mail has not gone out."""
    sent = mailed(row, by)
    Dispatch.objects.update(outcome="failed", error="no mail server")
    return sent


def test_mail_is_not_sent_again_once_a_newer_version_was_made(buyer, mailoutbox, commit):
    sent = failed_mail(row := swedish_row(), buyer)
    operations.change_row(row=again(row), quantity=Decimal(120), by=buyer)
    operations.send_changes(order=again(row).order, how="other", by=buyer)

    with commit(), pytest.raises(Refused, match=r"P-1001, version 1 no longer holds: version 2 is the latest\. If it"):
        operations.send_again(dispatch=sent, how="email", address=ADDRESS, by=buyer)

    assert (mailoutbox, Dispatch.objects.undone().exists()) == ([], False)
    assert operations.send_again(dispatch=sent, how="other", by=buyer).is_sent


def test_send_again_of_a_mail_that_is_over_says_why_and_proposes_no_mail(buyer, buyer_client):
    sent = failed_mail(row := swedish_row(), buyer)
    page = reverse("purchasing:send_again", args=[sent.pk])
    before = buyer_client.get(page).context["form"]["how"].initial
    operations.change_row(row=again(row), quantity=Decimal(120), by=buyer)
    operations.send_changes(order=again(row).order, how="other", by=buyer)
    after = buyer_client.get(page)

    assert (before, after.context["form"]["how"].initial) == ("email", "other")
    assertContains(after, "This mail no longer holds: version 2 is the latest.")


@pytest.mark.parametrize(("end", "state"), [("recall", "draft"), ("cancel", "cancelled")])
def test_mail_of_an_order_that_is_over_is_not_sent_again(buyer, mailoutbox, commit, end, state):
    sent = failed_mail(row := swedish_row(), buyer)
    getattr(operations, end)(order=again(row).order, by=buyer)

    with commit(), pytest.raises(Refused, match=rf"no longer holds: the order is {state}\. If it"):
        operations.send_again(dispatch=sent, how="email", address=ADDRESS, by=buyer)

    assert mailoutbox == []


def test_mail_that_tells_of_the_cancelling_is_sent_again(buyer, mailoutbox, commit):
    row = swedish_row(sent=True)
    operations.cancel(order=again(row).order, by=buyer)
    operations.send_changes(order=again(row).order, how="email", address=ADDRESS, by=buyer)
    Dispatch.objects.filter(version=2).update(outcome="failed")

    with commit():
        operations.send_again(dispatch=Dispatch.objects.get(version=2), how="email", address=ADDRESS, by=buyer)

    assert len(mailoutbox) == 1


def test_page_asks_for_the_latest_mail_only(buyer, buyer_client):
    failed_mail(row := swedish_row(), buyer)
    before = buyer_client.get(page("order", row.order_id))
    operations.change_row(row=again(row), quantity=Decimal(120), by=buyer)
    operations.send_changes(order=again(row).order, how="other", by=buyer)

    assertContains(before, "The mail with version 1 has not gone out.")
    assertNotContains(buyer_client.get(page("order", row.order_id)), "The mail with version 1 has not gone out.")


def test_send_again_is_refused_for_what_went_out_or_is_on_its_way(buyer):
    row = swedish_row(sent=True)
    sent = Dispatch.objects.get()
    with pytest.raises(Refused, match=r"P-1001, version 1 is sent\."):
        operations.send_again(dispatch=sent, how="email", address=ADDRESS, by=buyer)
    Dispatch.objects.update(how="email", address=ADDRESS, outcome="sending", sent_at=None, tried_at=timezone.now())

    with pytest.raises(Refused, match=r"P-1001, version 1 is being sent\."):
        operations.send_again(dispatch=sent, how="email", address=ADDRESS, by=buyer)

    assert again(row).order.status == "sent"


def test_mail_whose_server_died_on_the_way_may_be_sent_again_later(buyer, mailoutbox, commit):
    mailed(swedish_row(), buyer)
    Dispatch.objects.update(outcome="sending", tried_at=timezone.now() - timedelta(minutes=11))

    with commit():
        operations.send_again(dispatch=Dispatch.objects.get(), how="email", address=ADDRESS, by=buyer)

    assert len(mailoutbox) == 1


def test_deliver_twice_sends_once(buyer, mailoutbox):
    sent = mailed(swedish_row(), buyer)

    outcomes = [deliver(sent.pk, by=buyer), deliver(sent.pk, by=buyer)]

    assert (outcomes, len(mailoutbox)) == ([True, False], 1)


def test_same_form_pressed_twice_sends_once(buyer, buyer_client, mailoutbox, commit):
    row = swedish_row()
    typed = {"how": "email", "address": ADDRESS, "operation_key": "11111111-2222-4333-8444-555555555555"}

    with commit():
        answers = [buyer_client.post(page("send", row.order_id), typed).status_code for _press in range(2)]

    assert (answers, len(mailoutbox), Dispatch.objects.count()) == ([302, 302], 1, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_timeline_calls_a_mail_after_what_sent_it(buyer, mailoutbox):
    row = swedish_row()

    operations.send(order=row.order, how="email", address=ADDRESS, by=buyer)

    told = timeline(histories(row.order, costs=True)).entries
    assert (told[0].what, len(mailoutbox)) == ("Send", 1)
    assert "Document 1: outcome Being sent → Sent" in str(told[0].changes)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_buyers_send_once(mailoutbox):
    row = swedish_row()
    ours, theirs = UserFactory(), UserFactory()

    had_to_wait, outcome = run_before_commit(
        lambda: operations.send(order=row.order, how="email", address=ADDRESS, by=ours),
        lambda: operations.send(order=row.order, how="email", address=ADDRESS, by=theirs),
    )

    assert had_to_wait
    assert str(outcome) == "P-1001 is sent already."
    assert (len(mailoutbox), Dispatch.objects.get().created_by) == (1, ours)


def test_send_refuses_an_address_that_is_none(buyer):
    row = swedish_row()

    with pytest.raises(Refused, match=r"There is no e-mail address to send it to\."):
        operations.send(order=row.order, how="email", by=buyer)
    with pytest.raises(Refused, match=r"x@y is no e-mail address\."):
        operations.send(order=row.order, how="email", address="x@y", by=buyer)


def test_send_after_a_recall_is_the_next_version(buyer):
    row = swedish_row(sent=True)
    operations.recall(order=row.order, by=buyer)

    operations.send(order=row.order, by=buyer)

    assert [sent.texts["mark"] for sent in Dispatch.objects.order_by("version")] == [
        "Version 1",
        "Version 2, ersätter version 1",
    ]


def test_document_that_was_sent_does_not_change(buyer):
    row = swedish_row(sent=True)
    operations.change_row(row=row, quantity=Decimal(7), by=buyer)

    assert Dispatch.objects.get().texts["rows"][0]["quantity"] == "100 st"
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Dispatch.objects.update(texts={})


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_send_page_proposes_the_suppliers_address_and_language(buyer_client, headers):
    row = swedish_row()

    response = buyer_client.get(page("send", row.order_id), headers=headers)

    assertContains(response, ADDRESS)
    assertContains(response, "in svenska.")


def test_send_page_keeps_a_wrong_address_and_says_so(buyer_client):
    row = swedish_row()

    response = buyer_client.post(page("send", row.order_id), {"how": "email", "address": "nordhub"})

    assertContains(response, "Enter the supplier&#x27;s e-mail address, or choose another way.", status_code=422)
    assertContains(response, 'value="nordhub"', status_code=422)
    assert again(row).order.status == "draft"


def test_sent_file_is_downloaded_from_the_order(buyer_client):
    row = swedish_row()

    order = buyer_client.post(page("send", row.order_id), {"how": "file"}, follow=True)
    sent = Dispatch.objects.get()
    rows = buyer_client.get(page("dispatch_rows", sent.pk))

    assertContains(order, "Its files are under")
    assertContains(order, page("dispatch_paper", sent.pk))
    assert rows.content.decode("utf-8-sig").splitlines()[1].split(",")[:2] == ['"P-1001"', '"10"']
