from django.apps import AppConfig

from linkage import system_checks  # noqa: F401 - registers its checks


class LinkageConfig(AppConfig):
    name = "linkage"
    verbose_name = "Linkage"
