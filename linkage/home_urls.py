"""The first page, outside the namespace: everybody calls it home."""

from django.urls import path

from linkage.views.home import home

urlpatterns = [path("", home, name="home")]
