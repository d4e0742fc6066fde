"""Comments on parts that stand below their rows: agreed with a customer, or for all who buy the part."""

from django.db import models
from django.db.models import Q

from erp.register.history import tracked
from erp.register.models import Part, Partner


@tracked()
class PartComment(models.Model):
    """What a new row of the part says below itself, and on which documents; without a customer the general comment."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="comments")
    customer = models.ForeignKey(
        Partner, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="Empty: for all others."
    )
    text = models.TextField(max_length=4000)
    on_confirmation = models.BooleanField("on quote and confirmation", default=True)
    on_pick_list = models.BooleanField(default=False)
    on_delivery_note = models.BooleanField(default=False)
    on_invoice = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "customer"], nulls_distinct=False, name="part_comment_once_per_customer"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="part_comment_says_something"),
        ]

    def __str__(self):
        return f"Comment on {self.part}" + (f" for {self.customer}" if self.customer_id else "")
