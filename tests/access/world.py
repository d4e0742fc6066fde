"""One object for every URL that names one, picked from the demo company by the folder that the number stands in."""

import re

from django.apps import apps
from django.urls import URLPattern, get_resolver

# What stands before a parameter in a route -> the rows it may name, first that fits.
OBJECTS = {
    "register/calendars/": ("register.WorkCalendar", {}),
    "days/": ("register.CalendarException", {}),
    "sales/": ("sales.SalesOrder", {"status": "confirmed"}),
    "sales/rows/": ("sales.SalesOrderRow", {"demand__allocated__gt": 0}),
    "sales/answers/": ("sales.OrderAnswer", {}),
    "sales/deliveries/": ("sales.DeliveryNote", {}),
    "sales/deliveries/rows/": ("sales.DeliveryRow", {"base_quantity__gt": 0}),
    "sales/invoice-bases/": ("sales.InvoiceBasis", {}),
    "sales/dispatches/": ("sales.SalesDispatch", {}),
    "sales/text-images/": ("sales.TextImage", {}),
    "sales/pick-lists/": ("sales.PickList", {"status": "open"}),
    "sales/pick-lists/printed/": ("sales.PickPrint", {}),
    "sales/pick-lists/rows/": ("sales.PickRow", {"open__gt": 0}),
    "deliveries/": ("linkage.StockMovement", {"kind": "delivery"}),
    "production/orders/": ("production.ProductionOrder", {"status": "planned"}),
    "production/lines/": ("production.ProductionOrderLine", {"order__status": "planned"}),
    "production/components/": ("production.Component", {}),
    "production/issues/": ("linkage.StockMovement", {"kind": "issue", "demand__component__isnull": False}),
    "production/reports/": ("production.Report", {}),
    "production/boms/": ("production.Bom", {}),
    "production/boms/rows/": ("production.BomRow", {}),
    "production/operations/": ("production.Operation", {"demand": None}),
    "production/losses/": ("production.Loss", {}),
    "production/work-centres/": ("production.WorkCentre", {}),
    "production/routings/": ("production.Routing", {}),
    "production/routings/operations/": ("production.RoutingOperation", {}),
    "purchasing/orders/": ("purchasing.PurchaseOrder", {"status": "draft"}),
    "purchasing/rows/": ("purchasing.PurchaseOrderRow", {}),
    "purchasing/changes/": ("purchasing.ChangeRequest", {}),
    "purchasing/dispatches/": ("purchasing.Dispatch", {}),
    "purchasing/receipts/": ("linkage.StockMovement", {"kind": "receipt"}),
    "purchasing/over-receipts/": ("purchasing.OverReceipt", {}),
    "purchasing/rejects/": ("purchasing.Reject", {}),
    "purchasing/parts/": ("register.Part", {"part_type": "purchased"}),
    "purchasing/suppliers/": ("register.Partner", {"is_supplier": True}),
    "register/views/": ("register.SavedView", {}),
    "imports/": ("staging.StagedImport", {"kind": "purchase-orders"}),
    "parts/": ("register.Part", {}),
    "stock/movements/": ("linkage.StockMovement", {}),
    "demands/": ("linkage.Demand", {"uncovered__gt": 0, "kind": "component"}),
    "supplies/": ("linkage.Supply", {"kind": "production"}),
    "documents/": ("linkage.Document", {}),
    "holds/": ("linkage.Hold", {}),
    "links/": ("linkage.OrderLink", {"open__gt": 0}),
    "links/undo/": ("linkage.OrderLinkEvent", {}),
    "links/undo-together/": ("linkage.OrderLinkEvent", {}),
    "link/": ("linkage.Supply", {"free__gt": 0}),
    "swap/": ("linkage.OrderLink", {"open__gt": 0, "issued": 0}),
    "worklists/undecided/": ("linkage.UndecidedChange", {}),
    "hand-over/": ("linkage.Demand", {"uncovered__gt": 0}),
    "components/": ("linkage.Demand", {"uncovered__gt": 0, "kind": "component"}),
    "waiting/": ("linkage.Demand", {"uncovered__gt": 0}),
}
WORDS = {"lookup/": "parts", "imports/templates/": "purchase-orders", "register/settings/": "backorder_linking"}


def routes(resolver=None, namespace="", prefix=""):
    """{URL name: its whole route} of all URLs but those of the admin."""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            found[f"{namespace}{pattern.name}"] = route
        elif pattern.namespace != "admin":
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found |= routes(pattern, inner, route)
    return found


def arguments(name):
    """The keyword arguments that the URL of this name needs."""
    route = routes()[name]
    return {match["name"]: _value(route[: match.start()]) for match in re.finditer(r"<\w+:(?P<name>\w+)>", route)}


def _value(before):
    plain = re.sub(r"<[^>]+>/", "", before)
    for folder in (plain, *(plain[match.end() :] for match in re.finditer("/", plain))):
        if folder in WORDS:
            return WORDS[folder]
        if folder in OBJECTS:
            return _first(*OBJECTS[folder])
    raise KeyError(f"tests/access/world.py knows no object for {before}")


def _first(label, conditions):
    rows = apps.get_model(label)._base_manager
    return (rows.filter(**conditions).order_by("pk").first() or rows.order_by("pk").first()).pk
