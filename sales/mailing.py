"""The mail that takes a paper to the customer, in its language, with the PDF and the rows attached."""

from django.core.mail import EmailMessage
from django.utils.text import slugify

from erp.web.exports import small_file
from purchasing.mailing import message_id
from sales.printing import pdf_of, table_of


def mail_of(dispatch):
    """Answers go to who sent it. The same dispatch always has the same Message-ID."""
    texts, sender = dispatch.texts, dispatch.created_by
    words, company = texts["words"], texts["company"]["name"]
    lines = [words["greeting"], "", texts["attached"] % texts, "", words["regards"], str(sender), company]
    mail = EmailMessage(
        subject=f"{texts['title']} - {company}",
        body="\n".join(lines),
        to=[dispatch.address],
        reply_to=[sender.email] if sender.email else [],
        headers={"Message-ID": message_id(dispatch)},
    )
    name = slugify(texts["number"])
    mail.attach(f"{name}.pdf", pdf_of(texts), "application/pdf")
    header, rows = table_of(texts)
    mail.attach(f"{name}.csv", small_file(rows, header=header, kind="csv"), "text/csv")
    return mail
