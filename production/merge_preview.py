"""What a merge would make of several orders: the operation itself, run, looked at and taken back."""

from dataclasses import dataclass

from erp.exceptions import Refused
from linkage.models import OrderLink
from linkage.preview import preview
from production import operations
from production.models import ProductionOrderLine
from production.split_preview import component_pictures, part_picture


@dataclass(frozen=True)
class MergePicture:
    """``before`` and ``after`` are lines of pictures: whom they serve and what they need."""

    before: list
    after: object
    components: list

    @property
    def parts(self):
        """As a split shows its parts: the components have one column."""
        return [self.after]


def picture_of_merge(orders, **arguments):
    """(MergePicture or None, the sentences of what is refused)"""
    before = _pictures(orders)
    try:
        after, components = preview(_merge_and_look, orders=orders, **arguments).result
    except Refused as refusal:
        return None, str(refusal)
    return MergePicture(before, after, components), ""


def _merge_and_look(**arguments):
    kept = operations.merge_orders(**arguments)
    [picture] = _pictures([kept])
    return picture, component_pictures(_lines_of([kept]))


def _lines_of(orders):
    lines = ProductionOrderLine.objects.filter(order__in=orders).for_list()
    return sorted(lines, key=lambda line: (line.order.document.serial, line.pk))


def _pictures(orders):
    lines = _lines_of(orders)
    promised = OrderLink.objects.filter(supply__in=[line.supply_id for line in lines], to_come__gt=0).with_ends()
    promised = list(promised.order_by("demand__need_date", "pk"))
    return [part_picture(line, [link for link in promised if link.supply_id == line.supply_id]) for line in lines]
