from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "erp.demo"
    verbose_name = "Demo"
