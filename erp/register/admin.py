"""Upkeep of the register. Users are deactivated, never deleted; settings are changed on their own page."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.forms import UserChangeForm as DjangoUserChangeForm
from django.utils import timezone

from erp.register import models, operations, resources
from erp.register.upkeep import MasterDataAdmin, Recorded


class UnitNameInline(admin.TabularInline):
    model = models.UnitName
    fields = ["language", "code"]
    extra = 0


@admin.register(models.Unit)
class UnitAdmin(MasterDataAdmin):
    resource_classes = [resources.UnitResource]
    fixed = ("decimals",)
    fields = ["code", "name", "decimals"]
    list_display = ["code", "name", "decimals"]
    search_fields = ["code", "name"]
    inlines = [UnitNameInline]


@admin.register(models.UnitName)
class UnitNameAdmin(MasterDataAdmin):
    resource_classes = [resources.UnitNameResource]
    fields = ["unit", "language", "code"]
    list_display = ["unit", "language", "code"]
    list_select_related = ["unit"]
    search_fields = ["unit__code"]


@admin.register(models.UnitConversion)
class UnitConversionAdmin(MasterDataAdmin):
    resource_classes = [resources.UnitConversionResource]
    fields = ["part", "unit", "base", "numerator", "denominator", "for_sales"]
    list_display = ["unit", "base", "part", "numerator", "denominator", "for_sales"]
    list_select_related = ["unit", "base", "part"]
    autocomplete_fields = ["part"]
    search_fields = ["part__number", "unit__code"]


class WarehouseMinimumInline(admin.TabularInline):
    model = models.WarehouseMinimum
    fields = ["warehouse", "quantity"]
    extra = 0


class PartNameInline(admin.TabularInline):
    model = models.PartName
    fields = ["language", "name"]
    extra = 0


@admin.register(models.PartGroup)
class PartGroupAdmin(MasterDataAdmin):
    resource_classes = [resources.PartGroupResource]
    fields = ["code", "name"]
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


class PartRevisionInline(admin.TabularInline):
    model = models.PartRevision
    fields = ["code", "description"]
    extra = 0


@admin.register(models.Part)
class PartAdmin(MasterDataAdmin):
    resource_classes = [resources.PartResource]
    fixed = ("unit",)
    fields = [*resources.PartResource.Meta.fields, "active_revision"]
    list_display = ["number", "name", "part_type", "unit", "lot_sizing", "standard_price", "is_active"]
    list_filter = ["part_type", "lot_sizing", "is_active"]
    list_select_related = ["unit"]
    search_fields = ["number", "name"]
    inlines = [PartRevisionInline, WarehouseMinimumInline, PartNameInline]

    def get_form(self, request, obj=None, change=False, **kwargs):  # noqa: FBT002 - Django's signature
        """Only the part's own revisions can be active."""
        form = super().get_form(request, obj, change, **kwargs)
        form.base_fields["active_revision"].queryset = models.PartRevision.objects.filter(part=obj)
        return form


@admin.register(models.WarehouseMinimum)
class WarehouseMinimumAdmin(MasterDataAdmin):
    resource_classes = [resources.WarehouseMinimumResource]
    fields = ["part", "warehouse", "quantity"]
    list_display = ["part", "warehouse", "quantity"]
    list_select_related = ["part", "warehouse"]
    autocomplete_fields = ["part"]
    search_fields = ["part__number"]


@admin.register(models.PartName)
class PartNameAdmin(MasterDataAdmin):
    resource_classes = [resources.PartNameResource]
    fields = ["part", "language", "name"]
    list_display = ["part", "language", "name"]
    list_select_related = ["part"]
    autocomplete_fields = ["part"]
    search_fields = ["part__number", "name"]


@admin.register(models.PartRevision)
class PartRevisionAdmin(MasterDataAdmin):
    resource_classes = [resources.PartRevisionResource]
    fixed = ("part",)
    fields = ["part", "code", "description"]
    list_display = ["part", "code", "description"]
    list_select_related = ["part"]
    autocomplete_fields = ["part"]
    search_fields = ["part__number", "code"]


class AddressInline(admin.TabularInline):
    model = models.Address
    fields = resources.AddressResource.Meta.fields[1:]
    extra = 0


@admin.register(models.Partner)
class PartnerAdmin(MasterDataAdmin):
    resource_classes = [resources.PartnerResource]
    fields = resources.PartnerResource.Meta.fields
    list_display = ["number", "name", "is_customer", "is_supplier", "currency", "is_active"]
    list_filter = ["is_customer", "is_supplier", "is_active"]
    search_fields = ["number", "name"]
    inlines = [AddressInline]


@admin.register(models.Address)
class AddressAdmin(MasterDataAdmin):
    resource_classes = [resources.AddressResource]
    fields = resources.AddressResource.Meta.fields
    list_display = ["partner", "kind", "city", "country", "is_default"]
    list_select_related = ["partner"]
    autocomplete_fields = ["partner"]
    search_fields = ["partner__number", "partner__name", "city"]


@admin.register(models.Warehouse)
class WarehouseAdmin(MasterDataAdmin):
    resource_classes = [resources.WarehouseResource]
    fixed = ("company",)
    fields = ["code", "name", "company", "address", "is_active"]
    list_display = ["code", "name", "company", "is_active"]
    list_select_related = ["company"]
    search_fields = ["code", "name"]


@admin.register(models.Company)
class CompanyAdmin(Recorded, admin.ModelAdmin):
    fields = ["code", "name", "currency", "address", "gln", "calendar"]
    list_display = ["code", "name", "currency", "calendar"]
    list_select_related = ["calendar"]


@admin.register(models.ExchangeRate)
class ExchangeRateAdmin(MasterDataAdmin):
    resource_classes = [resources.ExchangeRateResource]
    fields = resources.ExchangeRateResource.Meta.fields
    list_display = ["currency", "into", "valid_from", "rate"]
    list_filter = ["currency", "into"]


@admin.register(models.NumberSeries)
class NumberSeriesAdmin(Recorded, admin.ModelAdmin):
    fixed = ("company", "kind")
    fields = ["company", "kind", "prefix", "next_number"]
    list_display = ["company", "kind", "prefix", "next_number"]
    list_select_related = ["company"]


@admin.register(models.WorkCalendar)
class WorkCalendarAdmin(Recorded, admin.ModelAdmin):
    """The days themselves are kept by planners, on the calendar's own page."""

    fields = ["name", "country", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    list_display = ["name", "country"]
    actions = ["add_holidays"]

    @admin.action(description="Add the public holidays of this year and the next two")
    def add_holidays(self, request, calendars):
        year = timezone.localdate().year
        for calendar in calendars:
            years = {"first_year": year, "last_year": year + 2}
            added = operations.seed_holidays(calendar=calendar, country=calendar.country, **years, by=request.user)
            self.message_user(request, f"{calendar}: {added} days off are added.")


@admin.register(models.Setting)
class SettingAdmin(admin.ModelAdmin):
    """For looking: settings are changed on the page Settings, which checks them and keeps who did it."""

    list_display = ["name", "value"]
    fields = ["name", "value"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class UserChangeForm(DjangoUserChangeForm):
    class Meta(DjangoUserChangeForm.Meta):
        model = models.User


class UserCreationForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = models.User


@admin.register(models.User)
class UserAdmin(Recorded, DjangoUserAdmin):
    """Roles are groups. Only a superuser makes superusers and touches them."""

    form = UserChangeForm
    add_form = UserCreationForm
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email", "language"]}),
        ("Rights", {"fields": ["is_active", "groups", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "date_joined"]

    def get_readonly_fields(self, request, obj=None):
        fixed = [] if request.user.is_superuser else ["is_superuser"]
        return [*super().get_readonly_fields(request, obj), *fixed]

    def has_change_permission(self, request, obj=None):
        mine_to_change = request.user.is_superuser or not (obj and obj.is_superuser)
        return mine_to_change and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False
