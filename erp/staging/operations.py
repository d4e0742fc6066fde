"""What a person does with a file: stage it, look at it again, load it, discard it.

Loading is one transaction: the file is claimed first (two unique constraints let one of two equal files through), the
lines are checked again, the kind's own operations do the work. Whatever goes wrong, nothing of it was loaded.
"""

from dataclasses import asdict

from django.db.models import Q
from django.utils import timezone

from erp.exceptions import Refused
from erp.register.history import because
from erp.staging import checking
from erp.staging.kinds import Loaded, kinds
from erp.staging.models import (
    LONGEST_PROBLEM,
    ImportStatus,
    LoadedDocument,
    StagedImport,
    StagedProblem,
    StagedRow,
)
from erp.staging.progress import tell
from erp.web.numbers import show_moment
from linkage.operation import operation

BATCH = 2000


class LoadedBefore(Refused):
    """The same file, or the sender's number, was loaded before; ``staged`` is that import."""

    def __init__(self, sentence, *, staged):
        self.staged = staged
        super().__init__(sentence)


class NotClean(Refused):
    """Some lines are wrong."""

    def __init__(self, count):
        lines = "1 line is" if count == 1 else f"{count} lines are"
        super().__init__(f"Nothing was loaded: {lines} wrong. Each is named on the page of the import.")


def check_clean(lines):
    """Refuse lines of which some are wrong; checked again, each of them says what."""
    if bad := sum(1 for line in lines if line.problems):
        raise NotClean(bad)


class LineRefused(Refused):
    """An operation said no to lines while the file was loaded: [(line, refusal)]."""

    def __init__(self, refusals):
        self.wrong = [(line.number, str(refusal)) for line, refusal in refusals]
        line, sentence = self.wrong[0]
        count = len(self.wrong) - 1
        more = " (1 more line is wrong.)" if count == 1 else f" ({count} more lines are wrong.)" if count else ""
        super().__init__(f"Nothing was loaded: line {line}: {sentence}{more}")


@operation
def stage(*, kind, file_name, file, size, said, by):
    """Keep a file that was read, with what is wrong in it; nothing is loaded. Refused if it was loaded before."""
    content = refuse_loaded(kind, file)

    staged = StagedImport.objects.create(
        kind=kind,
        file_name=file_name,
        size=size,
        how=file.how[:200],
        digest=file.digest,
        content=content,
        header=file.header,
        decimal=said.decimal,
        first=said.first,
        line_count=len(file.lines),
        created_by=by,
    )
    cells = [StagedRow(staged=staged, line=line, cells=[*map(checking.stored, row)]) for line, row in file.lines]
    StagedRow.objects.bulk_create(cells, batch_size=BATCH)
    return _note(staged, *_planned(staged, by=by))


@operation
def check_again(*, staged, by, extra=(), answers=None):
    """Check the lines against the data as it is now; ``extra`` are lines that an operation refused.

    ``answers``: what was chosen about the questions of the import; what is left out stays as it was chosen before.
    """
    staged = _waiting(staged)
    _choose(staged, answers)
    lines, plan = _planned(staged, by=by)
    for line, sentence in extra:
        next(known for known in lines if known.number == line).wrong("", sentence)
    return _note(staged, lines, plan)


@operation
def choose(*, staged, by, answers):
    """Keep what was chosen about the questions of an import, whatever becomes of the load that it was sent with."""
    staged = _waiting(staged)
    _choose(staged, answers)
    return staged


@operation
def discard(*, staged, by, reason=""):
    """Give a file up; its lines stay to be looked at, and the same file may be uploaded again."""
    staged = _waiting(staged)

    _end(staged, ImportStatus.DISCARDED, by=by, message=reason)
    return staged


@operation
def load(*, staged, by, answers=None):
    """Load all lines of a file, or none; ``answers`` as with ``check_again``."""
    staged = _waiting(staged)
    _choose(staged, answers)
    if earlier := loaded_before(staged.kind, digest=staged.digest, content=staged.content):
        raise LoadedBefore(f"This file was loaded {when_and_by_whom(earlier)}.", staged=earlier)
    _end(staged, ImportStatus.LOADED, by=by)
    kind = kinds()[staged.kind]
    because(f"import {staged}")
    tell("checking", 0, staged.line_count)
    kind.lock(_lines(staged))
    lines, plan = _planned(staged, by=by, loads=True)
    check_clean(lines)

    made = kind.load(plan, by=by, reason=f"import {staged}", tick=lambda done, total: tell("loading", done, total))
    _keep(staged, made)
    staged.message = ", ".join(f"{effect['figure']} {effect['words']}" for effect in staged.effects)[:500]
    staged.save(update_fields=["message"])
    tell("writing", staged.line_count, staged.line_count)
    return staged


def refuse_loaded(kind, file):
    """Refuse a file that was loaded, saying when and by whom; answers the digest of its content."""
    content = checking.content_of(kinds()[kind], file.header, file.lines)
    if earlier := loaded_before(kind, digest=file.digest, content=content):
        raise LoadedBefore(f"This file was loaded {when_and_by_whom(earlier)}.", staged=earlier)
    return content


def loaded_before(kind, *, digest, content):
    """The import that loaded the same file, or the same table in another format; None if there is none."""
    same = Q(digest=digest) | Q(content=content)
    found = StagedImport.objects.filter(same, kind=kind, status=ImportStatus.LOADED)
    return found.for_list().order_by("pk").first()


def numbers_loaded(kind, numbers):
    """{sender's number: its LoadedDocument} of those among ``numbers`` that were loaded before."""
    found = LoadedDocument.objects.filter(kind=kind, number__in=numbers).exclude(number="")
    return {row.number: row for row in found.select_related("staged__ended_by", "document")}


def when_and_by_whom(staged):
    return f"on {show_moment(staged.ended_at)} by {staged.ended_by}, as import {staged.pk}"


def _waiting(staged):
    """The import as it is now; refused once it has ended."""
    staged = StagedImport.objects.for_list().get(pk=staged.pk)
    if not staged.is_waiting:
        what = staged.get_status_display().lower()
        raise Refused(f"{staged.file_name} was {what} on {show_moment(staged.ended_at)} by {staged.ended_by}.")
    return staged


def _end(staged, status, *, by, message=""):
    """Write only if nobody else was faster; the second of two waits here for the first."""
    facts = {"status": status, "ended_by": by, "ended_at": timezone.now(), "message": message[:500]}
    waiting = StagedImport.objects.filter(pk=staged.pk, ended_at__isnull=True, bad_count=0)
    if status != ImportStatus.LOADED:
        waiting = StagedImport.objects.filter(pk=staged.pk, ended_at__isnull=True)
    if not waiting.update(**facts):
        _waiting(staged)
        raise NotClean(staged.bad_count)
    for name, value in facts.items():
        setattr(staged, name, value)


def _rows(staged):
    rows = staged.rows.order_by("line").values_list("line", "cells")
    return [(line, [checking.restored(cell) for cell in cells]) for line, cells in rows]


def _lines(staged):
    kind = kinds()[staged.kind]
    lines, _habits = checking.lines_of(kind, staged.header, _rows(staged), said=checking.said_of(staged))
    return lines


def _choose(staged, answers):
    """Only what was asked, and one of its options: what a form sends beside that is nobody's choice."""
    offered = {one["key"]: {value for value, _label in one["options"]} for one in staged.questions}
    chosen = {key: value for key, value in (answers or {}).items() if value in offered.get(key, ())}
    if chosen:
        staged.answers = staged.answers | chosen
        staged.save(update_fields=["answers"])


def _planned(staged, *, by, loads=False):
    lines, kind = _lines(staged), kinds()[staged.kind]
    if kind.asks:
        return lines, kind.plan(lines, by=by, answers=staged.answers, loads=loads)
    plan = kind.plan_to_load if loads else kind.plan
    return lines, plan(lines, by=by)


def _note(staged, lines, plan):
    """Replace what is known to be wrong."""
    staged.problems.all().delete()
    noted = [problem for line in lines for problem in _problems_of(staged, line)]
    StagedProblem.objects.bulk_create(noted, batch_size=BATCH)
    staged.bad_count = sum(1 for line in lines if line.problems)
    staged.warned_count = sum(1 for line in lines if line.warnings)
    staged.status = ImportStatus.REFUSED if staged.bad_count else ImportStatus.STAGED
    staged.effects = [asdict(effect) for effect in plan.effects]
    staged.questions = [asdict(choice) for choice in plan.questions]
    staged.save(update_fields=["bad_count", "warned_count", "status", "effects", "questions"])
    return staged


def _problems_of(staged, line):
    kinds_of_notes = [(line.problems, {}), (line.warnings, {"is_warning": True}), (line.changes, {"is_change": True})]
    for noted, kind in kinds_of_notes:
        for column, read, sentence in noted:
            facts = {"column": column[:100], "read": read, "sentence": sentence[:LONGEST_PROBLEM]}
            yield StagedProblem(staged=staged, line=line.number, **kind, **facts)


def _keep(staged, made: list[Loaded]):
    rows = [
        LoadedDocument(staged=staged, kind=staged.kind, document=loaded.document, number=loaded.number)
        for loaded in made
    ]
    LoadedDocument.objects.bulk_create(rows, batch_size=BATCH)
