"""The register's pages: lists, calendars and settings, with htmx and without."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from erp.register import operations
from erp.register.calendar import work_days
from erp.register.models import CalendarException, Setting
from erp.register.settings_registry import get
from tests.factories import CalendarExceptionFactory, PartFactory, PartnerFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("row_count", [1, 3])
def test_part_list_query_count_does_not_grow(planner_client, django_assert_num_queries, row_count):
    PartFactory.create_batch(row_count)

    with django_assert_num_queries(6):  # session, user, roles, saved views, count, parts
        response = planner_client.get("/register/parts/")

    assert text_of(response).count("PART-") == row_count


def test_part_list_finds_by_number_name_and_type(planner_client):
    PartFactory(number="BELL-1", name="Bicycle bell")
    PartFactory(number="FORK-1", name="Fork")

    def shown(query):
        page = text_of(planner_client.get(f"/register/parts/{query}"))
        return [number for number in ("BELL-1", "FORK-1") if number in page]

    assert shown("?q=bell-1") == ["BELL-1"]
    assert shown("?q=fork") == ["FORK-1"]
    assert shown("?number=FORK-1") == ["FORK-1"]
    assert shown("?part_type=manufactured") == []
    assert shown("?part_type=nonsense&is_active=1") == ["BELL-1", "FORK-1"]
    assert shown("?is_active=0") == []


def test_part_list_shows_costs_to_everybody_but_viewers(planner_client, viewer_client):
    PartFactory(standard_price=Decimal("73.21"))

    assert "73.21" in text_of(planner_client.get("/register/parts/"))
    for query in ("", "?export=csv", "?sort=standard_price"):
        response = viewer_client.get(f"/register/parts/{query}")
        assert "73.21" not in b"".join(response).decode()


@pytest.mark.parametrize("path", ["parts/", "partners/", "calendars/"])
def test_register_lists_need_a_role(path, user_without_role_client):
    assert user_without_role_client.get(f"/register/{path}").status_code == 403
    assert Client().get(f"/register/{path}").status_code == 302


def test_partner_list_shows_the_partner_of_the_search(planner_client):
    partner = PartnerFactory(name="Velo AB")
    PartnerFactory(name="Other AB")

    response = planner_client.get("/search/", {"q": partner.number}, follow=True)

    assert response.redirect_chain == [(f"/register/partners/?number={partner.number}", 302)]
    assert "Velo AB" in text_of(response)
    assert "Other AB" not in text_of(response)


def test_calendar_detail_shows_the_days_of_the_year(viewer_client):
    day = CalendarExceptionFactory(date=date(2026, 12, 24), name="Christmas Eve")

    page = text_of(viewer_client.get(f"/register/calendars/{day.calendar_id}/?year=2026"))
    other = text_of(viewer_client.get(f"/register/calendars/{day.calendar_id}/?year=2027"))

    assert ("Christmas Eve" in page, "Christmas Eve" in other) == (True, False)
    assert "<button" not in page.split('id="calendar"')[1].split("</section>")[0]


@pytest.mark.parametrize("year", ["", "x", "0", "99999", "\uff12\uff10\uff12\uff16", "-1"])
def test_calendar_detail_of_a_senseless_year_is_this_year(planner_client, year):
    calendar = WorkCalendarFactory()

    assert planner_client.get(f"/register/calendars/{calendar.pk}/", {"year": year}).status_code == 200


def test_set_day_adds_a_day_off(planner_client):
    calendar = WorkCalendarFactory()
    url = reverse("register:set_day", args=[calendar.pk])

    response = planner_client.post(
        f"{url}?year=2026", {"date": "2026-12-24", "is_work_day": "off", "name": "Eve"}, headers=HTMX
    )

    assert response.status_code == 200
    assert "Eve" in text_of(response)
    assert not work_days(calendar).is_work_day(date(2026, 12, 24))


def test_set_day_without_htmx_goes_back_to_the_year(planner_client):
    calendar = WorkCalendarFactory()
    url = reverse("register:set_day", args=[calendar.pk])

    response = planner_client.post(f"{url}?year=2026", {"date": "2026-12-24", "is_work_day": "off"})

    assert (response.status_code, response.url) == (302, f"/register/calendars/{calendar.pk}/?year=2026")


@pytest.mark.parametrize(
    ("action", "posted"),
    [
        ("set_day", {"date": "", "is_work_day": "off"}),
        ("set_day", {"date": "\uff12\uff10\uff12\uff16-12-24", "is_work_day": "off"}),
        ("set_day", {"date": "2026-12-24", "is_work_day": "maybe"}),
        ("set_day", {"date": "9999-12-31", "is_work_day": "off"}),
        ("set_day", {"date": "2026-12-24", "is_work_day": "off", "name": "x" * 10_000}),
        ("set_week", {}),
        ("seed_holidays", {"country": "XX", "first_year": "2026", "last_year": "2026"}),
        ("seed_holidays", {"country": "SE", "first_year": "2026", "last_year": "1e400"}),
        ("seed_holidays", {"country": "SE", "first_year": "2027", "last_year": "2026"}),
        ("seed_holidays", {}),
    ],
)
def test_calendar_forms_say_what_is_wrong(planner_client, action, posted):
    calendar = WorkCalendarFactory()

    response = planner_client.post(reverse(f"register:{action}", args=[calendar.pk]), posted, headers=HTMX)

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert not CalendarException.objects.exists()


def test_set_week_and_forget_day_change_the_calendar(planner_client):
    day = CalendarExceptionFactory(date=date(2026, 12, 24))

    week = planner_client.post(f"/register/calendars/{day.calendar_id}/week/", {"sunday": "on"}, headers=HTMX)
    forgotten = planner_client.post(f"/register/calendars/{day.calendar_id}/days/{day.pk}/forget/", headers=HTMX)

    assert (week.status_code, forgotten.status_code) == (200, 200)
    day.calendar.refresh_from_db()
    assert work_days(day.calendar).add(date(2026, 12, 20), 1) == date(2026, 12, 27)


def test_seed_holidays_adds_them(planner_client):
    calendar = WorkCalendarFactory()
    posted = {"country": "se", "first_year": "2026", "last_year": "2026"}

    response = planner_client.post(f"/register/calendars/{calendar.pk}/holidays/?year=2026", posted, headers=HTMX)

    assert "Midsummer" in text_of(response)
    assert calendar.exceptions.count() == 13


def test_forget_day_of_another_calendar_is_not_found(planner_client):
    day = CalendarExceptionFactory(date=date(2026, 12, 24))
    other = WorkCalendarFactory()

    response = planner_client.post(f"/register/calendars/{other.pk}/days/{day.pk}/forget/")

    assert response.status_code == 404
    assert CalendarException.objects.filter(pk=day.pk).exists()


@pytest.mark.parametrize("action", ["week/", "days/", "holidays/", "days/1/forget/"])
def test_calendar_is_not_for_sellers(seller_client, action):
    calendar = WorkCalendarFactory()

    assert seller_client.post(f"/register/calendars/{calendar.pk}/{action}").status_code == 403


def test_setting_list_shows_every_setting_in_few_queries(admin_client, admin_user, django_assert_max_num_queries):
    operations.change_setting(name="backorder_horizon", value=20, by=admin_user)

    with django_assert_max_num_queries(8):
        page = text_of(admin_client.get("/register/settings/"))

    assert "Link backorders to purchase orders" in page
    assert "No limit → 20" in page
    assert f"by {admin_user}" in page
    assert page.count("Never changed.") == page.count('<section id="setting-') - 1


@pytest.mark.parametrize("path", ["", "component_issue/", "component_issue/history/"])
def test_settings_are_for_administrators(planner_client, path):
    method = planner_client.post if path == "component_issue/" else planner_client.get

    assert method(f"/register/settings/{path}").status_code == 403


def test_change_setting_saves_in_place(admin_client):
    response = admin_client.post("/register/settings/backorder_linking/", {"value": "true"}, headers=HTMX)

    assert response.status_code == 200
    assert "Off → On" in text_of(response)
    assert get("backorder_linking") is True


def test_change_setting_without_htmx_goes_back_to_its_place(admin_client):
    response = admin_client.post("/register/settings/surplus_warning_quantity/", {"value": "2,5"})

    assert response.url == "/register/settings/#setting-surplus_warning_quantity"
    assert get("surplus_warning_quantity") == Decimal("2.5")


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("backorder_linking", ""),
        ("backorder_horizon", "-1"),
        ("backorder_horizon", "9" * 10_000),
        ("surplus_warning_value", "NaN"),
        ("surplus_warning_value", "1e400"),
        ("link_deletion_policy", "purge"),
    ],
)
def test_change_setting_says_what_is_wrong(admin_client, name, value, headers):
    response = admin_client.post(f"/register/settings/{name}/", {"value": value}, headers=headers)

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert not Setting.objects.exists()


def test_setting_that_does_not_exist_is_not_found(admin_client):
    assert admin_client.post("/register/settings/nonsense/", {"value": "1"}).status_code == 404
    assert admin_client.get("/register/settings/nonsense/history/").status_code == 404


def test_setting_history_tells_every_change(admin_client, admin_user):
    for value in (5, 9):
        operations.change_setting(name="backorder_horizon", value=value, by=admin_user)

    page = text_of(admin_client.get("/register/settings/backorder_horizon/history/"))

    assert page.index("<td>5</td><td>9</td>") < page.index("<td>No limit</td><td>5</td>")
    assert page.count(f"<td>{admin_user}</td>") == 2


def test_lookup_of_parts_gives_the_exact_number_first(planner_client):
    for number, name in [("A-10", "Axle"), ("A-1", "Arm"), ("B-1", "Bell A-1")]:
        PartFactory(number=number, name=name)

    found = planner_client.get("/lookup/parts/", {"q": "a-1"}).json()["results"]

    assert [row["label"] for row in found] == ["A-1 Arm", "A-10 Axle", "B-1 Bell A-1"]


@pytest.mark.parametrize("name", ["parts", "partners", "customers", "suppliers", "warehouses", "units"])
def test_lookup_without_a_role_gives_nothing(user_without_role_client, planner_client, name):
    PartFactory(number="X1"), PartnerFactory(number="X1", is_supplier=True)

    assert user_without_role_client.get(f"/lookup/{name}/", {"q": "X1"}).json() == {"results": []}
    assert planner_client.get(f"/lookup/{name}/", {"q": "X1"}).status_code == 200
