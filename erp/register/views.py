"""The register's pages: parts, partners, work calendars, settings."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.exceptions import Refused
from erp.register import operations, queries
from erp.register.access import requires
from erp.register.filters import PartFilter, PartnerFilter
from erp.register.forms import ColumnsForm, DayForm, HolidaysForm, RenameForm, SettingForm, ViewForm, WeekForm
from erp.register.holidays import FIRST_YEAR, LAST_YEAR
from erp.register.models import CalendarException, Part, Partner, SavedView, WorkCalendar
from erp.register.roles import ADMIN, has_role, may
from erp.register.settings_registry import REGISTRY
from erp.register.tables import CalendarTable, PartnerTable, PartTable, PartTableWithoutCosts
from erp.register.viewing import views_of, with_columns
from erp.web.answers import go, say_done
from erp.web.listing import list_view


@require_GET
@requires("read")
def part_list(request):
    return list_view(
        request,
        queryset=Part.objects.for_list(),
        table_class=PartTable if may(request.user, "see costs") else PartTableWithoutCosts,
        filterset_class=PartFilter,
        title=_("Parts"),
    )


@require_GET
@requires("read")
def partner_list(request):
    return list_view(
        request,
        queryset=Partner.objects.order_by("number"),
        table_class=PartnerTable,
        filterset_class=PartnerFilter,
        title=_("Partners"),
    )


@require_GET
@requires("read")
def calendar_list(request):
    return list_view(
        request, queryset=queries.calendars_for_list(), table_class=CalendarTable, title=_("Work calendars")
    )


@require_GET
@requires("read")
def calendar_detail(request, pk):
    return calendar_panel(request, get_object_or_404(WorkCalendar, pk=pk))


@require_POST
@requires("calendar.write")
def set_week(request, pk):
    calendar = get_object_or_404(WorkCalendar, pk=pk)
    form = WeekForm(request.POST, calendar=calendar)
    if not form.is_valid():
        return calendar_panel(request, calendar, week_form=form, status=422)
    operations.set_week(calendar=calendar, **form.cleaned_data, by=request.user)
    say_done(request, _("The work days of the week are changed."))
    return calendar_changed(request, calendar)


@require_POST
@requires("calendar.write")
def set_day(request, pk):
    calendar = get_object_or_404(WorkCalendar, pk=pk)
    form = DayForm(request.POST)
    if not form.is_valid():
        return calendar_panel(request, calendar, day_form=form, status=422)
    day = operations.set_day(calendar=calendar, **form.cleaned_data, by=request.user)
    say_done(request, _("%(date)s is in the calendar.") % {"date": day.date.isoformat()})
    return calendar_changed(request, calendar)


@require_POST
@requires("calendar.write")
def forget_day(request, pk, day_pk):
    exception = get_object_or_404(CalendarException.objects.select_related("calendar"), pk=day_pk, calendar=pk)
    operations.forget_day(exception=exception, by=request.user)
    say_done(request, _("The week decides about %(date)s again.") % {"date": exception.date.isoformat()})
    return calendar_changed(request, exception.calendar)


@require_POST
@requires("calendar.write")
def seed_holidays(request, pk):
    calendar = get_object_or_404(WorkCalendar, pk=pk)
    form = HolidaysForm(request.POST)
    if not form.is_valid():
        return calendar_panel(request, calendar, holidays_form=form, status=422)
    added = operations.seed_holidays(calendar=calendar, **form.cleaned_data, by=request.user)
    say_done(request, ngettext("%(n)d day off is added.", "%(n)d days off are added.", added) % {"n": added})
    return calendar_changed(request, calendar)


@require_GET
@requires("settings.write")
def setting_list(request):
    groups = [
        (group, [(setting, SettingForm(setting=setting)) for setting in settings])
        for group, settings in queries.settings_by_group()
    ]
    return render(request, "register/setting_list.html", {"groups": groups})


@require_POST
@requires("settings.write")
def change_setting(request, name):
    setting = setting_or_404(name)
    form = SettingForm(request.POST, setting=setting)
    if not form.is_valid():
        return setting_panel(request, setting, form=form, status=422)
    operations.change_setting(name=name, **form.cleaned_data, by=request.user)
    say_done(request, _("Saved: %(setting)s.") % {"setting": setting.definition.label})
    if not request.htmx:
        return redirect(f"{reverse('register:setting_list')}#setting-{name}")
    return setting_panel(request, setting_or_404(name))


@require_GET
@requires("settings.write")
def setting_history(request, name):
    return render(request, "register/setting_history.html", {"setting": setting_or_404(name)})


def setting_or_404(name):
    if name not in REGISTRY:
        raise Http404
    return queries.settings_now(name)[0]


def setting_panel(request, setting, *, form=None, status=200):
    """One setting: alone for htmx, on a page of its own otherwise."""
    template = "register/_setting.html" if request.htmx else "register/setting.html"
    context = {"setting": setting, "form": form or SettingForm(setting=setting)}
    return render(request, template, context, status=status)


def calendar_panel(request, calendar, *, week_form=None, day_form=None, holidays_form=None, status=200):
    """A calendar and the days of one year that differ from its week."""
    year = year_of(request)
    years = {"first_year": year, "last_year": year, "country": calendar.country}
    context = {
        "calendar": calendar,
        "year": year,
        "week": queries.week_in_words(calendar),
        "days": queries.days_of_year(calendar, year),
        "may_write": may(request.user, "calendar.write"),
        "week_form": week_form or WeekForm(calendar=calendar),
        "day_form": day_form or DayForm(),
        "holidays_form": holidays_form or HolidaysForm(initial=years),
    }
    template = "register/_calendar.html" if request.htmx else "register/calendar_detail.html"
    return render(request, template, context, status=status)


def calendar_changed(request, calendar):
    if request.htmx:
        return calendar_panel(request, calendar)
    return redirect(f"{reverse('register:calendar_detail', args=[calendar.pk])}?year={year_of(request)}")


def year_of(request):
    """The year that the page shows: the wanted one if it is one, else this year."""
    wanted = request.GET.get("year", "")
    is_year = len(wanted) == 4 and wanted.isascii() and wanted.isdigit()
    if is_year and FIRST_YEAR <= int(wanted) <= LAST_YEAR:
        return int(wanted)
    return timezone.localdate().year


@require_http_methods(["GET", "POST"])
@requires("read")
def view_list(request):
    """The views of one list (``?list=``), and the form that saves the present one (``?query=``)."""
    may_share = may(request.user, "views.share")
    if request.method == "GET":
        asked = {"page": request.GET.get("list", ""), "query": request.GET.get("query", "")}
        return _views_page(request, asked["page"], ViewForm(initial=asked, may_share=may_share))
    form = ViewForm(request.POST, may_share=may_share)
    if not form.is_valid():
        return _views_page(request, request.POST.get("page", ""), form, status=422)
    view = operations.save_view(**form.cleaned_data, by=request.user)
    say_done(request, _("%(view)s is saved.") % {"view": view})
    return go(request, f"{view.page}?{view.query}{'&' if view.query else ''}view={view.pk}")


@require_POST
@requires("read")
def view_change(request, pk):
    """Rename, share, delete, or open the list with it; ``do`` says which."""
    view = get_object_or_404(SavedView.objects.select_related("owner"), pk=pk)
    do = request.POST.get("do", "rename")
    if do == "rename":
        form = RenameForm(request.POST)
        if not form.is_valid():
            return _views_page(
                request, view.page, ViewForm(initial={"page": view.page}), renaming=(view.pk, form), status=422
            )
        operations.change_view(view=view, name=form.cleaned_data["name"], by=request.user)
    elif do == "delete":
        operations.delete_view(view=view, by=request.user)
    elif do in {"share", "unshare"}:
        operations.change_view(view=view, is_shared=do == "share", by=request.user)
    else:
        operations.set_default_view(page=view.page, view=view if do == "default" else None, by=request.user)
    say_done(request, VIEW_DONE.get(do, VIEW_DONE["default"]) % {"view": view})
    return redirect(f"{reverse('register:view_list')}?{urlencode({'list': view.page})}")


@require_POST
@requires("read")
def choose_columns(request):
    """Go back to the list with the chosen columns, or with its own; remember it for the user if they say so."""
    form = ColumnsForm(request.POST)
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
    page, facts = form.cleaned_data["page"], form.cleaned_data
    if facts["reset"]:
        operations.forget_columns(page=page, by=request.user)
    elif facts["remember"]:
        operations.choose_columns(page=page, columns=form.columns, by=request.user)
    return go(request, f"{page}?{with_columns(facts['query'], form.columns) or 'view='}")


VIEW_DONE = {
    "rename": gettext_lazy("%(view)s is renamed."),
    "delete": gettext_lazy("%(view)s is deleted."),
    "share": gettext_lazy("%(view)s is shared with everybody."),
    "unshare": gettext_lazy("%(view)s is yours alone."),
    "default": gettext_lazy("The list opens with another view now."),
}


def _views_page(request, page, form, *, renaming=(None, None), status=200):
    pk, rename = renaming
    is_admin = has_role(request.user, ADMIN)
    rows = [
        (view, rename if view.pk == pk else RenameForm(initial={"name": view.name}, auto_id=f"view-{view.pk}-%s"), mine)
        for view in views_of(request.user, page[:200])
        for mine in [view.owner_id == request.user.pk or (view.is_shared and is_admin)]
    ]
    context = {"rows": rows, "form": form, "page": page, "may_share": may(request.user, "views.share")}
    template = "register/_views.html" if request.htmx else "register/views.html"
    return render(request, template, context, status=status)
