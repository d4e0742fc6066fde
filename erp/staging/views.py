"""Pages of imports, in the order a person meets them: upload, look at what is wrong, load."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from erp.register.access import requires
from erp.staging import operations, running
from erp.staging.filters import ImportFilter
from erp.staging.forms import DiscardForm, UploadForm
from erp.staging.kinds import kinds
from erp.staging.models import ImportStatus, StagedImport
from erp.staging.queries import documents_of, example_of, imports_for, problem_summary
from erp.staging.tables import ImportTable, ProblemTable, document_table, line_table
from erp.web.answers import go, say_done
from erp.web.exports import TYPES, small_file
from erp.web.listing import list_view
from erp.web.previewing import asked

MOST_ASKED = 200  # choices on the page of one import


@require_GET
@requires("import")
def import_list(request):
    return list_view(
        request,
        queryset=imports_for(request.user),
        table_class=ImportTable,
        filterset_class=ImportFilter,
        title=_("Imports"),
        template="staging/import_list.html",
    )


@require_http_methods(["GET", "POST"])
@requires("import")
def upload(request):
    posted = request.POST if request.method == "POST" else None
    form = UploadForm(posted, request.FILES or None, user=request.user, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        staged = operations.stage(**form.arguments(), by=request.user, key=form.key)
        return go(request, "staging:import", staged.pk)
    offered = [kind for kind in kinds().values() if request.user.has_perm(kind.right)]
    context = {"form": form, "kinds": offered}
    return render(request, "staging/upload.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires("import")
def template(request, name):
    kind = kinds().get(name)
    if kind is None:
        raise Http404
    wanted = "csv" if request.GET.get("as") == "csv" else "xlsx"
    header, rows = example_of(kind)
    disposition = {"Content-Disposition": f'attachment; filename="{kind.name}.{wanted}"'}
    content = small_file(rows, header=header, kind=wanted)
    return HttpResponse(content, content_type=TYPES[wanted], headers=disposition)


@require_GET
@requires("import")
def staged_import(request, pk):
    staged = import_or_404(request, pk)
    kind = kinds()[staged.kind]
    far = running.how_far(staged)
    context = {
        "staged": staged,
        "kind": kind,
        "far": far,
        "trouble": "" if far else running.last_trouble(staged),
        "columns": problem_summary(staged),
        "at_once": running.AT_ONCE,
        **_choices(staged),
    }
    rows, table = _shown(staged, kind)
    context["shows_lines"] = table is not ProblemTable
    return list_view(
        request,
        queryset=rows,
        table_class=table,
        title=_("Import %(number)s") % {"number": staged.pk},
        template="staging/import.html",
        context=context,
    )


@require_GET
@requires("import")
def line_list(request, pk):
    staged = import_or_404(request, pk)
    return list_view(
        request,
        queryset=staged.rows.order_by("line"),
        table_class=line_table(staged.header),
        title=_("Lines of %(file)s") % {"file": staged.file_name},
        template="staging/line_list.html",
        context={"staged": staged},
    )


@require_GET
@requires("import")
def progress(request, pk):
    """How far the load is; once it has ended, the page of the import."""
    staged = import_or_404(request, pk)
    far = running.how_far(staged)
    if far is None:
        return go(request, "staging:import", pk)
    return render(request, "staging/_progress.html", {"staged": staged, "far": far})


@require_POST
@requires("import")
def load(request, pk):
    staged = import_or_404(request, pk)
    key = DiscardForm(request.POST).key
    answers = asked(request).answers
    if staged.status == ImportStatus.STAGED and staged.line_count > running.AT_ONCE:
        running.start(staged, by=request.user, key=key, answers=answers)
        return go(request, "staging:import", pk)
    loaded = running.load(staged, by=request.user, key=key, answers=answers)
    say_done(request, _("%(file)s is loaded: %(what)s.") % {"file": loaded.file_name, "what": loaded.message})
    return go(request, "staging:import", pk)


@require_POST
@requires("import")
def check_again(request, pk):
    staged = import_or_404(request, pk)
    key = DiscardForm(request.POST).key
    operations.check_again(staged=staged, by=request.user, key=key, answers=asked(request).answers)
    return go(request, "staging:import", pk)


@require_POST
@requires("import")
def discard(request, pk):
    staged = import_or_404(request, pk)
    form = DiscardForm(request.POST)
    if not form.is_valid():
        return go(request, "staging:import", pk)
    operations.discard(staged=staged, **form.cleaned_data, by=request.user, key=form.key)
    say_done(request, _("%(file)s is discarded; nothing of it was loaded.") % {"file": staged.file_name})
    return go(request, "staging:import", pk)


def import_or_404(request, pk):
    """An import of a kind that still exists, for people who may do what it loads."""
    staged = get_object_or_404(StagedImport.objects.for_list().select_related("run"), pk=pk, kind__in=kinds())
    if not request.user.has_perm(kinds()[staged.kind].right):
        raise PermissionDenied(_("You may not load this kind of file."))
    return staged


def _choices(staged):
    """What nobody has decided comes first; what goes along by itself is folded away."""
    asked = sorted(staged.questions, key=lambda one: bool(one["chosen"]))
    shown, others = asked[:MOST_ASKED], asked[MOST_ASKED:]
    more_undecided = sum(1 for one in others if not one["chosen"])
    return {
        "undecided": [one for one in shown if not one["chosen"]],
        "decided": [one for one in shown if one["chosen"]],
        "more_undecided": more_undecided,
        "more_decided": len(others) - more_undecided,
    }


def _shown(staged, kind):
    """What matters most about the file: what is wrong in it, what came of it, else what it holds."""
    said = staged.problems.order_by("line", "is_change", "is_warning", "pk")
    if staged.bad_count or (staged.is_waiting and said):
        return said, ProblemTable
    if staged.status == ImportStatus.LOADED:
        rows = documents_of(staged)
        return rows, document_table(kind.urls(rows.values("document")))
    return staged.rows.order_by("line"), line_table(staged.header)
