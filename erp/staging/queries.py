"""Questions about imports."""

from django.db.models import Count

from erp.staging.checking import columns_of
from erp.staging.kinds import kinds, plain_name
from erp.staging.models import StagedImport


def imports_for(user):
    """The imports of the kinds that a person may load."""
    mine = [kind.name for kind in kinds().values() if user.has_perm(kind.right)]
    return StagedImport.objects.for_list().filter(kind__in=mine)


def documents_of(staged):
    return staged.documents.select_related("document__partner").order_by("document__serial", "pk")


def problem_summary(staged):
    """Which columns of the file are read as what, and which are passed over."""
    kind = kinds()[staged.kind]
    read = columns_of(kind, staged.header)
    passed_over = [title for place, title in enumerate(staged.header) if place not in read and title]
    renamed = [
        (staged.header[place], column.title)
        for place, column in read.items()
        if plain_name(staged.header[place]) != plain_name(column.title)
    ]
    return {"passed_over": passed_over, "renamed": renamed, "worst": _worst(staged)}


def _worst(staged):
    """(column, how many) of what is wrong, most frequent first: one wrong column is one thing to mend."""
    counted = (
        staged.problems.filter(is_warning=False, is_change=False)
        .order_by()
        .values("column")
        .annotate(count=Count("pk"))
        .order_by("-count", "column")
    )
    return [(row["column"], row["count"]) for row in counted[:6]] if staged.bad_count else []


def example_of(kind):
    """Header and one line of an example file."""
    return [column.title for column in kind.columns], [[column.example for column in kind.columns]]
