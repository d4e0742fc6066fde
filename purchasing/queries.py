"""Questions about purchase orders, each in a fixed number of statements."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, Greatest, Round
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.money import in_currency
from erp.register import settings_registry
from erp.register.rates import rate_column, rate_on
from erp.register.roles import may
from erp.register.units import plain
from linkage.dates import business_date
from linkage.models import Demand, DemandKind, OrderLink, Status, StockMovement
from linkage.owners import urls_of
from linkage.queries.standing import LinkRow, link_rows
from purchasing.counting import amount_of, amounts, counted, counted_of
from purchasing.differences import differences, line_difference
from purchasing.fitting import Misfit, misfits
from purchasing.headers import header_differences
from purchasing.models import ChangeKind, Dispatch, OverReceipt, PurchaseOrder, PurchaseOrderRow, SupplierTerm
from purchasing.papers import delivery_address_of
from purchasing.quality import rejected_by_supply, rejects_of
from purchasing.statuses import OPEN
from purchasing.subcontracting import work_of

COMPONENT_KINDS = (DemandKind.COMPONENT, DemandKind.SUBCONTRACT)
ENDED = (Status.CLOSED, Status.CANCELLED)
MOST = 12
ZERO = Decimal(0)


def production_orders_of(order):
    """Ids of the production documents that a purchase order belongs to: made for them, or already linked to them."""
    made_for = Q(provenance__supply__document=order.document_id)
    linked = Q(links__supply__document=order.document_id, links__open__gt=0)
    demands = Demand.objects.filter(made_for | linked, kind__in=COMPONENT_KINDS)
    return set(demands.values_list("document", flat=True))


def linkable_components(row, *, wider=False):
    """Components that a row may be contract-linked to: its part and warehouse, uncovered, earliest need first.

    Only those of the production orders that the purchase order belongs to; ``wider`` shows every open one.
    """
    supply = row.supply
    found = Demand.objects.uncovered().filter(
        kind__in=COMPONENT_KINDS, part=supply.part_id, warehouse=supply.warehouse_id
    )
    if not wider:
        found = found.filter(document__in=production_orders_of(row.order))
    return found.for_list().select_related("for_supply__part").by_need()


def orders_for_list(*, today):
    """Orders with the number of rows, their next date, what came and comes of them costs, contract links, overdue."""
    contract = OrderLink.objects.filter(supply__document=OuterRef("document"), contract=True, open__gt=0)
    late = PurchaseOrderRow.objects.open().filter(order=OuterRef("pk"), supply__due_date__lt=today)
    next_due = PurchaseOrderRow.objects.open().filter(order=OuterRef("pk")).values("order")
    own = rate_column(today, currency="currency", into="document__company__currency")
    worth = ExpressionWrapper(
        F("amount") * Coalesce("rate", own), output_field=DecimalField(max_digits=40, decimal_places=16)
    )
    return PurchaseOrder.objects.for_list().annotate(
        row_count=Count("rows"),
        amount=Coalesce(Sum(amounts("rows__", currency="currency")), ZERO),
        next_due=Subquery(next_due.annotate(first=Min("supply__due_date")).values("first")),
        contract_linked=Exists(contract),
        overdue=Exists(late),
        worth=Round(worth, precision=2),
    )


def rows_for_list(*, today):
    """Rows with what is open, free and contract-linked of them."""
    contract = OrderLink.objects.filter(supply=OuterRef("supply"), contract=True, open__gt=0).values("supply")
    return PurchaseOrderRow.objects.for_list().annotate(
        to_come=Greatest(F("supply__quantity") - F("supply__done") - F("supply__cancelled"), ZERO),
        counted=counted(),
        contract=Coalesce(Subquery(contract.annotate(sum=Sum("open")).values("sum")), ZERO),
        overdue=Q(supply__due_date__lt=today) & ~Q(supply__status__in=ENDED),
    )


@dataclass(frozen=True)
class Promise:
    """One link of a row, where it leads and its slack."""

    link: OrderLink
    url: str
    row: LinkRow


@dataclass
class RowView:
    """One row as the order page shows it: links, receipts, and what waits for its free quantity."""

    row: PurchaseOrderRow
    counted: Decimal
    rejected: Decimal = ZERO
    promises: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    change_words: str = ""
    misfit: Misfit = field(default_factory=Misfit)

    @property
    def amount(self):
        """What came and what is to come of the row costs."""
        return amount_of(self.row, self.counted)

    @property
    def other_counted(self):
        """What counts of a row of which less came, or more, than it ordered; None otherwise."""
        return self.counted if self.counted != self.row.quantity else None

    @property
    def asked_quantity(self):
        """What was asked for, where the row has another quantity now."""
        return self.row.wanted_quantity if self.row.wanted_quantity != self.row.quantity else None

    @property
    def asked_on(self):
        known = self.row.wanted_quantity is not None
        return self.row.wanted_on if known and self.row.wanted_on != self.row.supply.due_date else None

    @property
    def is_overdue(self):
        due = self.row.supply.due_date
        return self.row.is_open and due is not None and due < business_date()

    @property
    def waits_for_confirmation(self):
        return self.row.is_open and self.row.order.is_at_supplier and not self.row.is_confirmed

    @property
    def contract_linked(self):
        return sum((promise.link.open for promise in self.promises if promise.link.contract), ZERO)

    @property
    def linked(self):
        return sum((promise.link.open for promise in self.promises), ZERO)


@dataclass(frozen=True)
class OrderView:
    """An order and all its page shows."""

    order: PurchaseOrder
    rows: list
    receipts: list
    rejects: list
    urls: dict
    dispatches: list
    changes: list
    header_changes: list
    requests: list
    rate: Decimal | None
    works: list
    over_receipts: list

    @property
    def amount(self):
        """What came and what is still to come of all rows costs."""
        return sum((view.amount for view in self.rows), ZERO)

    @property
    def place(self):
        """Where the goods are delivered, as it stands on the order's paper."""
        return delivery_address_of(self.order, [view.row for view in self.rows])

    @property
    def company_currency(self):
        return self.order.document.company.currency

    @property
    def is_foreign(self):
        return self.order.currency != self.company_currency

    @property
    def rate_in_words(self):
        return plain(self.rate)

    @property
    def worth(self):
        """The amount in the company's currency; None without a rate."""
        return None if self.rate is None else in_currency(self.amount, rate=self.rate, currency=self.company_currency)

    @property
    def waiting_request(self):
        """The change request that the supplier has not answered, or None."""
        return next((change for change in self.requests if change.is_waiting), None)

    @property
    def is_untold(self):
        """Something differs from what the supplier knows and from what it was asked for."""
        asked = self.waiting_request.lines.all() if self.waiting_request else []
        waiting = {line.row_id: line_difference(line).new for line in asked}
        known = {one.row.pk: one.old for one in self.changes}
        told = {pk: waiting.get(pk, old) for pk, old in known.items()}
        facts = self.waiting_request.facts.all() if self.waiting_request else []
        asked_facts = {fact.name: fact.new for fact in facts}
        header = any(asked_facts.get(one.name) != one.new for one in self.header_changes)
        return header or any(told[one.row.pk] != one.new for one in self.changes)

    @property
    def unsent(self):
        """The mail that has not gone out, as ``Dispatch.objects.undone()`` has it: a later version replaces it."""
        last = max(self.dispatches, key=lambda sent: sent.version, default=None)
        return [] if last is None or last.is_sent else [last]

    @property
    def open_rows(self):
        return [view for view in self.rows if view.row.is_open]

    @property
    def confirmed_rows(self):
        return [view for view in self.open_rows if view.row.is_confirmed]

    @property
    def is_partly_confirmed(self):
        """At the supplier, which has confirmed some open rows and not all."""
        return self.order.is_at_supplier and 0 < len(self.confirmed_rows) < len(self.open_rows)

    @property
    def promises(self):
        return [promise for view in self.rows for promise in view.promises]

    @property
    def waiting(self):
        return [(view.row, demand, quantity) for view in self.rows for demand, quantity in view.waiting]


def order_view(order):
    """All that an order's page shows, in the same number of statements whatever the number of rows."""
    rows = list(order.rows.for_list().order_by("position"))
    counts = counted_of(rows)
    views = {row.supply_id: RowView(row, counts[row.pk]) for row in rows}
    for view in views.values():
        view.row.order = order
    links = list(OrderLink.objects.filter(supply__in=views, open__gt=0).with_ends().order_by("demand__need_date", "pk"))
    urls = urls_of([link.demand for link in links])
    for row in link_rows(links):
        url = urls.get((row.link.demand.kind, row.link.demand_id), "")
        views[row.link.supply_id].promises.append(Promise(link=row.link, url=url, row=row))
    _add_waiting(views)
    rejects = rejects_of(order)
    for reject in rejects:
        if reject.taken_back_at is None:
            views[reject.row.supply_id].rejected += reject.quantity
    changes = differences(order, [view.row for view in views.values()])
    for one in changes:
        views[one.row.supply_id].change_words = change_words(one)
    _add_misfits(views.values())
    return OrderView(
        order=order,
        rows=list(views.values()),
        receipts=receipts_of(order),
        rejects=rejects,
        urls=urls,
        dispatches=list(order.dispatches.for_list().order_by("-version")),
        changes=changes,
        header_changes=header_differences(order),
        requests=list(order.change_requests.for_list().order_by("-number")),
        rate=rate_of(order),
        over_receipts=list(
            OverReceipt.objects.for_list().filter(row__order=order).exclude(status="approved").order_by("-pk")
        ),
        works=work_of([view.row for view in views.values()]),
    )


def _add_misfits(views):
    told = misfits([view.row for view in views])
    for view in views:
        view.misfit = told.get(view.row.pk, Misfit())


def rate_of(order):
    """The rate that was fixed when the order was sent, else today's; None where there is none."""
    if order.rate is not None:
        return order.rate
    return rate_on(business_date(), currency=order.currency, into=order.document.company.currency)


def change_words(one):
    """What of a row the supplier has not agreed to, for its badge."""
    if one.kind != ChangeKind.CHANGED:
        return one.label
    names = {"quantity": _("quantity"), "on": _("date"), "price": _("price"), "discount": _("discount")}
    return _("Changed: %s") % ", ".join(names[name] for name, _old, _new in one.changes)


def _add_waiting(views):
    """Uncovered demands of the part and warehouse, oldest need first, with what the row could give."""
    giving = [view for view in views.values() if view.row.is_open and view.row.supply.free > 0]
    keys = {(view.row.supply.part_id, view.row.supply.warehouse_id) for view in giving}
    if not keys:
        return
    parts, warehouses = {part for part, _ in keys}, {warehouse for _, warehouse in keys}
    demands = Demand.objects.linkable().filter(part__in=parts, warehouse__in=warehouses).for_list()
    for demand in demands.select_related("for_supply").by_need()[: 10 * MOST]:
        for view in giving:
            supply = view.row.supply
            if (supply.part_id, supply.warehouse_id) == (demand.part_id, demand.warehouse_id):
                view.waiting.append((demand, min(supply.free, demand.uncovered)))


def receipts_of(order, *, row=None):
    """Every receipt of an order's rows, or of one of them, and its reversal, latest first."""
    reversals = StockMovement.objects.filter(reverses=OuterRef("pk"))
    of = {"supply": row.supply_id} if row else {"supply__document": order.document_id}
    movements = StockMovement.objects.filter(**of)
    movements = movements.annotate(is_reversed=Exists(reversals))
    return list(
        movements.select_related(
            "supply__document", "part__unit", "link__demand__document", "link__demand__for_supply", "created_by",
        ).order_by("-pk")
    )  # fmt: skip


def terms_of(part=None, supplier=None):
    """Supplier terms of a part, of a supplier, or all, with their price breaks."""
    terms = SupplierTerm.objects.for_list().with_prices()
    if part is not None:
        terms = terms.filter(part=part)
    return terms.filter(supplier=supplier) if supplier is not None else terms


def search_orders(user, text):
    """Purchase orders for the search box, by number or the supplier's reference."""
    if not may(user, "read"):
        return []
    found = PurchaseOrder.objects.visible_to(user).filter(
        Q(document__number__istartswith=text) | Q(supplier_reference__iexact=text)
    )
    orders = found.for_list().order_by("-document__serial")[:MOST]
    return [
        (f"{order} {order.supplier}", reverse("purchasing:order", args=[order.pk]), "purchase order")
        for order in orders
    ]


def choose_orders(user, text):
    """Open purchase orders for a lookup box."""
    if not may(user, "read"):
        return []
    found = PurchaseOrder.objects.filter(status__in=OPEN, document__number__icontains=text)
    return [(str(order), f"{order} {order.supplier}") for order in found.for_list().order_by("document__serial")[:MOST]]


def row_view(row):
    """One row with its links, for the grid."""
    view = RowView(
        row, counted_of([row])[row.pk], rejected=rejected_by_supply([row.supply_id]).get(row.supply_id, ZERO)
    )
    view.change_words = "".join(change_words(one) for one in differences(row.order, [row]))
    links = OrderLink.objects.filter(supply=row.supply_id, open__gt=0).with_ends().order_by("demand__need_date", "pk")
    view.promises = [Promise(link=shown.link, url="", row=shown) for shown in link_rows(links)]
    _add_misfits([view])
    return view


@dataclass(frozen=True)
class Offer:
    """One component that a row may be contract-linked to, and how much of the row it could get."""

    component: Demand
    most: Decimal
    url: str


def components_to_offer(row, *, wider=False):
    components = list(linkable_components(row, wider=wider)[:200])
    urls = urls_of(components)
    return [
        Offer(
            component=component,
            most=max(min(component.uncovered, row.supply.free), ZERO),
            url=urls.get((component.kind, component.pk), ""),
        )
        for component in components
    ]


def open_orders_of(supplier):
    """Open orders at a supplier, the oldest first."""
    return PurchaseOrder.objects.open().filter(document__partner=supplier).for_list().order_by("document__serial")


def home_count():
    """The line of the worklists on the first page: orders whose mail has not gone out."""
    stuck = Dispatch.objects.undone().values("order").distinct().count()
    return _("Mails to suppliers not sent"), "purchasing:order_list", "?unsent_mail=1", stuck, "bad"


def home_untold():
    """Orders that were changed after sending, and whose supplier has not agreed to it."""
    orders = untold_orders().count()
    return _("Changes that suppliers have not agreed to"), "purchasing:order_list", "?untold=1", orders, "warn"


def home_over_receipts():
    """Receipts beyond the tolerance that wait for a buyer."""
    waiting = OverReceipt.objects.waiting().count()
    return _("Receipts waiting for approval"), "purchasing:over_list", "?status=waiting", waiting, "warn"


def untold_orders():
    """Orders of which a row or the header is not what the supplier knows of it."""
    rows, headers = PurchaseOrderRow.objects.untold().values("order"), PurchaseOrder.objects.untold().values("pk")
    return PurchaseOrder.objects.filter(Q(pk__in=rows) | Q(pk__in=headers))


def backorders_are_linked():
    """Whether sending an order links its free quantity to backordered sales rows."""
    return settings_registry.get("backorder_linking")


def prices_of(supply_ids):
    """{(supply id, currency): price of one base unit, less discount} of purchase rows."""
    rows = PurchaseOrderRow.objects.filter(supply__in=supply_ids, supply__quantity__gt=0)
    facts = "supply", "order__currency", "price", "discount", "quantity", "supply__quantity"
    return {
        (supply, currency): price * (100 - discount) / 100 * quantity / base
        for supply, currency, price, discount, quantity, base in rows.values_list(*facts)
    }
