from erp.demo.adventureworks import files, progress
from erp.demo.adventureworks.progress import Bars, Lines
from erp.demo.adventureworks.reports import TableReport


def report_of_one_line():
    report = TableReport("work_orders")
    row = files.UNIT_MEASURES.Row("EA", "Each", 7)
    report.leave_out(files.UNIT_MEASURES, [row], "[odd]")
    return report


def test_lines_say_how_far_a_long_table_is(monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0)
    said = []

    with Lines(said.append) as lines:
        lines.begin("work_orders")
        lines.tick(5000, 72591)
        lines.end(report_of_one_line())

    assert said == [
        "work orders: 5,000 of 72,591",
        "work orders: 1 lines read, 0 loaded, 0 there already, 1 left out (0.0 s)",
        "  left out of UnitMeasure.csv: 1 x [odd] (line 7)",
    ]


def test_lines_are_silent_about_a_short_table():
    said = []

    with Lines(said.append) as lines:
        lines.begin("parts")
        lines.tick(1, 504)

    assert said == []


def test_bars_say_the_same_on_a_terminal(capsys):
    with Bars(stderr=True) as bars:
        bars.begin("work_orders")
        bars.tick(5000, 72591)
        bars.end(report_of_one_line())

    assert "  left out of UnitMeasure.csv: 1 x [odd] (line 7)" in capsys.readouterr().err
