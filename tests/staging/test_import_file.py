"""The command for the night: the same sentences, and an exit code that a script can ask."""

import io

import pytest
from django.core.management import CommandError, call_command

from erp.staging.models import StagedImport
from linkage.models import JobRun
from purchasing.models import PurchaseOrder
from tests.staging.files import csv_of

HEADER = ["Supplier", "Reference", "Part", "Quantity"]
LINE = ["20001", "R-1", "B-100", "5"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "orders.csv"


def run(path, *options, by):
    """What the command says."""
    out = io.StringIO()
    call_command("import_file", "purchase-orders", str(path), "--by", by.username, *options, stdout=out)
    return out.getvalue().splitlines()


def test_import_file_checks_and_loads_only_when_told(buyer, bolt, path):
    path.write_bytes(csv_of(HEADER, LINE))

    checked = run(path, by=buyer)
    before = PurchaseOrder.objects.count()
    loaded = run(path, "--confirm", by=buyer)

    first, second = StagedImport.objects.order_by("pk").values_list("pk", flat=True)
    words = "1 lines, 0 bad. Loading makes: 1 draft order, 1 row, 12.50 EUR."
    assert (checked, before) == ([f"Import {first}: {words}"], 0)
    assert loaded == [f"Import {second}: {words}", "orders.csv is loaded: 1 draft order, 1 row, 12.50 EUR."]
    assert (PurchaseOrder.objects.count(), JobRun.objects.get().succeeded) == (1, True)


def test_import_file_names_bad_lines_and_ends_with_3(buyer, bolt, path, capsys):
    path.write_bytes(csv_of(HEADER, LINE, ["20001", "R-1", "X", "many"]))
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 line is wrong") as refusal:
        call_command("import_file", "purchase-orders", str(path), "--by", buyer.username, "--confirm", stdout=out)

    assert out.getvalue().splitlines()[1:] == [
        "line 3, Quantity: “many”: This is not a number such as 12 or 12.5.",
        "line 3, Part: “X”: There is no part with this number or name.",
    ]
    assert (refusal.value.returncode, PurchaseOrder.objects.count()) == (3, 0)


def test_import_file_of_a_loaded_file_ends_with_4(buyer, bolt, path):
    path.write_bytes(csv_of(HEADER, LINE))
    run(path, "--confirm", by=buyer)

    with pytest.raises(CommandError, match=r"This file was loaded on .* by Ada Berg") as refusal:
        run(path, "--confirm", by=buyer)

    assert (refusal.value.returncode, PurchaseOrder.objects.count()) == (4, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty."), (b"\x00", "This is not a text file."), (None, "cannot be read: No such file")],
)
def test_import_file_that_cannot_be_read_ends_with_1(buyer, path, content, sentence):
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=sentence) as refusal:
        run(path, by=buyer)

    assert refusal.value.returncode == 1


def test_import_file_is_only_for_who_may_load_it(planner, path):
    path.write_bytes(csv_of(HEADER, LINE))

    with pytest.raises(CommandError, match="may not load purchase orders"):
        run(path, by=planner)


def test_import_file_takes_what_is_said_of_the_file(buyer, bolt, path):
    path.write_bytes(csv_of([*HEADER, "Price", "Due"], [*LINE, "1.234", "03/04/2026"]))

    told = run(path, "--decimal", ",", "--first", "month", "--encoding", "utf-8", "--separator", "semicolon", by=buyer)

    assert told[0].endswith("1 lines, 0 bad. Loading makes: 1 draft order, 1 row, 6,170.00 EUR.")
