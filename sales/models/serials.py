"""The serial numbers of a sales row."""

from django.db import models

from erp.register.history import tracked
from linkage.models import SerialNumber
from sales.models.rows import SalesOrderRow


@tracked()
class RowSerial(models.Model):
    """A piece that a row will deliver; a piece stands on one row only. The first given is the first delivered."""

    row = models.ForeignKey(SalesOrderRow, on_delete=models.CASCADE, related_name="serials")
    serial = models.OneToOneField(SerialNumber, on_delete=models.PROTECT, related_name="of_row")
    reserved = models.BooleanField(default=True, help_text="Given to the row beforehand; else it left with a delivery.")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.serial} of {self.row}"
