"""Writing many rows, and finding what was written before."""

from erp.register.models import Part, Partner, Unit, Warehouse
from linkage.models import Document

BATCH = 5000
# Every movement that the load makes says so; what people do afterwards is told apart by it.
LOADED = "Loaded from AdventureWorks"
COMPANY = "AW"
UNKNOWN_CUSTOMER = "AW-UNKNOWN"


def batches(rows, size=BATCH):
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def insert(model, rows):
    return model.objects.bulk_create(rows, batch_size=BATCH)


def our_warehouse():
    """The one warehouse: AdventureWorks' locations are rooms of one site, and its orders name none of them."""
    return Warehouse.objects.select_related("company__calendar").get(code=COMPANY)


def units_by_code():
    return {unit.code: unit for unit in Unit.objects.all()}


def by_id(layout_rows, queryset):
    """{id in the files: our row with the same number}, for what has been loaded."""
    found = {row.number: row for row in queryset.filter(number__in=[line.number for line in layout_rows])}
    return {line.id: found[line.number] for line in layout_rows if line.number in found}


def parts_by_id(products):
    return by_id(products, Part.objects.select_related("unit", "default_warehouse"))


def partners_by_id(lines):
    return by_id(lines, Partner.objects.all())


def known_numbers(kind, numbers):
    """Which of these document numbers the company has already."""
    known = Document.objects.filter(company__code=COMPANY, kind=kind)
    return set(known.values_list("number", flat=True)) & set(numbers)
