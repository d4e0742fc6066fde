"""The tables of the worklists and of all demands and supplies."""

from functools import cached_property

from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column, DateColumn, DateTimeColumn

from erp.register.units import plain
from erp.web.tables import PegboardTable, QuantityColumn, SlackColumn, StatusColumn, TickColumn
from linkage.changes.worklist import can_be_done, subject_of
from linkage.queries import coverage
from linkage.queries.certainty import certainties
from linkage.rights import may_decide, may_link
from linkage.statuses import Change
from linkage.tables import ISO_DAY, part_page


def _dialog_link(url, words, label):
    """A link that opens in the dialog, and is a page without JavaScript."""
    return format_html(
        '<a href="{0}" hx-get="{0}" hx-target="#dialog-body" hx-swap="innerHTML" aria-label="{2}">{1}</a>',
        url,
        words,
        label,
    )


class PositionTable(PegboardTable):
    """What tables of demands and supplies share; ``user`` decides which actions a row offers."""

    label = Column(verbose_name=_("Row"), order_by=("document__number", "position"))
    kind = Column(verbose_name=_("Kind"))
    part = Column(verbose_name=_("Part"), order_by="part__number", linkify=part_page)
    name = Column(verbose_name=_("Name"), accessor="part__name")
    warehouse = Column(verbose_name=_("Warehouse"), order_by="warehouse__code")
    quantity = QuantityColumn(verbose_name=_("Quantity"))

    def __init__(self, *args, user=None, request=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.http_request = user, request


class DemandTable(PositionTable):
    label = Column(
        verbose_name=_("Demand"),
        order_by=("document__number", "position"),
        linkify=lambda record: reverse("linkage:demand", args=[record.pk]),
    )
    unit = Column(verbose_name=_("Unit"), accessor="part__unit", orderable=False)
    uncovered = QuantityColumn(verbose_name=_("Uncovered"))
    need_date = DateColumn(verbose_name=_("Needed by"), format=ISO_DAY)
    status = StatusColumn(verbose_name=_("Status"))
    cover = Column(verbose_name=_("Coverage"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = ("need_date", "label")
        empty_text = _("No demand matches. Clear the filter, or register a sales order.")

    @cached_property
    def covers(self):
        """The coverage of the rows of this page, in a constant number of queries."""
        return coverage([row.record for row in self.paginated_rows])

    def render_cover(self, record):
        return render_to_string("linkage/_coverage_cell.html", {"coverage": self.covers[record.pk]})


class ShortTable(DemandTable):
    extra = ("kind", "status", "quantity")
    tick = TickColumn()
    short = QuantityColumn(verbose_name=_("Short"), accessor="short_quantity")
    act = Column(verbose_name=_("Action"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = ("need_date", "label")
        sequence = (
            "tick",
            "label",
            "kind",
            "part",
            "name",
            "warehouse",
            "quantity",
            "unit",
            "uncovered",
            "short",
            "...",
        )
        empty_text = _("Nothing is short: every dated demand has supply by its need date.")

    def render_act(self, record):
        if not may_link(self.user):
            return ""
        label = gettext("Link supply to %(demand)s") % {"demand": record}
        return _dialog_link(reverse("linkage:link_new", args=[record.pk]), gettext("Link"), label)


class LateTable(DemandTable):
    extra = ("kind", "status", "warehouse")
    tick = TickColumn()
    slack = SlackColumn(verbose_name=_("Slack"))
    why = Column(
        verbose_name=_("Why"),
        accessor="pk",
        orderable=False,
        exclude_from_export=True,
        attrs={"td": {"class": "wrap wrap-wide"}},
    )

    class Meta(PegboardTable.Meta):
        order_by = ("slack", "need_date")
        sequence = ("tick", "label", "part", "need_date", "slack", "why", "...")
        empty_text = _("Nothing is late: every chain ends in time.")

    def render_why(self, record):
        chain = reverse("linkage:chain_demand", args=[record.pk])
        return format_html('<a href="{}">{}</a>', chain, self.covers[record.pk].sentence or gettext("Chain"))


class ElsewhereTable(DemandTable):
    extra = ("kind", "status", "quantity")
    made = QuantityColumn(verbose_name=_("Made there"), accessor="elsewhere_quantity")
    due = DateColumn(verbose_name=_("Due there"), accessor="elsewhere_due", format=ISO_DAY)
    by = Column(verbose_name=_("By"), accessor="pk", orderable=False, attrs={"td": {"class": "wrap wrap-wide"}})

    class Meta(PegboardTable.Meta):
        order_by = ("need_date", "label")
        sequence = ("label", "part", "name", "need_date", "due", "by", "made", "unit", "uncovered", "...")
        empty_text = _("Nothing is made by another company. A row with a transfer profile is.")

    def render_by(self, record):
        url = reverse("linkage:demand", args=[record.elsewhere.there_id])
        return format_html('<a href="{}">{}</a>', url, self.value_by(record))

    def value_by(self, record):
        """The order there and its company; how sure its day is stands in the coverage."""
        there = record.elsewhere.there
        return f"{there.document.number}/{there.position}, {there.document.company.name}"


class SupplyTable(PositionTable):
    label = Column(
        verbose_name=_("Supply"),
        order_by=("document__number", "position"),
        linkify=lambda record: reverse("linkage:supply", args=[record.pk]),
    )
    unit = Column(verbose_name=_("Unit"), accessor="part__unit", orderable=False)
    free = QuantityColumn(verbose_name=_("Free"))
    due_date = DateColumn(verbose_name=_("Due"), format=ISO_DAY)
    status = StatusColumn(verbose_name=_("Status"))

    @cached_property
    def certainties(self):
        """How sure the supplies of the page are."""
        return certainties([row.record for row in self.paginated_rows])

    def render_due_date(self, record, value):
        certainty = self.certainties.get(record.pk, "")
        if value is None:  # stock is there
            return self.columns["due_date"].default
        return format_html("{} {}", value, render_to_string("linkage/_certainty.html", {"certainty": certainty}))

    def value_due_date(self, value):
        return value

    class Meta(PegboardTable.Meta):
        order_by = ("due_date", "label")
        empty_text = _("No supply matches. Clear the filter, make or buy something.")


class FreeTable(SupplyTable):
    act = Column(verbose_name=_("Action"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = ("due_date", "label")
        empty_text = _("Nothing is free: all stock and all orders are promised.")

    def render_act(self, record):
        if not may_link(self.user, record):
            return ""
        label = gettext("Link %(supply)s to a demand") % {"supply": record}
        return _dialog_link(reverse("linkage:link_new_from_supply", args=[record.pk]), gettext("Link"), label)


class OrphanTable(FreeTable):
    extra = ("kind", "status", "quantity", "warehouse")
    tick = TickColumn()
    orphaned_at = DateTimeColumn(verbose_name=_("Orphan since"), format="Y-m-d H:i")
    made_for = Column(verbose_name=_("Made for"), accessor="pk", orderable=False)

    class Meta(PegboardTable.Meta):
        order_by = ("orphaned_at", "label")
        sequence = ("tick", "label", "orphaned_at", "made_for", "part", "free", "unit", "act", "...")
        empty_text = _("No orphans: every order that was made for a row still has it, or was kept as stock.")

    def render_made_for(self, record):
        facts = [(reverse("linkage:demand", args=[fact.demand_id]), fact.demand, _for(fact)) for fact in _facts(record)]
        return format_html_join(", ", '<a href="{}">{}</a>{}', facts)

    def render_act(self, record):
        if not may_link(self.user, record):
            return ""
        keep = reverse("linkage:keep_as_stock", args=[record.pk])
        form = (
            '<form method="post" action="{0}" hx-post="{0}" hx-swap="none" class="d-inline">'
            '<input type="hidden" name="csrfmiddlewaretoken" value="{1}"><button>{2}</button></form>'
        )
        kept = format_html(form, keep, get_token(self.http_request), gettext("Keep as stock"))
        hold = _dialog_link(
            reverse("linkage:hold_new", args=[record.pk]), gettext("Hold"), f"{gettext('Hold')}: {record}"
        )
        reduce_url = reverse("linkage:reduce_supply", args=[record.pk])
        words = gettext("Reduce or cancel")
        return format_html(
            "{} {} {} {}", super().render_act(record), kept, hold, _dialog_link(reduce_url, words, f"{words}: {record}")
        )


def _facts(record):
    return record.provenance.all()


def _for(fact):
    partner = fact.demand.document and fact.demand.document.partner
    return f" {partner}" if partner else ""


class UndecidedTable(PegboardTable):
    """One change a line: the order, what is proposed, who left it, and the two ways to decide."""

    subject = Column(verbose_name=_("Order"), accessor="pk", orderable=False)
    change = Column(verbose_name=_("Change"))
    now = Column(verbose_name=_("Now"), accessor="pk", orderable=False)
    proposed = Column(verbose_name=_("Proposed"), accessor="pk", orderable=False)
    reason = Column(verbose_name=_("Why"), orderable=False)
    created_at = DateTimeColumn(verbose_name=_("Since"), format="Y-m-d H:i")
    created_by = Column(verbose_name=_("Left by"), orderable=False)
    act = Column(verbose_name=_("Decide"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = ("created_at",)
        empty_text = _("Nothing is undecided: every change that asked for a decision has one.")

    def __init__(self, *args, user=None, request=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.http_request = user, request

    def render_subject(self, record):
        position = subject_of(record)
        page = "linkage:demand" if record.demand_id else "linkage:supply"
        because = f" ({record.supply})" if record.demand_id and record.supply_id else ""
        return format_html('<a href="{}">{}</a>{}', reverse(page, args=[position.pk]), position, because)

    def render_now(self, record):
        position = subject_of(record)
        if record.change == Change.DATE:
            return date_format(record.demand.need_date if record.demand_id else record.supply.due_date)
        if record.change == Change.PRIORITY:
            return gettext("priority as it was")
        if record.change == Change.REVISION:
            return str(record.supply.revision or gettext("no revision"))
        return plain(position.quantity)

    def render_proposed(self, record):
        if record.change == Change.CANCEL and not record.demand_id:
            return gettext("cancelled")
        if record.change == Change.PRIORITY:
            return gettext("priority of its row")
        if record.change == Change.REVISION:
            return gettext("revision of its row")
        if record.date:
            return date_format(record.date)
        uncovered = record.demand_id and record.change != Change.LESS
        figure = plain(record.quantity)
        return gettext("%(n)s uncovered") % {"n": figure} if uncovered else figure

    def render_act(self, record):
        if not may_decide(self.user, record):
            return ""
        does = format_html('<button name="does" value="1">{}</button> ', gettext("Do it"))
        return format_html(
            '<form method="post" action="{}" class="d-inline"><input type="hidden" name="csrfmiddlewaretoken" '
            'value="{}">{}<button name="leaves" value="1">{}</button></form>',
            reverse("linkage:decide", args=[record.pk]),
            get_token(self.http_request),
            does if can_be_done(record) else "",
            gettext("Leave it"),
        )


def date_format(day):
    return f"{day:%Y-%m-%d}" if day else gettext("no date")
