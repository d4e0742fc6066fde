"""Pick lists on paper: what was printed is kept, so that the same can be printed again."""

from django.db.models import Max

from erp.exceptions import Refused
from linkage.locks import lock_last
from linkage.operation import operation
from purchasing.papers import version_mark
from sales.models import PickList, PickPrint
from sales.pick_papers import pick_paper


@operation
def print_pick_list(*, pick_list, language, by, reason=""):
    """Print what is still to be picked, and keep it; returns what is kept.

    Where nothing has changed since the last print in that language it is that one, not a new version. Refused where
    nothing is left to pick.
    """
    lock_last(PickList, [pick_list.pk])
    pick_list = PickList.objects.for_list().get(pk=pick_list.pk)
    texts = pick_paper(pick_list, language=language)
    if not texts["rows"]:
        raise Refused(f"Nothing of {pick_list} is left to pick.")
    prints = pick_list.prints.for_list().order_by("-version")
    last = prints.filter(texts__language=texts["language"]).first()
    if last and last.texts | {"mark": ""} == texts:
        return last
    version = (pick_list.prints.aggregate(highest=Max("version"))["highest"] or 0) + 1
    texts["mark"] = version_mark(version, texts["words"])
    return PickPrint.objects.create(pick_list=pick_list, version=version, texts=texts, created_by=by)
