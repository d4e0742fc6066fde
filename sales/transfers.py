"""Questions about transfers: what stands on the other side of rows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from sales.models import SalesOrderRow, Transfer, TransferProfile


@dataclass(frozen=True)
class Across:
    """What a row is to another company of ours, as its page and the grid show it."""

    profile: TransferProfile
    there: SalesOrderRow | None
    here: SalesOrderRow | None = None
    is_sold_here: bool = False  # this is the row of the selling company; else the mirrored one
    trouble: str = ""

    @property
    def status(self):
        return "Fully transferred" if self.there else "Not transferred"

    @property
    def code(self):
        """The profile, as short as a column is."""
        return self.profile.code

    @property
    def order(self):
        """The other side's order number."""
        return str(self.there.order) if self.there else ""

    @property
    def position(self):
        return self.there.position if self.there else None

    @property
    def company(self):
        return self.there.order.document.company if self.there else self.profile.warehouse.company

    @property
    def quantity(self) -> Decimal | None:
        return self.there.quantity if self.there else None

    @property
    def date(self) -> date | None:
        return self.there.delivery_date if self.there else None

    @property
    def url(self):
        return reverse("sales:row", args=[self.there.pk]) if self.there else ""

    @property
    def differs(self):
        """The selling company wants another quantity than the mirrored row has, which can be sent over."""
        if not (self.there and self.is_sold_here and self.here):
            return False
        return (self.here.quantity, self.here.unit_id) != (self.there.quantity, self.there.unit_id)

    @property
    def may_disconnect(self):
        return self.there is not None and (self.is_sold_here or self.profile.disconnect_allowed)

    @property
    def sentence(self):
        """What covers the row, for a line without columns."""
        if not self.there:
            return self.trouble or f"Not transferred to {self.company} yet."
        when = f" by {self.date.isoformat()}" if self.date else ", without a date"
        words = "Made by" if self.is_sold_here else "Sold by"
        return f"{words} {self.company}: {self.order}/{self.position}{when}."


def across(rows):
    """{row id: Across} of the rows that have a transfer, on either side, in two statements."""
    ids = [row.pk for row in rows]
    named = Transfer.objects.select_related("profile__warehouse__company")
    there = ["there__order__document__company", "there__unit", "there__part__unit"]
    here = ["row__order__document__company", "row__unit", "row__part__unit"]
    found = {
        transfer.row_id: Across(
            transfer.profile, transfer.there, transfer.row, is_sold_here=True, trouble=transfer.trouble
        )
        for transfer in named.select_related("row", *there).filter(row__in=ids)
    }
    mirrored = named.select_related(*here).filter(there__in=ids)
    return found | {transfer.there_id: Across(transfer.profile, transfer.row) for transfer in mirrored}


def has_profiles(company):
    """Whether rows of the company can be transferred at all."""
    return TransferProfile.objects.filter(company=company, is_active=True).exists()
