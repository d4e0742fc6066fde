"""Upkeep of transfer profiles, with the parts that are other ones there and those that get the profile by default."""

from django.contrib import admin

from erp.register.upkeep import Recorded
from sales import models


class TransferPartInline(admin.TabularInline):
    model = models.TransferPart
    fk_name = "profile"
    autocomplete_fields = ["part", "there"]
    extra = 0


class PartTransferInline(admin.TabularInline):
    model = models.PartTransfer
    autocomplete_fields = ["part"]
    extra = 0


@admin.register(models.TransferProfile)
class TransferProfileAdmin(Recorded, admin.ModelAdmin):
    list_display = ["code", "name", "company", "warehouse", "customer", "disconnect_allowed", "is_active"]
    list_select_related = ["company", "warehouse", "customer"]
    autocomplete_fields = ["customer"]
    inlines = [TransferPartInline, PartTransferInline]
