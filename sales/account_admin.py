"""Upkeep of VAT, accounts, Intrastat's transaction types and fixed assets."""

from django.contrib import admin

from erp.register.models import Company, PartGroup
from erp.register.resources import RegisterResource
from erp.register.resources import by as named_by
from erp.register.upkeep import MasterDataAdmin
from erp.web.looking import LookingAdmin
from sales import models


class VatCodeResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.VatCode
        import_id_fields = ["code"]
        exclude = ["id"]


class VatRateResource(RegisterResource):
    vat_code = named_by(models.VatCode, "code", "vat_code")

    class Meta(RegisterResource.Meta):
        model = models.VatRate
        import_id_fields = ["vat_code", "valid_from"]
        exclude = ["id"]


class VatGroupResource(RegisterResource):
    vat_code = named_by(models.VatCode, "code", "vat_code")

    class Meta(RegisterResource.Meta):
        model = models.VatGroup
        import_id_fields = ["code"]
        exclude = ["id"]


class VatExceptionResource(RegisterResource):
    vat_group = named_by(models.VatGroup, "code", "vat_group")
    part_group = named_by(PartGroup, "code", "part_group")
    vat_code = named_by(models.VatCode, "code", "vat_code")

    class Meta(RegisterResource.Meta):
        model = models.VatException
        import_id_fields = ["vat_group", "part_group"]
        exclude = ["id"]


class AccountResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.Account
        import_id_fields = ["number"]
        exclude = ["id"]


class TransactionTypeResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.TransactionType
        import_id_fields = ["code"]
        exclude = ["id"]


class FixedAssetResource(RegisterResource):
    """Main objects come before what belongs to them."""

    company = named_by(Company, "code", "company")
    main = named_by(models.FixedAsset, "number", "main")

    class Meta(RegisterResource.Meta):
        model = models.FixedAsset
        import_id_fields = ["company", "number"]
        fields = ["company", "number", "name", "main", "book_value"]


class RateInline(admin.TabularInline):
    model = models.VatRate
    fields = ["valid_from", "percent"]
    extra = 0


@admin.register(models.VatCode)
class VatCodeAdmin(MasterDataAdmin):
    resource_classes = [VatCodeResource]
    inlines = [RateInline]
    list_display = ["code", "name", "is_active"]
    search_fields = ["code", "name"]


@admin.register(models.VatRate)
class VatRateAdmin(MasterDataAdmin):
    resource_classes = [VatRateResource]
    list_display = ["vat_code", "valid_from", "percent"]
    list_select_related = ["vat_code"]


class ExceptionInline(admin.TabularInline):
    model = models.VatException
    fields = ["part_group", "vat_code"]
    extra = 0


@admin.register(models.VatGroup)
class VatGroupAdmin(MasterDataAdmin):
    resource_classes = [VatGroupResource]
    inlines = [ExceptionInline]
    list_display = ["code", "name", "vat_code", "is_default"]
    list_select_related = ["vat_code"]


@admin.register(models.VatException)
class VatExceptionAdmin(MasterDataAdmin):
    resource_classes = [VatExceptionResource]
    list_display = ["vat_group", "part_group", "vat_code"]
    list_select_related = ["vat_group", "part_group", "vat_code"]


@admin.register(models.Account)
class AccountAdmin(MasterDataAdmin):
    resource_classes = [AccountResource]
    list_display = ["number", "name", "is_active"]
    search_fields = ["number", "name"]


@admin.register(models.TransactionType)
class TransactionTypeAdmin(MasterDataAdmin):
    resource_classes = [TransactionTypeResource]
    list_display = ["code", "name", "is_default"]


@admin.register(models.FixedAsset)
class FixedAssetAdmin(MasterDataAdmin):
    """A sale is registered when its invoice is approved, not here."""

    resource_classes = [FixedAssetResource]
    fields = ["company", "number", "name", "main", "book_value", "sold_on", "sale_price"]
    readonly_fields = ["sold_on", "sale_price"]
    fixed = ("company",)
    list_display = ["number", "name", "main", "book_value", "sold_on", "sale_price", "result"]
    list_select_related = ["main"]
    list_filter = [("sold_on", admin.EmptyFieldListFilter)]
    search_fields = ["number", "name"]
    raw_id_fields = ["main"]


class DimensionResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.Dimension
        import_id_fields = ["code"]
        exclude = ["id"]


class DimensionValueResource(RegisterResource):
    dimension = named_by(models.Dimension, "code", "dimension")

    class Meta(RegisterResource.Meta):
        model = models.DimensionValue
        import_id_fields = ["dimension", "code"]
        exclude = ["id"]


class PostingRuleResource(RegisterResource):
    """One line per account type, part group and order type; dimensions are kept in the form."""

    part_group = named_by(PartGroup, "code", "part_group")
    order_type = named_by(models.OrderType, "code", "order_type")
    account = named_by(models.Account, "number", "account")

    class Meta(RegisterResource.Meta):
        model = models.PostingRule
        import_id_fields = ["account_type", "part_group", "order_type"]
        exclude = ["id"]


class ValueInline(admin.TabularInline):
    model = models.DimensionValue
    fields = ["code", "name", "is_active"]
    extra = 0


@admin.register(models.Dimension)
class DimensionAdmin(MasterDataAdmin):
    resource_classes = [DimensionResource]
    inlines = [ValueInline]
    list_display = ["code", "name", "rank"]


@admin.register(models.DimensionValue)
class DimensionValueAdmin(MasterDataAdmin):
    resource_classes = [DimensionValueResource]
    fixed = ("dimension",)
    list_display = ["dimension", "code", "name", "is_active"]
    list_select_related = ["dimension"]
    list_filter = ["dimension"]
    search_fields = ["code", "name"]


class RuleValueInline(admin.TabularInline):
    model = models.PostingRuleValue
    fields = ["dimension", "value"]
    extra = 0


@admin.register(models.PostingRule)
class PostingRuleAdmin(MasterDataAdmin):
    """The posting matrix."""

    resource_classes = [PostingRuleResource]
    inlines = [RuleValueInline]
    list_display = ["account_type", "part_group", "order_type", "account"]
    list_select_related = ["part_group", "order_type", "account"]
    list_filter = ["account_type"]


@admin.register(models.InvoiceBasis)
class InvoiceBasisAdmin(LookingAdmin):
    list_display = ["number", "company", "created_on", "approved_on"]
    list_select_related = ["company"]
