from django.urls import path

from erp.register import views

app_name = "register"
urlpatterns = [
    path("parts/", views.part_list, name="part_list"),
    path("partners/", views.partner_list, name="partner_list"),
    path("calendars/", views.calendar_list, name="calendar_list"),
    path("calendars/<int:pk>/", views.calendar_detail, name="calendar_detail"),
    path("calendars/<int:pk>/week/", views.set_week, name="set_week"),
    path("calendars/<int:pk>/days/", views.set_day, name="set_day"),
    path("calendars/<int:pk>/days/<int:day_pk>/forget/", views.forget_day, name="forget_day"),
    path("calendars/<int:pk>/holidays/", views.seed_holidays, name="seed_holidays"),
    path("views/", views.view_list, name="view_list"),
    path("views/<int:pk>/", views.view_change, name="view_change"),
    path("columns/", views.choose_columns, name="choose_columns"),
    path("settings/", views.setting_list, name="setting_list"),
    path("settings/<slug:name>/", views.change_setting, name="change_setting"),
    path("settings/<slug:name>/history/", views.setting_history, name="setting_history"),
]
