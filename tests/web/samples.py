"""A small set of pages that use every shared part, mounted beside the product's own URLs."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST
from django_filters import CharFilter, FilterSet
from django_tables2 import Column

from erp.exceptions import Refused, Stale
from erp.register.models import Part
from erp.urls import handler500, urlpatterns  # noqa: F401 - the product's own
from erp.web.answers import go, say_done
from erp.web.forms import IsoDateField, LookupChoiceField, OperationForm, QuantityFormField, TextFormField, VersionField
from erp.web.listing import BulkAction, list_view
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
        actions=[BulkAction("Retire", "/sample/retire/")],
    )


@login_required
def promise(request):
    form = PromiseForm(request.POST or None, initial={"version": 3})
    if request.method == "POST" and form.is_valid():
        say_done(request, "Promised.", undo_url="/sample/undo/")
        return go(request, "sample_promise")
    return render(request, "web/login.html", {"form": form, "next": ""}, status=422 if form.is_bound else 200)


@require_POST
def refuse(request):
    raise Refused("Only 5 of <P-1> is open.")


@require_POST
def stale(request):
    raise Stale("Somebody changed it.", theirs={"Quantity": ("4", "7")})


@login_required
def fragment(request):
    say_done(request, "Saved.")
    return HttpResponse('<section id="x">new</section>')


urlpatterns = [
    path("", parts, name="home"),
    path("sample/promise/", promise, name="sample_promise"),
    path("sample/refuse/", refuse),
    path("sample/stale/", stale),
    path("sample/fragment/", fragment),
    path("sample/parts/", parts),
    *urlpatterns,
]
