"""``manage.py answer_customers``: answers to the orders that came as files, where what we say has changed."""

from itertools import islice
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from erp.exceptions import Refused
from erp.register.users import night_user
from linkage import jobs
from sales.answer_files import message_of
from sales.operations import SaidBefore, answer_order, orders_to_answer

NAME = "answer_customers"


class Command(BaseCommand):
    help = "Keep a new version of the answer to each confirmed order that came as a file, if it says something new."

    def add_arguments(self, parser):
        parser.add_argument("--directory", type=Path, help="write the EDIFACT files there as well")
        parser.add_argument("--limit", type=int, default=None, help="at most so many answers")

    def handle(self, *, directory=None, limit=None, **options):
        if directory and not directory.is_dir():
            raise CommandError(f"{directory} is no directory.")
        with jobs.only_one(NAME) as mine:
            if not mine:
                raise CommandError(f"{NAME} is already running; nothing was done.")
            made = [self._written(answer, directory) for answer in islice(self._answers(), limit)]
        self.stdout.write(f"{len(made)} answer{'' if len(made) == 1 else 's'}.")
        if lost := made.count(False):
            files = "1 file was" if lost == 1 else f"{lost} files were"
            raise CommandError(f"{files} not written. The answers are kept: take the files from their orders' pages.")

    def _answers(self):
        """New answers, one by one: an order with nothing new does not count."""
        return (answer for order in orders_to_answer() if (answer := self._answer(order)))

    def _answer(self, order):
        try:
            return answer_order(order=order, by=night_user(), command=NAME)
        except SaidBefore:
            return None
        except Refused as refusal:
            self.stderr.write(f"{order}: {refusal}")
            return None

    def _written(self, answer, directory):
        """Whether nothing went wrong with the file of an answer; where there can be none, it is said."""
        try:
            if directory:
                (directory / f"ORDRSP-{answer.pk}.edi").write_bytes(message_of(answer))
        except Refused as refusal:
            self.stderr.write(f"{answer}: {refusal}")
        except OSError as error:
            self.stderr.write(f"{answer}: {error}")
            return False
        return True
