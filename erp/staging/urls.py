from django.urls import path

from erp.staging import views

app_name = "staging"
urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("new/", views.upload, name="upload"),
    path("templates/<slug:name>/", views.template, name="template"),
    path("<int:pk>/", views.staged_import, name="import"),
    path("<int:pk>/lines/", views.line_list, name="line_list"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/load/", views.load, name="load"),
    path("<int:pk>/check/", views.check_again, name="check_again"),
    path("<int:pk>/discard/", views.discard, name="discard"),
]
