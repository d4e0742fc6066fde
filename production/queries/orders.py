"""What the pages of production orders show, in a constant number of statements."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Case, Exists, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.fields import BooleanField
from django.urls import reverse

from linkage.models import OPEN_STATUSES, Demand, OrderLink, SerialNumber, StockMovement
from linkage.models.links import LinkKind
from linkage.models.movements import MovementKind
from linkage.owners import urls_of
from linkage.queries.coverage import coverage
from linkage.queries.standing import LinkRow, link_rows
from linkage.serials import in_words
from production.models import OPEN_ORDER, Component, Operation, ProductionOrder, ProductionOrderLine, Report

ZERO = Decimal(0)


def lines_for_list(*, today):
    """Lines of production orders with what the list filters by: needed when, late, something uncovered."""
    links = OrderLink.objects.filter(supply=OuterRef("supply"), to_come__gt=0).order_by()
    need = links.values("supply").annotate(first=Min("demand__need_date")).values("first")
    uncovered = Demand.objects.filter(for_supply=OuterRef("supply"), status__in=OPEN_STATUSES, uncovered__gt=0)
    lines = ProductionOrderLine.objects.select_related(
        "order__document",
        "order__sales_document",
        "order__customer",
        "order__employee",
        "supply__part__unit",
        "supply__warehouse",
    )
    still_open = Q(order__status__in=OPEN_ORDER)
    return lines.annotate(
        needed_on=Subquery(need),
        components_uncovered=Exists(uncovered),
        operation_on_hold=Exists(Operation.objects.filter(line=OuterRef("pk")).on_hold()),
        late=Case(
            When(
                still_open & (Q(supply__due_date__lt=today) | Q(supply__due_date__gt=Subquery(need))),
                then=Value(value=True),
            ),
            default=Value(value=False),
            output_field=BooleanField(),
        ),
        starts_late=Case(
            When(
                Q(order__status__in=["suggested", "planned", "released"], start_date__lt=today), then=Value(value=True)
            ),
            default=Value(value=False),
            output_field=BooleanField(),
        ),
    )


@dataclass
class LineView:
    """One line of an order with its components, links and reports, ready for a template."""

    line: ProductionOrderLine
    starts_late: bool
    today: date
    components: list = field(default_factory=list)
    operations: list = field(default_factory=list)
    cost: object = None
    links: list = field(default_factory=list)
    reports: list = field(default_factory=list)
    issues: list = field(default_factory=list)
    serials: str = ""

    @property
    def supply(self):
        return self.line.supply

    @property
    def is_reported(self):
        """Something made, scrapped or issued still stands."""
        standing = any(report.undone_at is None for report in self.reports)
        return standing or any(part.demand.done for part in self.components)

    @property
    def priority(self):
        """With which its components are served; the most urgent where they differ."""
        return min((part.demand.priority for part in self.components), default=None)

    @property
    def is_other_revision(self):
        """Who it was made for asks for another revision."""
        return any(end.row.is_other_revision and end.link.kind == LinkKind.BOUND for end in self.links)

    @property
    def is_late(self):
        """Due after the day that somebody needs it, or overdue."""
        if not self.supply.open or self.supply.due_date is None:
            return False
        needs = [link.link.demand.need_date for link in self.links if link.link.to_come and link.link.demand.need_date]
        return self.supply.due_date < self.today or any(self.supply.due_date > need for need in needs)


@dataclass(frozen=True)
class ComponentView:
    component: Component
    coverage: object
    links: list

    @property
    def demand(self):
        return self.component.demand


@dataclass(frozen=True)
class OperationView:
    """One operation of a line: where it is done, how far it is, and for a subcontracted one what covers it."""

    operation: Operation
    planned_minutes: Decimal
    good: Decimal
    scrapped: Decimal
    minutes: Decimal
    coverage: object
    links: list
    is_done: bool

    @property
    def demand(self):
        return self.operation.demand

    @property
    def status(self):
        """In the words of the badges."""
        if self.operation.is_removed:
            return "cancelled"
        if self.is_done:
            return "finished"
        return "started" if self.good or self.operation.started_at else "waiting"


@dataclass(frozen=True)
class LinkView:
    """One link from the order's point of view: the other end, where people work on it, and the slack."""

    link: OrderLink
    label: str
    url: str
    row: LinkRow | None = None


def order_view(order, *, today):
    """[LineView] of an order."""
    lines = list(ProductionOrderLine.objects.filter(order=order).for_list())
    components = list(Component.objects.filter(line__order=order).for_list())
    operations = list(Operation.objects.filter(line__order=order).for_list())
    demands = [owner.demand for owner in (*components, *operations) if owner.demand_id]
    covered = coverage(demands, today=today)
    given = OrderLink.objects.open().filter(supply__in=[line.supply_id for line in lines])
    given = link_rows(given.with_ends().order_by("pk"), today=today)
    urls = urls_of(
        [*(row.link.demand for row in given), *(link.supply for found in covered.values() for link in found.links)]
    )
    reports = list(Report.objects.filter(line__in=lines).select_related("created_by", "operation").order_by("-pk"))
    issues = list(_issued_by_hand(lines))
    serials = _serials(lines)
    views = []
    for line in lines:
        view = LineView(line, line.starts_late(today), today)
        view.components = [
            ComponentView(component, covered[component.demand_id], _ends(covered[component.demand_id].links, urls))
            for component in components
            if component.line_id == line.pk
        ]
        view.operations = [
            _operation_view(operation, line, covered, urls, reports)
            for operation in operations
            if operation.line_id == line.pk
        ]
        view.links = [
            LinkView(row.link, row.link.demand.label, urls.get((row.link.demand.kind, row.link.demand_id), ""), row)
            for row in given
            if row.link.supply_id == line.supply_id
        ]
        view.reports = [report for report in reports if report.line_id == line.pk]
        view.issues = [issue for issue in issues if issue.demand.for_supply_id == line.supply_id]
        view.serials = in_words(serials.get(line.supply_id, ()))
        views.append(view)
    return views


def _serials(lines):
    """{supply id: the serial numbers of the pieces that it makes}."""
    found = {}
    made = SerialNumber.objects.filter(supply__in=[line.supply_id for line in lines]).order_by("pk")
    for supply, number in made.values_list("supply", "number"):
        found.setdefault(supply, []).append(number)
    return found


def _issued_by_hand(lines):
    """What was taken before the order is completed, and not with a report."""
    by_hand = StockMovement.objects.filter(kind=MovementKind.ISSUE, reference="", reverses=None)
    mine = by_hand.filter(demand__for_supply__in=[line.supply_id for line in lines])
    undone = Exists(StockMovement.objects.filter(reverses=OuterRef("pk")))
    return mine.annotate(undone=undone).select_related("part", "demand", "created_by").order_by("-pk")


def _operation_view(operation, line, covered, urls, reports):
    coverage = covered.get(operation.demand_id)
    mine = [report for report in reports if report.operation_id == operation.pk and report.undone_at is None]
    good = operation.demand.done if operation.demand_id else sum((report.quantity for report in mine), ZERO)
    return OperationView(
        operation,
        planned_minutes=operation.planned_minutes(line.supply.quantity),
        good=good,
        scrapped=sum((report.scrapped for report in mine), ZERO),
        minutes=sum((report.minutes for report in mine), ZERO),
        coverage=coverage,
        links=_ends(coverage.links, urls) if coverage else [],
        is_done=good >= line.supply.quantity - line.supply.cancelled and good > 0,
    )


def _ends(links, urls):
    return [LinkView(link, link.supply.label, urls.get((link.supply.kind, link.supply_id), "")) for link in links]


@dataclass(frozen=True)
class Around:
    """How many lines its reports have, whether one still stands, and how many operations are on hold."""

    reports: int
    reported: bool
    operations_on_hold: int


def around(views):
    return Around(
        reports=sum(len(view.reports) + len(view.issues) for view in views),
        reported=any(view.is_reported for view in views),
        operations_on_hold=sum(step.operation.is_on_hold for view in views for step in view.operations),
    )


def search_orders(user, text):
    """[(label, url, kind)] for the search box: production orders by number."""
    orders = ProductionOrder.objects.visible_to(user).filter(document__number__icontains=text).for_list()
    return [(str(order), _url(order), "production order") for order in orders.order_by("-document__serial")[:8]]


def _url(order):
    return reverse("production:order", args=[order.pk])
