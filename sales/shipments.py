"""Delivery notes that go together: a shipping list for each customer and address, and the notes below it."""

from decimal import Decimal

from purchasing.papers import day, number_in
from sales.models import Paper
from sales.papers import Said, note_paper, rows_on_paper
from sales.shipping import ShippingTotals, shipping_totals

COLUMNS = ("delivery note", "order", "customer_order", "delivered_on", "rows", "weight")
SAME = ("language", "words", "company", "customer", "deliver_to")


def shipments_of(notes):
    """[texts] of notes, those together that go from one company to one customer and address, in their order."""
    together = {}
    for note in notes:
        paper = note_paper(note)
        key = note.company_id, note.order.customer.pk, paper["deliver_to"], paper["language"]
        together.setdefault(key, []).append((note, paper))
    return [_shipment(found) for found in together.values()]


def _shipment(found):
    note, paper = found[0]
    said = Said([], Paper.DELIVERY_NOTE, paper["language"], order=note.order)
    goods = [[one for one in rows_on_paper(each) if one.row.is_goods] for each, _texts in found]
    notes = [_line(each, rows, said) for (each, _texts), rows in zip(found, goods, strict=True)]
    everything = [one for rows in goods for one in rows]
    orders = {each.order_id: each.order for each, _texts in found}.values()
    return {name: paper[name] for name in SAME} | {
        "columns": [said.words[name] for name in COLUMNS],
        "notes": notes,
        "sums": ["", "", "", "", str(len(everything)), _weight(everything, said)],
        "shipping": said.shipping(_sum([shipping_totals(order) for order in orders])),
        "papers": [texts for _each, texts in found],
    }


def _line(note, rows, said):
    order = note.order
    when = day(note.delivered_on, said.language)
    return [str(note), str(order), order.customer_order_number, when, str(len(rows)), _weight(rows, said)]


def _weight(rows, said):
    """What is known to weigh something, in kg."""
    weight = sum((one.quantity * one.row.net_weight for one in rows if one.row.net_weight), Decimal(0))
    return f"{number_in(weight.quantize(Decimal('0.01')), said.language)} kg" if weight else ""


def _sum(totals):
    """The shipping information of all orders, each once."""
    names = ("lines", "quantity", "weight", "volume", "loading_metres")
    return ShippingTotals(**{name: sum(getattr(one, name) for one in totals) for name in names})
