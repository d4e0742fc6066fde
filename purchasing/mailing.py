"""The mail that takes a paper to a partner, in its language, with the PDF and the rows attached."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.text import slugify

from erp.web.exports import small_file
from purchasing.printing import pdf_of, table_of


def mail_of(dispatch):
    """To the supplier; it comes from the buyer."""
    texts, sender = dispatch.texts, dispatch.order.buyer or dispatch.created_by
    return paper_mail(dispatch, sender=sender, pdf=pdf_of(texts), table=table_of(texts))


def paper_mail(dispatch, *, sender, pdf, table):
    """Answers go to the sender, if that one has an address. The same dispatch always has the same Message-ID."""
    texts = dispatch.texts
    words, company = texts["words"], texts["company"]["name"]
    lines = [words["greeting"], "", texts["attached"] % texts, "", words["regards"], str(sender), company]
    mail = EmailMessage(
        subject=f"{texts['title']} - {company}",
        body="\n".join(lines),
        to=[dispatch.address],
        reply_to=[sender.email] if sender.email else [],
        headers={"Message-ID": _message_id(dispatch)},
    )
    name = slugify(texts["number"])
    mail.attach(f"{name}.pdf", pdf, "application/pdf")
    header, rows = table
    mail.attach(f"{name}.csv", small_file(rows, header=header, kind="csv"), "text/csv")
    return mail


def _message_id(dispatch):
    """A mailbox that gets the mail twice shows it once."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<{slugify(str(dispatch.order))}.{dispatch.pk}@{domain}>"
