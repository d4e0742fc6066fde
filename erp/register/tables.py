"""The lists of the register."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2 import BooleanColumn, Column

from erp.register.models import Part, Partner, WorkCalendar
from erp.register.queries import part_url, week_in_words
from erp.web.tables import AmountColumn, NumberColumn, PegboardTable, QuantityColumn


class PartTable(PegboardTable):
    number = Column(linkify=lambda record: part_url(record))
    name = Column()
    part_type = Column(verbose_name=_("Type"))
    unit = Column(order_by="unit__code")
    lot_sizing = Column()
    lead_time = NumberColumn()
    safety_time = NumberColumn()
    minimum_stock = QuantityColumn()
    default_warehouse = Column(verbose_name=_("Warehouse"), order_by="default_warehouse__code")
    active_revision = Column(verbose_name=_("Revision"), order_by="active_revision__code")
    standard_price = AmountColumn()
    is_active = BooleanColumn(verbose_name=_("Active"), yesno="yes,no")

    class Meta(PegboardTable.Meta):
        model = Part
        fields = []
        order_by = "number"
        empty_text = _("No part matches. Clear the filter, or add parts in the administration.")

    def render_lead_time(self, value):
        return value

    def render_safety_time(self, value):
        return value


class PartTableWithoutCosts(PartTable):
    standard_price = None

    class Meta(PartTable.Meta):
        pass


class PartnerTable(PegboardTable):
    number = Column()
    name = Column()
    is_customer = BooleanColumn(verbose_name=_("Customer"), yesno="yes,no")
    is_supplier = BooleanColumn(verbose_name=_("Supplier"), yesno="yes,no")
    is_internal = BooleanColumn(verbose_name=_("Internal"), yesno="yes,no")
    currency = Column()
    language = Column()
    order_email = Column()
    is_active = BooleanColumn(verbose_name=_("Active"), yesno="yes,no")

    class Meta(PegboardTable.Meta):
        model = Partner
        fields = []
        order_by = "number"
        empty_text = _("No partner matches. Clear the filter, or add partners in the administration.")


class CalendarTable(PegboardTable):
    name = Column(linkify=lambda record: reverse("register:calendar_detail", args=[record.pk]))
    country = Column()
    week = Column(verbose_name=_("Work days"), empty_values=(), orderable=False, attrs={"td": {"class": "wrap"}})
    days = NumberColumn(verbose_name=_("Other days"))

    class Meta(PegboardTable.Meta):
        model = WorkCalendar
        fields = []
        order_by = "name"
        empty_text = _("No calendar. Add one in the administration.")

    def render_week(self, record):
        return week_in_words(record)

    def render_days(self, value):
        return value
