"""The lists of imports: files, what is wrong in one, its lines, and the orders that came of it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column, DateTimeColumn

from erp.staging.kinds import kinds
from erp.staging.models import LoadedDocument, StagedImport, StagedProblem, StagedRow
from erp.web.tables import NumberColumn, PegboardTable, StatusColumn


class WholeColumn(NumberColumn):
    show = staticmethod(str)


class ImportTable(PegboardTable):
    number = Column(
        accessor="pk", verbose_name=_("Import"), linkify=lambda record: reverse("staging:import", args=[record.pk])
    )
    kind = Column(verbose_name=_("Kind"))
    file_name = Column(verbose_name=_("File"))
    status = StatusColumn(verbose_name=_("Status"))
    line_count = WholeColumn(verbose_name=_("Lines"))
    bad_count = WholeColumn(verbose_name=_("Bad"))
    created_at = DateTimeColumn(format="Y-m-d H:i", verbose_name=_("Uploaded"))
    created_by = Column(verbose_name=_("By"), order_by="created_by__username")
    ended_at = DateTimeColumn(format="Y-m-d H:i", verbose_name=_("Loaded or discarded"))
    ended_by = Column(verbose_name=_("By whom"), order_by="ended_by__username")
    message = Column(verbose_name=_("What came of it"))

    class Meta(PegboardTable.Meta):
        model = StagedImport
        fields = []
        order_by = "-number"
        empty_text = _("No file matches. Press New import.")

    def render_kind(self, value):
        return kinds()[value].title if value in kinds() else value


class ProblemTable(PegboardTable):
    line = WholeColumn(verbose_name=_("Line"))
    column = Column(verbose_name=_("Column"))
    read = Column(verbose_name=_("Read"))
    sentence = Column(verbose_name=_("What is said of it"), orderable=False, attrs={"td": {"class": "wrap wrap-wide"}})
    is_warning = Column(verbose_name=_("Stops the load"))

    class Meta(PegboardTable.Meta):
        model = StagedProblem
        fields = []
        order_by = "line"
        empty_text = _("No line is wrong.")

    def render_is_warning(self, record, value):
        return _("no, it changes") if record.is_change else _("no, a warning") if value else _("yes")

    def value_is_warning(self, record, value):
        return self.render_is_warning(record, value)


class DocumentTable(PegboardTable):
    document = Column(verbose_name=_("Order"), order_by="document__serial")
    partner = Column(accessor="document__partner", verbose_name=_("Partner"), order_by="document__partner__name")
    number = Column(verbose_name=_("Sender's number"))

    class Meta(PegboardTable.Meta):
        model = LoadedDocument
        fields = []
        order_by = "document"
        empty_text = _("No order.")


def document_table(urls):
    """The table of the orders that a load made or changed, each a link to its page."""
    link = Column(
        verbose_name=_("Order"), order_by="document__serial", linkify=lambda record: urls.get(record.document_id)
    )
    return type("LinkedDocumentTable", (DocumentTable,), {"document": link, "Meta": DocumentTable.Meta})


def line_table(header):
    """The table of a file's lines as they were read, with its own columns."""
    columns = {
        f"cell{place}": Column(accessor=f"texts__{place}", verbose_name=title[:60] or str(place + 1), orderable=False)
        for place, title in enumerate(header)
    }

    class Meta(PegboardTable.Meta):
        model = StagedRow
        fields = []
        order_by = "line"

        sequence = ["line", "..."]

    line = WholeColumn(verbose_name=_("Line"))
    return type("LineTable", (PegboardTable,), {"line": line, **columns, "Meta": Meta})
