"""The mail that takes a paper to the customer."""

from purchasing.mailing import paper_mail
from sales.printing import pdf_of, table_of


def mail_of(dispatch):
    """It comes from who sent the paper."""
    texts = dispatch.texts
    return paper_mail(dispatch, sender=dispatch.created_by, pdf=pdf_of(texts), table=table_of(texts))
