from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

handler500 = "erp.web.views.server_error"
urlpatterns = [
    path(
        "login/", auth.LoginView.as_view(template_name="web/login.html", redirect_authenticated_user=True), name="login"
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("", include("erp.web.urls")),
    path("register/", include("erp.register.urls")),
    path("imports/", include("erp.staging.urls")),
    path("purchasing/", include("purchasing.urls")),
    path("production/", include("production.urls")),
    path("sales/", include("sales.urls")),
    path("", include("linkage.home_urls")),
    path("", include("linkage.urls")),
]
