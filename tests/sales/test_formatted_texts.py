"""Formatted texts on rows: written by the editor, kept clean, printed, and plain where no JavaScript runs."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from sales import operations
from sales.formatting import plain_of
from sales.models import RowType, SalesOrderRow, TextImage
from sales.operations.replacing import Replacing
from sales.papers import order_paper
from sales.printing import pdf_of
from tests.sales.factories import again, order_with

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def picture(kind="PNG", size=(60, 40), mode="RGB", **facts):
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind, **facts)
    return out.getvalue()


def image_of(by, name="plan.png", **facts):
    return operations.add_text_image(content=picture(**facts), name=name, by=by)


def text_on(order, by, html="<p>Mount <b>carefully</b></p>", text="Mount carefully"):
    facts = {"text": text, "formatted": html, "on_confirmation": True}
    return operations.add_row(order=order, row_type=RowType.TEXT, by=by, **facts)


def edit(client, row, **typed):
    data = {"text": row.text, "formatted": row.formatted, "version": row.version} | typed
    return client.post(reverse("sales:row_edit", args=[row.pk]), data, headers=HTMX)


def test_editor_writes_a_formatted_text_and_its_plain_words(seller, seller_client):
    order = order_with(1, by=seller)
    typed = {"row_type": 4, "text": "", "formatted": "<p>Mount <b>carefully</b><script>x</script></p>"}

    seller_client.post(reverse("sales:row_new", args=[order.pk]), typed | {"is_formatted": "on"}, headers=HTMX)

    row = order.rows.get(row_type=RowType.TEXT)
    assert (row.text, row.formatted) == ("Mount carefully", "<p>Mount <b>carefully</b></p>")


def test_text_without_format_is_kept_plain(seller, seller_client):
    order = order_with(1, by=seller)
    typed = {"row_type": 4, "text": "x", "formatted": "<p>One</p><p>Two</p>", "is_formatted": "on"}

    seller_client.post(reverse("sales:row_new", args=[order.pk]), typed, headers=HTMX)

    row = order.rows.get(row_type=RowType.TEXT)
    assert (row.text, row.formatted) == ("One\nTwo", "")


def test_plain_text_typed_without_javascript_takes_the_place_of_a_formatted_one(seller, seller_client):
    row = text_on(order_with(1, by=seller), seller)

    edit(seller_client, row, text="Mount quickly")

    assert (again(row).text, again(row).formatted) == ("Mount quickly", "")


def test_format_stays_where_only_the_documents_are_chosen_without_javascript(seller, seller_client):
    row = text_on(order_with(1, by=seller), seller)

    edit(seller_client, row, on_pick_list="on")

    assert (again(row).formatted, again(row).on_pick_list) == (row.formatted, True)


def test_text_of_nothing_is_refused_in_its_place(seller, seller_client):
    row = text_on(order_with(1, by=seller), seller)

    answer = edit(seller_client, row, formatted="<p><b> </b></p>", is_formatted="on")

    assertContains(answer, "This field is required.", status_code=422)


def test_operation_refuses_a_text_that_is_not_clean(seller):
    with pytest.raises(Refused, match="the formatted text and its plain words are not the same"):
        text_on(order_with(1, by=seller), seller, html="<p onclick='x'>a</p>", text="a")


def test_database_keeps_formatted_texts_on_text_rows(seller):
    order = order_with(1, by=seller)

    with pytest.raises(Error, match="sales_row_formatted_is_of_text_rows"), transaction.atomic():
        SalesOrderRow.objects.filter(order=order).update(formatted="<p>a</p>")


def test_grid_shows_format_and_image_and_escapes_words(seller, seller_client):
    image = image_of(seller)
    order = order_with(1, by=seller)
    html = f'<p>1 &lt; 2 <b>bold</b></p><img src="image:{image.pk}" alt="plan.png">'
    text_on(order, seller, html=html, text="1 < 2 bold\n[plan.png]")

    page = seller_client.get(reverse("sales:order", args=[order.pk]))

    assertContains(page, "<p>1 &lt; 2 <b>bold</b></p>")
    assertContains(page, f'<img src="/sales/text-images/{image.pk}/" alt="plan.png" loading="lazy">')


def test_paper_prints_format_and_image(seller):
    image = image_of(seller)
    order = order_with(1, by=seller)
    html = f'<p>Mount <b>well</b></p><ol><li>First</li></ol><img src="image:{image.pk}" alt="plan.png">'
    text_on(order, seller, html=html, text="Mount well\n1. First\n[plan.png]")

    texts = json.loads(json.dumps(order_paper(order)))  # as it is kept once it was sent
    reader = PdfReader(io.BytesIO(pdf_of(texts)))

    assert "Mount well" in reader.pages[0].extract_text()
    assert "1. First" in reader.pages[0].extract_text()
    assert len(reader.pages[0].images) == 1


def test_paper_that_was_sent_before_there_were_formats_is_still_set(seller):
    order = order_with(1, by=seller)
    text_on(order, seller)
    texts = order_paper(order)
    for row in texts["rows"]:
        row.pop("blocks", None)

    assert "Mount carefully" in PdfReader(io.BytesIO(pdf_of(texts))).pages[0].extract_text()


def test_print_view_shows_the_format(seller, seller_client):
    order = order_with(1, by=seller)
    text_on(order, seller)

    assertContains(seller_client.get(reverse("sales:order_print", args=[order.pk])), "Mount <b>carefully</b>")


def test_copy_of_an_order_keeps_the_format(seller):
    row = text_on(order_with(1, by=seller), seller)

    copy = operations.copy_order(order=row.order, by=seller)

    assert copy.rows.get(row_type=RowType.TEXT).formatted == row.formatted


def test_find_and_replace_keeps_the_format(seller):
    row = text_on(order_with(1, by=seller), seller)
    replacing = Replacing(field="text", find="carefully", put="<slowly>")

    operations.replace_in_rows(order=row.order, rows=[row], replacing=replacing, by=seller)

    assert (again(row).text, again(row).formatted) == ("Mount <slowly>", "<p>Mount <b>&lt;slowly&gt;</b></p>")


@pytest.mark.parametrize(
    ("html", "found", "put", "now"),
    [
        pytest.param(
            "<p>Mount&nbsp;<b>carefully</b></p>",
            "carefully",
            "slowly",
            ("Mount slowly", "<p>Mount&nbsp;<b>slowly</b></p>"),
            id="hard space",
        ),
        pytest.param(
            "<p>Mount <b>carefully</b></p>", "Mount", "", ("carefully", "<p> <b>carefully</b></p>"), id="by nothing"
        ),
        pytest.param("<p>Mount <b>carefully</b></p>", "carefully", "", ("Mount", "<p>Mount </p>"), id="at the end"),
        pytest.param(
            "<p>Mount</p><p><i>by hand</i></p><p>slowly</p>",
            "by hand",
            "",
            ("Mount\nslowly", "<p>Mount</p><p>slowly</p>"),
            id="a line in the middle",
        ),
        pytest.param(
            "<ol><li>Mount</li><li>Turn</li><li>Close</li></ol>",
            "Turn",
            "",
            ("1. Mount\n2. Close", "<ol><li>Mount</li><li>Close</li></ol>"),
            id="a point in the middle",
        ),
        pytest.param(
            "<p>Mount</p><ul><li>Turn</li></ul><p>Turn</p><p><br></p><p>Close</p>",
            "turn",
            "",
            ("Mount\n\nClose", "<p>Mount</p><p><br></p><p>Close</p>"),
            id="a list and a line",
        ),
    ],
)
def test_find_and_replace_changes_a_formatted_text(seller, html, found, put, now):
    row = text_on(order_with(1, by=seller), seller, html=html, text=plain_of(html))
    replacing = Replacing(field="text", find=found, put=put)

    _done, refused = operations.replace_in_rows(order=row.order, rows=[row], replacing=replacing, by=seller)

    assert refused == []
    assert (again(row).text, again(row).formatted) == now


def test_find_and_replace_refuses_a_formatted_text_that_gets_too_long(seller):
    row = text_on(order_with(1, by=seller), seller, html=f"<p>{'<b>x</b>' * 2000}</p>", text="x" * 2000)
    replacing = Replacing(field="text", find="x", put="&&")

    _done, refused = operations.replace_in_rows(order=row.order, rows=[row], replacing=replacing, by=seller)

    assert [str(why) for _row, why in refused] == [
        f"{row}: its text would be too long with its format; shorten it by hand."
    ]


def test_find_and_replace_refuses_what_crosses_a_format(seller):
    row = text_on(order_with(1, by=seller), seller)
    replacing = Replacing(field="text", find="Mount carefully", put="x")

    _done, refused = operations.replace_in_rows(order=row.order, rows=[row], replacing=replacing, by=seller)

    assert [str(why) for _row, why in refused] == [
        f"{row}: what is found there is partly in another format; change it by hand."
    ]


@pytest.mark.parametrize("found", ["Mount carefully", "2. "])
def test_page_says_beside_a_row_why_its_text_cannot_be_changed(seller, seller_client, found):
    html = "<p>Mount <b>carefully</b></p><ol><li>Turn</li><li>Close</li></ol>"
    row = text_on(order_with(1, by=seller), seller, html=html, text="Mount carefully\n1. Turn\n2. Close")
    url = reverse("sales:find_replace", args=[row.order_id])

    page = seller_client.post(url, {"field": "text", "find": found, "put": "x"}).content.decode()

    assert "what is found there is partly in another format; change it by hand" in page
    assert f'name="rows" value="{row.pk}"' not in page


def test_find_and_replace_refuses_to_leave_nothing_of_a_text(seller):
    row = text_on(order_with(1, by=seller), seller, html="<ul><li>Turn</li></ul>", text="• Turn")

    _done, refused = operations.replace_in_rows(
        order=row.order, rows=[row], replacing=Replacing(field="text", find="Turn", put=""), by=seller
    )

    assert [str(why) for _row, why in refused] == [f"{row}: nothing would be left of its text."]


def test_image_is_written_anew_and_kept_once(seller):
    first, again_ = image_of(seller), image_of(seller, name="other.png")

    assert first.pk == again_.pk
    assert (first.content_type, first.width, first.height) == ("image/jpeg", 60, 40)


def test_large_image_is_made_smaller_and_a_transparent_one_stays_so(seller):
    large = image_of(seller, size=(3200, 400))
    clear = image_of(seller, mode="RGBA")

    assert (large.width, large.height, clear.content_type) == (1600, 200, "image/png")


def test_what_hides_in_an_image_is_left_behind(seller):
    content = picture("JPEG", comment=b"<script>alert(1)</script>") + b"<?php ?>"

    image = operations.add_text_image(content=content, name="x.jpg", by=seller)

    assert b"script" not in image.content
    assert b"php" not in image.content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no image that can be read"),
        (picture()[:60], "is no image that can be read"),
        (b"\x89PNG" + b"0" * 6_000_000, "has 6.0 MB; an image may have 5 MB"),
        (picture(size=(9000, 9000), mode="1"), "has 9000 x 9000 pixels"),
        (picture("TIFF"), "is no image that can be read"),
        (picture(exif=b"Exif\0\0garbagegarbage"), "is no image that can be read"),
    ],
    ids=["an SVG", "half a file", "too many bytes", "too many pixels", "another kind", "damaged facts"],
)
def test_add_text_image_refuses(seller, content, why):
    with pytest.raises(Refused, match=f"x.png {why}"):
        operations.add_text_image(content=content, name="x.png", by=seller)


def test_editor_sends_an_image_and_gets_its_address(seller_client, viewer_client):
    file = SimpleUploadedFile("plan.png", picture())

    told = seller_client.post(reverse("sales:text_image_new"), {"image": file}).json()
    answer = viewer_client.get(told["url"])

    assert (told["name"], answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        "plan.png",
        "image/jpeg",
        "nosniff",
    )


def test_editor_is_told_what_is_wrong_with_an_image(seller_client):
    file = SimpleUploadedFile("plan.png", b"nothing")

    answer = seller_client.post(reverse("sales:text_image_new"), {"image": file})

    assert (answer.status_code, answer.json()["trouble"]) == (
        409,
        "plan.png is no image that can be read: PNG, JPEG, GIF and WebP can.",
    )


def test_image_stays_as_it_is(seller):
    image = image_of(seller)

    with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
        TextImage.objects.filter(pk=image.pk).update(name="x")


def test_editor_is_on_the_page_of_the_order_and_the_field_is_a_plain_one(seller, seller_client):
    row = text_on(order_with(1, by=seller), seller)

    page = seller_client.get(reverse("sales:row_edit", args=[row.pk]))

    assertContains(page, "web/editor")
    assertContains(page, "data-formatted")
    assertNotContains(page, "style=")
