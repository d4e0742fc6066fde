from django.apps import AppConfig


class StagingConfig(AppConfig):
    name = "erp.staging"
    verbose_name = "Imports"
