"""Save at once, or look first: what every form does whose change may move other orders."""

from erp.exceptions import Refused
from linkage.changes.decisions import Decisions, LookAgain
from linkage.changes.report import report_of
from linkage.operation import was_posted
from linkage.preview import preview


def save_or_ask(operation, *, asked, by, key, at_once=False, **arguments):
    """(result, None) when the change is saved, or (None, report) when somebody has to look at it first.

    ``at_once``: the form has its own answer for all links, nobody is asked.

    ``asked`` is what the form says (``erp.web.previewing.Asked``): the answers, whether *Save* was pressed under a
    preview, and the fingerprint of that preview. The preview is the operation itself, rolled back.
    """
    if at_once:
        return operation(by=by, key=key, **arguments), None
    note = ""
    if asked.saves:
        try:
            return operation(decisions=Decisions(asked.answers, seen=asked.seen), by=by, key=key, **arguments), None
        except LookAgain as again:
            note = str(again)
    trial = Decisions(asked.answers, trial=True)
    try:
        shown = preview(operation, decisions=trial, by=by, **arguments)
    except Refused:
        if not was_posted(key, by=by):
            raise
        return operation(decisions=Decisions(asked.answers), by=by, key=key, **arguments), None  # as it answered before
    if not asked.looks and not (trial.plan and trial.plan.asks):
        return operation(decisions=Decisions(asked.answers), by=by, key=key, **arguments), None
    return None, report_of(trial.plan, shown, by=by, note=note)
