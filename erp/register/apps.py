from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "erp.register"
    verbose_name = "Register"
