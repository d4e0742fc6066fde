"""What is written again and again into text rows: phrases per language, and the signature of each user."""

from django.conf import settings
from django.db import models

from erp.register.history import tracked
from erp.register.models import NAMEABLE, matches


@tracked()
class Phrase(models.Model):
    """A text to insert into text rows, in one language or for all."""

    code = models.CharField(max_length=20)
    language = models.CharField(
        max_length=5, choices=settings.LANGUAGES, blank=True, default="", help_text="Empty: for all languages."
    )
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["code", "language"]
        constraints = [
            models.UniqueConstraint(fields=["code", "language"], name="phrase_once_per_language"),
            models.CheckConstraint(
                condition=models.Q(language__in=["", *[code for code, _name in settings.LANGUAGES]]),
                name="phrase_language_known",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="phrase_says_something"),
            matches("code", NAMEABLE, "phrase_code_sane"),
        ]

    def __str__(self):
        return f"{self.code} ({self.language})" if self.language else self.code


@tracked()
class Signature(models.Model):
    """What a user writes below texts to customers."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signature")
    text = models.TextField(max_length=1000)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="signature_says_something")]

    def __str__(self):
        return f"Signature of {self.user}"
