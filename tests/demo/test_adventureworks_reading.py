import pytest

from erp.demo.adventureworks import files
from erp.demo.adventureworks.reading import BadFile, Source
from tests.demo.adventureworks import line, write


def product(**columns):
    facts = {"ProductID": 1, "Name": "Bicycle", "ProductNumber": "BK-1", "MakeFlag": 1}
    return line(files.PRODUCTS, **facts | columns)


def refusal(folder, layout):
    with pytest.raises(BadFile) as caught:
        Source(folder).rows(layout)
    return str(caught.value)


def test_rows_are_read_with_types_and_line_numbers(tmp_path):
    write(tmp_path, files.UNIT_MEASURES, "EA \tEach\t2008-04-30 00:00:00", "DZ \tDozen\t2008-04-30 00:00:00")

    rows = Source(tmp_path).rows(files.UNIT_MEASURES)

    assert [tuple(row) for row in rows] == [("EA", "Each", 1), ("DZ", "Dozen", 2)]


def test_a_record_of_a_wide_file_may_have_line_breaks(tmp_path):
    stores = [line(files.STORES, BusinessEntityID=n, Name=f"Store {n}", Demographics="one\r\ntwo") for n in (1, 2)]
    write(tmp_path, files.STORES, *stores)

    rows = Source(tmp_path).rows(files.STORES)

    assert [tuple(row) for row in rows] == [(1, "Store 1", 1), (2, "Store 2", 3)]


def test_an_empty_file_is_refused(tmp_path):
    write(tmp_path, files.UNIT_MEASURES)

    assert refusal(tmp_path, files.UNIT_MEASURES) == "UnitMeasure.csv, line 1, column 1: the file is empty."


def test_a_last_line_without_an_end_is_read(tmp_path):
    (tmp_path / "UnitMeasure.csv").write_bytes(b"EA \tEach\t\nDZ \tDozen\t")

    assert len(Source(tmp_path).rows(files.UNIT_MEASURES)) == 2


@pytest.mark.parametrize("folder", ["oltp-2014", "rebuilt"])
def test_files_are_found_in_the_published_folders(tmp_path, folder):
    (tmp_path / folder).mkdir()
    write(tmp_path / folder, files.UNIT_MEASURES, "EA \tEach\t")

    assert len(Source(tmp_path).rows(files.UNIT_MEASURES)) == 1


def test_a_folder_that_is_none_is_named(tmp_path):
    with pytest.raises(BadFile, match="nowhere is not a folder"):
        Source(tmp_path / "nowhere")


def test_a_missing_file_is_named_with_where_it_was_looked_for(tmp_path):
    assert refusal(tmp_path, files.PRODUCTS) == (
        f"Product.csv is missing: it is neither in {tmp_path} nor in its folders oltp-2014, rebuilt."
    )


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        pytest.param({"ProductID": "x"}, "column 1 (ProductID): “x” is not a whole number", id="letters"),
        pytest.param({"ProductID": "²"}, "column 1 (ProductID): “²” is not a whole number", id="superscript"),
        pytest.param({"ProductID": "0"}, "column 1 (ProductID): “0” is not above 0", id="zero"),
        pytest.param({"ProductID": "9999999999"}, "column 1 (ProductID): “9999999999” is not", id="too large"),
        pytest.param({"Name": " "}, "column 2 (Name): “ ” is empty", id="empty"),
        pytest.param({"Name": "a\x00b"}, "column 2 (Name): “a\x00b” has a control character", id="NUL"),
        pytest.param({"Name": "a" * 121}, "is longer than 120 characters", id="too long"),
        pytest.param({"MakeFlag": "yes"}, "column 4 (MakeFlag): “yes” is neither 0 nor 1", id="flag"),
        pytest.param({"StandardCost": "NaN"}, "column 9 (StandardCost): “NaN” is not a number", id="NaN"),
        pytest.param({"StandardCost": "1e400"}, "“1e400” is not a number", id="exponent"),
        pytest.param({"StandardCost": "1,50"}, "“1,50” is not a number", id="decimal comma"),
        pytest.param({"StandardCost": "-1"}, "“-1” is not a number", id="negative"),
        pytest.param({"StandardCost": "."}, "“.” is not a number", id="only a point"),
        pytest.param({"DiscontinuedDate": "2013"}, "column 23 (DiscontinuedDate): “2013” is not a date", id="no date"),
        pytest.param({"DiscontinuedDate": "2013-02-30"}, "is not a day of the calendar", id="no such day"),
    ],
)
def test_a_broken_column_is_named_with_file_and_line(tmp_path, columns, complaint):
    write(tmp_path, files.PRODUCTS, product(), product(ProductNumber="BK-2", **{"ProductID": "2"} | columns))

    sentence = refusal(tmp_path, files.PRODUCTS)

    assert sentence.startswith("Product.csv, line 2, column ")
    assert complaint in sentence


def test_a_line_with_too_few_columns_is_named(tmp_path):
    write(tmp_path, files.UNIT_MEASURES, "EA \tEach\t", "DZ \tDozen")

    assert refusal(tmp_path, files.UNIT_MEASURES) == (
        "UnitMeasure.csv, line 2, column 2: the line has 2 columns, not 3."
    )


def test_a_key_that_comes_twice_is_named_with_both_lines(tmp_path):
    write(tmp_path, files.PRODUCTS, product(), product(ProductID=2))

    assert refusal(tmp_path, files.PRODUCTS) == (
        "Product.csv, line 2, column 3 (ProductNumber): BK-1 stands on line 1 already."
    )


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path):
    (tmp_path / "UnitMeasure.csv").write_bytes(b"EA\tEach\t\nDZ\t\x81\t\n")

    assert refusal(tmp_path, files.UNIT_MEASURES) == "UnitMeasure.csv, line 2: this is not cp1252 text."
