"""The comments on parts that new rows bring along as texts below them."""

from django.db.models import Max, Q

from sales.models import PartComment, RowType, SalesOrderRow
from sales.models.rows import SAID


def comment_rows(rows):
    """Put the comment on its part below each saved main row: that of the customer link if it is for the order
    confirmation, else the general one. Two questions and one statement, whatever the number of rows.
    """
    rows = [row for row in rows if row.is_part and not row.parent_id]
    found = _comments_for(rows)
    chosen = [(row, comment) for row in rows if (comment := _chosen(row, found))]
    if not chosen:
        return
    below = SalesOrderRow.objects.filter(parent__in=[row.pk for row, _comment in chosen])
    last = dict(below.values_list("parent").annotate(last=Max("line")))
    texts = [text_below(row, comment, line=last.get(row.pk, 0) + 1) for row, comment in chosen]
    SalesOrderRow.objects.bulk_create(texts)


def _comments_for(rows):
    """{(part id, customer id or None): its comment}"""
    customers = {row.order.customer.pk for row in rows}
    asked = Q(customer=None) | Q(customer__in=customers)
    comments = PartComment.objects.filter(asked, part__in={row.part_id for row in rows}) if rows else []
    return {(comment.part_id, comment.customer_id): comment for comment in comments}


def _chosen(row, comments):
    own = comments.get((row.part_id, row.order.customer.pk))
    return own if own and own.on_confirmation else comments.get((row.part_id, None))


def text_below(row, words, *, line):
    """An unsaved text below a row that says what a comment or another text does."""
    said = {name: getattr(words, name) for name in SAID} | {"formatted": getattr(words, "formatted", "")}
    return SalesOrderRow(
        order=row.order, parent=row, line=line, row_type=RowType.TEXT, warehouse_id=row.warehouse_id, **said
    )
