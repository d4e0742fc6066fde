"""What a pick list says on paper, in the language of who prints it: by place in the warehouse, with its texts."""

from purchasing.paper_words import words_in
from purchasing.papers import day, number_in
from sales.deliverable import picked_lines
from sales.formatting import blocks_of
from sales.models import DocumentText, Paper, RowType, SalesOrderRow
from sales.naming import Names
from sales.paper_words import WORDS


def pick_paper(pick_list, *, language):
    """The texts of a pick list: what is still to be picked."""
    language = language if language in WORDS["pick list"] else "en"
    lines = picked_lines(pick_list)
    words, names = words_in(WORDS, language), Names(_named(lines), language)
    texts = DocumentText.objects.filter(document=Paper.PICK_LIST, language=language).first() or DocumentText()
    company = pick_list.company
    facts = [
        (words["warehouse"], f"{pick_list.warehouse.code} {pick_list.warehouse.name}"),
        (words["until"], day(pick_list.until, language)),
        (words["note"], pick_list.note),
    ]
    return {
        "document": str(Paper.PICK_LIST),
        "language": language,
        "words": words,
        "number": str(pick_list),
        "title": f"{words['pick list']} {pick_list}",
        "mark": "",
        "company": {"name": company.name, "address": company.address},
        "customer": None,
        "deliver_to": "",
        "facts": [[name, value] for name, value in facts if value],
        "header": texts.header,
        "footer": texts.footer,
        "columns": ["place", "part", "name", "quantity", "row", "picked"],
        "rows": list(_rows(lines, names, words, language)),
        "total": "",
        "shipping": [],
        "vat": [],
        "note": "",
        "data": [],
    }


def _named(lines):
    """What is called by a name: the rows of the lines, and the fictitious parts above them."""
    return [line.row for line in lines] + [line.heading.main for line in lines if line.heading]


def _heading(heading, names, words, language):
    """A fictitious part above its parts: how many of it the list makes complete."""
    main, complete = heading.main, number_in(heading.complete, language)
    counted = f"{complete} {names.unit(main.unit)} {words['complete']}"
    text = f"{main} {main.part} {names.of(main)}: {counted}"
    return {"type": "text", "text": text, "blocks": [{"kind": "p", "runs": [{"text": text, "bold": True}]}], "pos": ""}


def _rows(lines, names, words, language):
    below, above = _texts(lines)
    for line in lines:
        row = line.row
        if line.heading:
            yield _heading(line.heading, names, words, language)
            for text in below.pop(row.parent_id, ()):
                yield _said_below(text)
        in_unit = line.offered is not None and line.offers_all
        quantity = line.offered if in_unit else line.picked
        unit = row.unit if in_unit or not row.part_id else row.part.unit
        yield {
            "type": "row",
            "place": line.bin,
            "part": str(row.part) if row.part_id else row.part_number,
            "name": names.of(row),
            "quantity": f"{number_in(quantity, language)} {names.unit(unit)}".rstrip(),
            "row": f"{row}, {row.order.customer.name}",
            "picked": "",
            "details": [],
        }
        for text in below.get(row.pk, ()):
            yield _said_below(text)
    for text in above:
        blocks = blocks_of(text.formatted)
        yield {"type": "text", "text": f"{text.order}: {text.text}", "blocks": blocks, "pos": f"{text.order}:"}


def _said_below(text):
    return {"type": "text", "text": text.text, "blocks": blocks_of(text.formatted), "pos": ""}


def _texts(lines):
    """({row id: the texts below it}, the texts of the orders): those that are printed on pick lists, one query.

    What is said below a fictitious part is said once, above the first of its parts.
    """
    rows = {line.row.pk for line in lines} | {line.row.parent_id for line in lines if line.row.is_of_kit}
    orders = {line.row.order_id for line in lines}
    texts = SalesOrderRow.objects.filter(order__in=orders, row_type=RowType.TEXT, on_pick_list=True)
    below, above = {}, []
    for text in texts.select_related("order__document").in_order():
        if text.parent_id is None:
            above.append(text)
        elif text.parent_id in rows:
            below.setdefault(text.parent_id, []).append(text)
    return below, above
