"""Images in formatted texts. They stay as they were taken in: papers that were sent name them."""

import pgtrigger
from django.conf import settings
from django.db import models

LONGEST_SIDE = 1600


class TextImage(models.Model):
    """An image of ours: read, made smaller and written anew when it came in, so that nothing hides in it."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20, choices=[("image/png", "PNG"), ("image/jpeg", "JPEG")])
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(content_type__in=["image/png", "image/jpeg"])
                & models.Q(width__gt=0, width__lte=LONGEST_SIDE, height__gt=0, height__lte=LONGEST_SIDE),
                name="sales_text_image_sane",
            ),
        ]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return self.name
