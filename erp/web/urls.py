from django.urls import path

from erp.web import views

app_name = "web"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("lookup/<slug:name>/", views.lookup, name="lookup"),
    path("keys/", views.keys, name="keys"),
    path("theme/", views.set_theme, name="set_theme"),
    path("language/", views.set_language, name="set_language"),
    path("healthz", views.healthz, name="healthz"),
]
