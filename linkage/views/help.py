"""Help that is read from the rules themselves."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from erp.register.access import requires
from linkage import statuses


@require_GET
@requires("read")
def what_a_status_allows(request):
    context = {
        "changes": [(change, statuses.NOTES.get(change, "")) for change in statuses.Change],
        "rows": statuses.table(),
        "meanings": statuses.MEANINGS.items(),
    }
    return render(request, "linkage/status_help.html", context)
