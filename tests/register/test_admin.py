"""Upkeep in the admin: imports name their bad rows, exports carry no formulas, nobody is deleted."""

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from import_export.admin import ImportExportModelAdmin

from erp.register import models
from erp.register.resources import PartResource
from tests import factories as make

pytestmark = pytest.mark.django_db

OURS = [model for model in admin.site._registry if model._meta.app_label == "register"]
HEADER = "number,name,part_type,unit,lot_sizing\n"


def page(model, name, *args):
    return reverse(f"admin:register_{model._meta.model_name}_{name}", args=args)


def upload(client, model, content, name="rows.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(page(model, "import"), {"format": "0", "import_file": SimpleUploadedFile(name, content)})


def rows_of(response):
    return response.context["result"]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_admin_pages_open(admin_client, admin_user, model):
    make.PartFactory(), make.PartnerFactory(), make.NumberSeriesFactory(), make.WarehouseFactory()
    models.Setting.objects.create(name="component_issue", value="reported")
    row = model.objects.first()

    assert admin_client.get(page(model, "changelist")).status_code == 200
    if row:
        assert admin_client.get(page(model, "change", row.pk)).status_code == 200


def test_import_of_parts_creates_and_names_the_administrator(admin_client, admin_user):
    make.UnitFactory()
    first = upload(admin_client, models.Part, HEADER + "BELL,Bell,purchased,pcs,LL\n")

    confirm = first.context["confirm_form"].initial
    done = admin_client.post(page(models.Part, "process_import"), confirm)

    part = models.Part.objects.get(number="BELL")
    assert (done.status_code, part.name, part.unit.code) == (302, "Bell", "pcs")
    assert part.events.get().pgh_context.metadata == {"user": admin_user.pk, "operation": "import"}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("BELL,Bell,imaginary,pcs,LL", id="unknown type"),
        pytest.param("BELL,Bell,purchased,mile,LL", id="unknown unit"),
        pytest.param("BELL,Bell,purchased,pcs,", id="no lot sizing"),
        pytest.param("BELL,Bell,service,pcs,LL", id="service with lot sizing"),
        pytest.param(" ,Bell,purchased,pcs,LL", id="no number"),
        pytest.param(f"{'x' * 10_000},Bell,purchased,pcs,LL", id="long number"),
        pytest.param("BE\x00LL,Bell,purchased,pcs,LL", id="NUL"),
        pytest.param("BELL", id="too few columns"),
    ],
)
def test_import_of_a_bad_part_is_a_row_error(admin_client, row):
    make.UnitFactory()

    response = upload(admin_client, models.Part, HEADER + row + "\n")

    assert response.status_code == 200
    result = response.context.get("result")
    assert result is None or result.has_errors() or result.has_validation_errors()
    assert "confirm_form" not in response.context
    assert not models.Part.objects.exists()


def test_import_names_the_unit_that_there_is_not(admin_client):
    response = upload(admin_client, models.Part, HEADER + "BELL,Bell,purchased,mile,LL\n")

    assert "There is no unit “mile”." in response.content.decode()


@pytest.mark.parametrize("price", ["NaN", "1e400", "-1", "Infinity", "９", "1,5", "abc"])  # noqa: RUF001
def test_import_of_a_senseless_price_is_a_row_error(admin_client, price):
    make.UnitFactory()
    header = HEADER.replace("\n", ",standard_price\n")

    response = upload(admin_client, models.Part, f'{header}BELL,Bell,purchased,pcs,LL,"{price}"\n')

    assert response.status_code == 200
    stored = rows_of(response)
    assert stored.has_errors() or stored.has_validation_errors() or price == "９"  # noqa: RUF001 - a digit to Python


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("content", [b"\xff\xfe\x00garbage", b"", b"PK\x03\x04not a workbook"])
def test_import_of_a_broken_file_is_a_sentence(admin_client, content):
    response = upload(admin_client, models.Part, content)

    assert response.status_code == 200
    assert not models.Part.objects.exists()


def test_import_of_a_service_has_no_lot_sizing(admin_client):
    make.UnitFactory()

    response = upload(
        admin_client, models.Part, HEADER.replace("\n", ",is_stock_updated\n") + "FIT,Fit,service,pcs,,0\n"
    )

    assert [row.import_type for row in rows_of(response).rows] == ["new"]


def test_import_never_changes_the_base_unit(admin_client):
    make.UnitFactory(code="kg", name="Kilogram")
    part = make.PartFactory(number="BELL")

    response = upload(admin_client, models.Part, HEADER + "BELL,Bell,purchased,kg,LL\n")

    assert "The unit of BELL stays pcs." in response.content.decode()
    part.refresh_from_db()
    assert part.unit.code == "pcs"


def test_export_neutralises_formulas_and_import_takes_them_back(admin_client):
    part = make.PartFactory(name="=cmd|' /C calc'!A0")

    response = admin_client.post(page(models.Part, "export"), {"format": "0", "resource": "0", **all_fields()})
    exported = response.content.decode()

    assert "'=cmd|" in exported
    again = upload(admin_client, models.Part, exported)
    assert [row.import_type for row in rows_of(again).rows] == ["skip"]
    part.refresh_from_db()
    assert part.name == "=cmd|' /C calc'!A0"


def all_fields():
    return {f"partresource_{name}": "on" for name in PartResource.Meta.fields}


def test_import_and_export_need_the_right_to_change(planner_client, planner):
    models.User.objects.filter(pk=planner.pk).update(is_staff=True)

    for name in ("import", "export", "changelist"):
        assert planner_client.get(page(models.Part, name)).status_code == 403


def test_delete_of_a_part_in_use_shows_what_uses_it(admin_client):
    revision = make.PartRevisionFactory()

    response = admin_client.post(page(models.Part, "delete", revision.part_id), {"post": "yes"})

    assert "protected" in response.content.decode().lower()
    assert models.Part.objects.filter(pk=revision.part_id).exists()


def test_users_are_never_deleted(admin_client, planner):
    assert admin_client.post(page(models.User, "delete", planner.pk), {"post": "yes"}).status_code == 403


def test_an_administrator_cannot_become_a_superuser(admin_client, admin_user):
    form = {"username": admin_user.username, "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    response = admin_client.post(page(models.User, "change", admin_user.pk), form)

    admin_user.refresh_from_db()
    assert (response.status_code, admin_user.is_superuser) == (302, False)


def test_an_administrator_cannot_touch_a_superuser(admin_client):
    chief = make.UserFactory(is_superuser=True)

    assert admin_client.post(page(models.User, "change", chief.pk), {"username": "mine"}).status_code == 403
    assert admin_client.post(reverse("admin:auth_user_password_change", args=[chief.pk])).status_code == 403


def test_settings_are_only_looked_at(admin_client):
    setting = models.Setting.objects.create(name="component_issue", value="reported")

    assert admin_client.post(page(models.Setting, "change", setting.pk), {"value": "1"}).status_code == 403
    assert admin_client.get(page(models.Setting, "add")).status_code == 403


def test_change_in_the_admin_names_the_administrator(admin_client, admin_user):
    unit = make.UnitFactory()
    no_names = {"names-TOTAL_FORMS": "0", "names-INITIAL_FORMS": "0"}

    admin_client.post(page(models.Unit, "change", unit.pk), {"code": "pcs", "name": "Piece"} | no_names)

    assert unit.events.last().pgh_context.metadata == {"user": admin_user.pk, "operation": "admin"}


def test_add_holidays_fills_the_calendar_of_its_country(admin_client):
    calendar = make.WorkCalendarFactory(country="SE")

    admin_client.post(
        page(models.WorkCalendar, "changelist"), {"action": "add_holidays", "_selected_action": [calendar.pk]}
    )

    assert calendar.exceptions.count() == 39


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_imported_columns_are_named_one_by_one(model):
    model_admin = admin.site._registry[model]
    if isinstance(model_admin, ImportExportModelAdmin):
        for resource in model_admin.get_resource_classes(None):
            assert resource._meta.fields
            assert "id" not in resource._meta.fields


def test_names_of_a_unit_are_kept_with_it(admin_client):
    unit = make.UnitFactory()
    name = {"names-0-language": "sv", "names-0-code": "st", "names-0-unit": unit.pk, "names-0-id": ""}
    names = {"names-TOTAL_FORMS": "1", "names-INITIAL_FORMS": "0"} | name

    admin_client.post(page(models.Unit, "change", unit.pk), {"code": "pcs", "name": "Pieces"} | names)

    assert list(unit.names.values_list("language", "code")) == [("sv", "st")]
