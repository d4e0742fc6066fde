"""Goods labels: one for each part row that left with a delivery note, in the words of the note."""

from erp.web.typesetting import qr, typeset
from sales.papers import note_paper, rows_on_paper
from sales.printing import PAPER


def labels_of(note):
    """The texts of the labels: what is in the package, whose it is, and the customer's references to find it by."""
    paper = note_paper(note)
    goods = [row for row in paper["rows"] if row["type"] == "row"]
    left = [one.row for one in rows_on_paper(note) if one.row.is_goods]
    labels = [
        _label(row, data, paper, goods_label=note.order.goods_label)
        for row, data, of in zip(goods, paper["data"], left, strict=True)
        if of.is_part  # freight and alloy cost are in no package
    ]
    return {name: paper[name] for name in ("language", "words", "company", "number")} | {"labels": labels}


def _label(row, data, paper, *, goods_label):
    words = paper["words"]
    said = [
        (words["order"], f"{data['order']}/{data['position']}"),
        (words["customer_order"], " / ".join(filter(None, [data["customer_order"], data["customer_position"]]))),
        (words["goods_label"], row["goods_label"] or goods_label),
        (words["manufacturing_reference"], data["manufacturing_reference"]),
        (words["delivery_reference"], data["delivery_reference"]),
        (words["made_by"], data["made_by"]),
    ]
    return {
        "part": row["part"],
        "name": row["name"],
        "quantity": row["quantity"],
        "deliver_to": paper["deliver_to"],
        "facts": [[name, value] for name, value in said if value],
        "qr": qr(f"{data['order']}/{data['position']}"),
    }


def labels_pdf(texts):
    """The PDF as bytes, a label a page. The QR code is our row, so that a scanner finds it."""
    return typeset(PAPER / "label.typ", texts)
