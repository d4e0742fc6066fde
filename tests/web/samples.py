"""A small set of pages that use every shared part, mounted beside the product's own URLs."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import OperationalError, connection, transaction
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.template import RequestContext, Template
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST
from django_filters import CharFilter, FilterSet
from django_tables2 import Column
from psycopg.errors import LockNotAvailable
from psycopg_pool import PoolTimeout

from erp.exceptions import Refused, Stale
from erp.register.models import Part
from erp.urls import handler500, urlpatterns  # noqa: F401 - the product's own
from erp.web.answers import go, say_done
from erp.web.forms import IsoDateField, LookupChoiceField, OperationForm, QuantityFormField, TextFormField, VersionField
from erp.web.listing import BulkAction, list_view
from erp.web.refusing import refusal_shown
from erp.web.tables import PegboardTable, QuantityColumn, StatusColumn, TickColumn


class PartTable(PegboardTable):
    tick = TickColumn()
    number = Column(linkify=lambda record: f"/parts/{record.pk}/")
    name = Column()
    part_type = StatusColumn()
    minimum_stock = QuantityColumn()
    password = Column(accessor="name", orderable=False, exclude_from_export=True)

    class Meta(PegboardTable.Meta):
        order_by = "number"
        empty_text = "No part. Add one."


class PartFilter(FilterSet):
    name = CharFilter(lookup_expr="icontains")

    class Meta:
        model = Part
        fields = ["part_type"]


class PromiseForm(OperationForm):
    part = LookupChoiceField(queryset=Part.objects.all(), lookup="parts", required=False)
    quantity = QuantityFormField(help_text="In base units.")
    need_date = IsoDateField(required=False)
    note = TextFormField(required=False, max_length=10_000)
    firm = forms.BooleanField(required=False)
    version = VersionField(required=False)


@login_required
def parts(request):
    return list_view(
        request,
        queryset=Part.objects.select_related("unit"),
        table_class=PartTable,
        filterset_class=PartFilter,
        title="Parts",
        totals={"minimum_stock": Sum("minimum_stock")},
        unit="unit",
        actions=[BulkAction("Retire", "/sample/retire/")],
    )


@login_required
def promise(request):
    form = PromiseForm(request.POST or None, initial={"version": 3})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["firm"]:
            raise Refused("Only 5 of <P-1> is open.")
        say_done(request, "Promised.", undo_url="/sample/undo/")
        return go(request, "sample_promise")
    return render(request, "web/login.html", {"form": form, "next": ""}, status=422 if form.is_bound else 200)


def find_parts(user, text):
    found = Part.objects.filter(number__istartswith=text)
    return [(f"{part.number} {part.name}", f"/parts/{part.pk}/", "part") for part in found]


def lookup_parts(user, text):
    return [(part.number, f"{part.number} {part.name}") for part in Part.objects.filter(number__istartswith=text)]


@require_POST
def refuse(request):
    raise Refused("Only 5 of <P-1> is open.")


@require_POST
def refuse_without_a_page(request):
    """Knows of a form that is not valid only what is wrong with its fields."""
    form = PromiseForm(request.POST)
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
    raise Refused("Only 5 of <P-1> is open.")


@require_POST
def write_at_second_look(request):
    """Has no form and no operation of ours that would stop it; waits for a lock or is refused at first."""
    if refusal_shown() is None and "lock" in request.POST:
        raise OperationalError("timeout") from LockNotAvailable()
    if refusal_shown() is None:
        raise Refused("Only 5 of <P-1> is open.")
    Part.objects.update(name="Written")
    return HttpResponse("Looked at twice.")


@require_POST
def stale(request):
    raise Stale("Somebody changed it.", theirs={"Quantity": ("4", "7")})


@login_required
def fragment(request):
    say_done(request, "Saved.")
    return HttpResponse('<section id="x">new</section>')


@login_required
def database_says(request, state):
    """Fail as PostgreSQL fails, with the code of a lock that was not given or a statement that took too long."""
    code = {"lock": "55P03", "slow": "57014"}[state]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'secret detail' USING ERRCODE = '{code}'; END $$")


def no_connection(request):
    raise OperationalError("secret detail") from PoolTimeout("none free")


def broken(request):
    raise RuntimeError("secret detail")


@login_required
def charts(request):
    """Two charts, one of them with a circle, an edge to itself and an edge to nowhere."""
    points = [
        {"on": "2026-03-01", "balance": "12.5"},
        {"on": "2026-03-08", "balance": "-3", "label": "</script><b>S-1"},
    ]
    nodes = [{"id": 1, "label": "S-1", "url": "/", "tone": "bad"}, {"id": 2, "label": "M-4"}, {"id": 3, "label": "P-1"}]
    pairs = [(3, 2), (2, 1), (1, 3), (2, 2), (2, 9)]
    chain = {"nodes": nodes, "links": [{"source": a, "target": b, "value": "4"} for a, b in pairs]}
    template = Template(
        '{% extends "web/base.html" %}{% load pegboard %}'
        "{% block scripts %}{% chart_scripts %}{% endblock %}"
        '{% block content %}<h1>Charts</h1>{% badge "short" %}{% badge "covered" %}{% badge "waiting" %}'
        '{% chart "stock" "balance" balance label="Balance" %}'
        '{% chart "chain" "sankey" chain label="Chain" %}{% endblock %}'
    )
    balance = {"points": points, "minimum": "5", "today": "2026-03-02"}
    return HttpResponse(template.render(RequestContext(request, {"balance": balance, "chain": chain})))


READ_ROW = """<tr id="row-{{ part.pk }}" data-row tabindex="0" data-edit-url="/sample/grid/{{ part.pk }}/edit/">
<td>{{ part.number }}</td><td>{{ part.name }}</td></tr>"""
EDIT_ROW = """<tr id="row-{{ part.pk }}" data-row data-editing data-cancel-url="/sample/grid/{{ part.pk }}/">
<td>{{ part.number }}<form id="edit-{{ part.pk }}" method="post" action="/sample/grid/{{ part.pk }}/edit/"
hx-post="/sample/grid/{{ part.pk }}/edit/" hx-target="closest tr" hx-swap="outerHTML">{% csrf_token %}</form></td>
<td><input form="edit-{{ part.pk }}" name="name" aria-label="Name" value="{{ part.name }}">{{ trouble }}</td></tr>"""
GRID = """{% extends "web/base.html" %}{% block content %}<h1>Grid</h1><table class="grid" data-grid><thead><tr>
<th>Number</th><th>Name</th></tr></thead><tbody>{% for row in rows %}{{ row }}{% endfor %}
</tbody></table>{% endblock %}"""


def row_of(request, part, *, template=READ_ROW, trouble="", status=200):
    html = Template(template).render(RequestContext(request, {"part": part, "trouble": trouble}))
    return HttpResponse(html, status=status)


@login_required
def grid(request):
    rows = [mark_safe(row_of(request, part).content.decode()) for part in Part.objects.all()]
    return HttpResponse(Template(GRID).render(RequestContext(request, {"rows": rows})))


@login_required
def grid_row(request, pk):
    return row_of(request, Part.objects.get(pk=pk))


@login_required
def grid_edit(request, pk):
    part = Part.objects.get(pk=pk)
    if request.method == "GET":
        return row_of(request, part, template=EDIT_ROW)
    if not request.POST["name"]:
        return row_of(request, part, template=EDIT_ROW, trouble="Enter a name.", status=422)
    part.name = request.POST["name"]
    part.save(update_fields=["name"])
    return row_of(request, part)


urlpatterns = [
    path("sample/grid/", grid),
    path("sample/grid/<int:pk>/", grid_row),
    path("sample/grid/<int:pk>/edit/", grid_edit),
    path("sample/database/<str:state>/", database_says),
    path("sample/pool/", no_connection),
    path("sample/broken/", broken),
    path("sample/charts/", charts),
    path("", parts, name="home"),
    path("sample/promise/", promise, name="sample_promise"),
    path("sample/refuse-without-a-page/", refuse_without_a_page),
    path("sample/refuse/", refuse),
    path("sample/write-at-second-look/", write_at_second_look),
    path("sample/stale/", stale),
    path("sample/fragment/", fragment),
    path("sample/parts/", parts),
    *urlpatterns,
]
