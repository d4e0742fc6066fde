"""Import and export of master data: columns by name, rows found by their number or code, every bad row named."""

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from erp.register import models
from erp.web.exports import RISKY, safe_cell


class _Harmless:
    """A spreadsheet whose text is never run as a formula."""

    def export_data(self, dataset, **kwargs):
        rows = [[safe_cell(cell) for cell in dataset.lpop()] for _row in range(len(dataset))]
        dataset.extend(rows)
        return super().export_data(dataset, **kwargs)


class HarmlessCsv(_Harmless, CSV):
    pass


class HarmlessXlsx(_Harmless, XLSX):
    pass


FORMATS = [kind for kind in (HarmlessCsv, HarmlessXlsx) if kind.is_available()]


class RegisterResource(ModelResource):
    """Rows are checked like those of a form; ``fixed`` columns of a row that exists may not change."""

    fixed = ()

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def before_import_row(self, row, **kwargs):
        """Take away the apostrophe that the export put before text that looks like a formula."""
        for column, cell in row.items():
            if isinstance(cell, str) and cell.startswith("'") and RISKY.match(cell[1:]):
                row[column] = cell[1:]

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):  # noqa: FBT002
        errors = dict(import_validation_errors or {})
        stored = type(instance).objects.filter(pk=instance.pk).first() if instance.pk else None
        for name in self.fixed if stored else ():
            if getattr(stored, name) != getattr(instance, name):
                errors[name] = ValidationError(f"The {name} of {stored} stays {getattr(stored, name)}.")
        super().validate_instance(instance, errors, validate_unique)


class _Named(ForeignKeyWidget):
    """Says which name it did not find, beside the row that has it."""

    def clean(self, value, row=None, **options):
        try:
            return super().clean(value, row, **options)
        except self.model.DoesNotExist as error:
            raise ValueError(f"There is no {self.model._meta.verbose_name} “{value}”.") from error


def by(model, key, column):
    """A column that names a row of another table by its number or code."""
    return Field(attribute=column, column_name=column, widget=_Named(model, key))


class UnitResource(RegisterResource):
    fixed = ("decimals",)

    class Meta(RegisterResource.Meta):
        model = models.Unit
        import_id_fields = ["code"]
        fields = ["code", "name", "decimals"]


class UnitConversionResource(RegisterResource):
    part = by(models.Part, "number", "part")
    unit = by(models.Unit, "code", "unit")
    base = by(models.Unit, "code", "base")

    class Meta(RegisterResource.Meta):
        model = models.UnitConversion
        import_id_fields = ["part", "unit", "base"]
        fields = ["part", "unit", "base", "numerator", "denominator", "for_sales"]


class PartGroupResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.PartGroup
        import_id_fields = ["code"]
        fields = ["code", "name"]


class PartResource(RegisterResource):
    fixed = ("unit",)
    unit = by(models.Unit, "code", "unit")
    default_warehouse = by(models.Warehouse, "code", "default_warehouse")
    group = by(models.PartGroup, "code", "group")
    lot_sizing = Field(attribute="lot_sizing", column_name="lot_sizing", default="")  # an empty cell is a service's

    class Meta(RegisterResource.Meta):
        model = models.Part
        import_id_fields = ["number"]
        fields = [
            "number",
            "name",
            "part_type",
            "unit",
            "lot_sizing",
            "period_days",
            "order_quantity",
            "order_minimum",
            "order_maximum",
            "order_multiple",
            "is_stock_updated",
            "lead_time",
            "safety_time",
            "lead_time_to_customer",
            "minimum_stock",
            "over_production_tolerance",
            "standard_price",
            "discount_category",
            "alloy_price",
            "alloy_percent",
            "weight",
            "package_quantity",
            "quantity_for_lead_time",
            "group",
            "cn_code",
            "tariff_code",
            "is_serial_traced",
            "default_warehouse",
            "make_from_sales_row",
            "is_active",
        ]


class WarehouseMinimumResource(RegisterResource):
    part = by(models.Part, "number", "part")
    warehouse = by(models.Warehouse, "code", "warehouse")

    class Meta(RegisterResource.Meta):
        model = models.WarehouseMinimum
        import_id_fields = ["part", "warehouse"]
        fields = ["part", "warehouse", "quantity"]


class PartNameResource(RegisterResource):
    part = by(models.Part, "number", "part")

    class Meta(RegisterResource.Meta):
        model = models.PartName
        import_id_fields = ["part", "language"]
        fields = ["part", "language", "name"]


class UnitNameResource(RegisterResource):
    unit = by(models.Unit, "code", "unit")

    class Meta(RegisterResource.Meta):
        model = models.UnitName
        import_id_fields = ["unit", "language"]
        fields = ["unit", "language", "code"]


class PartRevisionResource(RegisterResource):
    part = by(models.Part, "number", "part")

    class Meta(RegisterResource.Meta):
        model = models.PartRevision
        import_id_fields = ["part", "code"]
        fields = ["part", "code", "description"]


class PartnerResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.Partner
        import_id_fields = ["number"]
        fields = ["number", "name", "is_customer", "is_supplier", "currency", "language", "order_email", "gln"]
        fields += ["is_internal", "is_active"]


class AddressResource(RegisterResource):
    partner = by(models.Partner, "number", "partner")

    class Meta(RegisterResource.Meta):
        model = models.Address
        import_id_fields = ["partner", "kind", "lines"]
        fields = ["partner", "kind", "lines", "postal_code", "city", "country", "gln", "transport_days", "is_default"]
        fields += ["language"]


class WarehouseResource(RegisterResource):
    fixed = ("company",)
    company = by(models.Company, "code", "company")

    class Meta(RegisterResource.Meta):
        model = models.Warehouse
        import_id_fields = ["code"]
        fields = ["code", "name", "company", "address", "is_active"]


class ExchangeRateResource(RegisterResource):
    class Meta(RegisterResource.Meta):
        model = models.ExchangeRate
        import_id_fields = ["currency", "into", "valid_from"]
        fields = ["currency", "into", "valid_from", "rate"]
