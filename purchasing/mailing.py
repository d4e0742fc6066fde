"""The mail that takes a paper to the supplier, in its language, with the PDF and the rows attached."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.text import slugify

from erp.web.exports import small_file
from purchasing.printing import pdf_of, table_of


def mail_of(dispatch):
    """Answers go to the buyer, if the buyer has an address. The same dispatch always has the same Message-ID."""
    texts, order = dispatch.texts, dispatch.order
    words, company = texts["words"], texts["company"]["name"]
    buyer = order.buyer or dispatch.created_by
    lines = [words["greeting"], "", texts["attached"] % texts, "", words["regards"], str(buyer), company]
    mail = EmailMessage(
        subject=f"{texts['title']} - {company}",
        body="\n".join(lines),
        to=[dispatch.address],
        reply_to=[buyer.email] if buyer.email else [],
        headers={"Message-ID": message_id(dispatch)},
    )
    name = slugify(texts["number"])
    mail.attach(f"{name}.pdf", pdf_of(texts), "application/pdf")
    header, rows = table_of(texts)
    mail.attach(f"{name}.csv", small_file(rows, header=header, kind="csv"), "text/csv")
    return mail


def message_id(dispatch):
    """A mailbox that gets the mail twice shows it once."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<{slugify(str(dispatch.order))}.{dispatch.pk}@{domain}>"
