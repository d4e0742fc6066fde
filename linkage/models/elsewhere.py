"""What another company of ours makes of a demand. No promise: links never cross companies, and this is read only."""

from django.db import models

from erp.register.fields import QuantityField
from linkage.models.positions import Demand


class Elsewhere(models.Model):
    """A view: of a demand's uncovered quantity, what the other company has on an order of its own (``there``).

    In base units of the demand. ``to_come``: what of it has not been delivered there yet; the rest is under way. The
    app that knows of such orders fills the view (``sales/sql/elsewhere_arrived.sql``); a demand that stays in
    its company is not in it.
    """

    demand = models.OneToOneField(Demand, on_delete=models.DO_NOTHING, primary_key=True, related_name="elsewhere")
    there = models.ForeignKey(Demand, on_delete=models.DO_NOTHING, related_name="+")
    quantity = QuantityField()
    to_come = QuantityField()

    class Meta:
        managed = False
        db_table = "linkage_elsewhere"

    def __str__(self):
        return f"{self.demand} by {self.there}"
