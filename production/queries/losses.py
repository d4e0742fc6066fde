"""Lost by scrap: demands that a report took something from, until somebody has decided."""

from django.utils.translation import gettext as _

from production.models import Loss


def losses_for_list():
    return Loss.objects.undecided().for_list()


def home_count():
    """The line of the worklists on the first page: words, URL name, query string, how many, tone."""
    return _("Lost by scrap"), "production:loss_list", "", Loss.objects.undecided().count(), "bad"
