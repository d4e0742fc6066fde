"""What an export says of a cell; no database."""

from datetime import date
from decimal import Decimal

from django.utils.html import format_html
from django_tables2 import BooleanColumn, Column, DateColumn

from erp.web.cells import cell_of, plain
from erp.web.tables import PegboardTable, QuantityColumn, SlackColumn, StatusColumn


class SampleTable(PegboardTable):
    name = Column()
    status = StatusColumn(words={"late": "Late"})
    quantity = QuantityColumn()
    due = DateColumn(format="d.m.Y")
    slack = SlackColumn()
    contract = BooleanColumn()
    made_for = Column(accessor="name")
    rejected = QuantityColumn(accessor="name")
    rule = Column(empty_values=())

    def render_made_for(self, value):
        return format_html('<a href="/{}">{}</a> &amp; more', value, value)

    def value_rejected(self, value):
        return Decimal(len(value))

    def render_rule(self, value):
        return value or "by hand"


ROW = {
    "name": "A <b> & C",
    "status": "late",
    "quantity": Decimal("12.500000"),
    "due": date(2026, 3, 31),
    "slack": -2,
    "contract": True,
    "rule": "",
}


def exported(row):
    table = SampleTable([row])
    [shown] = table.rows
    return {column.name: cell_of(table, column)(shown) for column in table.columns}


def test_cell_keeps_figures_and_says_the_rest_in_the_words_of_the_page():
    assert exported(ROW) == {
        "name": "A <b> & C",
        "status": "Late",
        "quantity": Decimal("12.500000"),
        "due": date(2026, 3, 31),
        "slack": -2,
        "contract": True,
        "made_for": "A <b> & C & more",
        "rejected": Decimal(9),
        "rule": "by hand",
    }


def test_plain_takes_off_markup_but_not_what_a_person_typed():
    assert (plain("5 < 6"), plain(format_html("<i>{}</i>\n  x", "5 < 6")), plain(None)) == ("5 < 6", "5 < 6 x", None)
