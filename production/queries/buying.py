"""Who sells what a production order lacks."""

from purchasing.models import SupplierTerm


def main_suppliers(part_ids):
    """{part id: Partner} the default supplier of each part, or the only one."""
    found, several = {}, set()
    terms = SupplierTerm.objects.active().filter(part__in=part_ids).select_related("supplier").order_by("-is_default")
    for term in terms:
        if term.part_id not in found:
            found[term.part_id] = (term.supplier, term.is_default)
        else:
            several.add(term.part_id)
    return {part: supplier for part, (supplier, default) in found.items() if default or part not in several}
