from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "erp.web"
    verbose_name = "Web"
