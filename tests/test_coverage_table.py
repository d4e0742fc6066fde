"""The table of what works names tests that are there, and each number once."""

import ast
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TABLE = ROOT / "docs" / "manual" / "coverage.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def lines():
    """[capability, where, tests, number] of each line, in the order of the page."""
    table = [line.strip("|").split(" | ") for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line] for line in table]
    return [line for line in cells if line[-1] != "number"]


def functions_of(path):
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_coverage_names_tests_that_exist():
    wrong = [line for line in lines() if not (named := TEST.findall(line[2])) or not all(map(_exists, named))]

    assert wrong == []


def _exists(named):
    path, function = named
    return (ROOT / path).is_file() and function in functions_of(path)


def test_coverage_has_each_number_once_and_in_its_form():
    numbers = [line[-1] for line in lines()]

    assert len(numbers) > 100
    assert [number for number in numbers if not re.fullmatch(r"S\d-\d+", number)] == []
    assert sorted(set(numbers)) == sorted(numbers)


def test_coverage_says_what_works_and_where():
    assert [line for line in lines() if len(line) != 4 or not all(line)] == []


def test_coverage_groups_the_numbers():
    group, strays = "", []
    for line in TABLE.read_text().splitlines():
        if line.startswith("## "):
            group = line.split()[1]
        elif number := re.search(r"\| (S\d)-\d+ \|$", line):
            strays += [line] if number[1] != group else []

    assert strays == []


def test_manual_links_lead_somewhere_and_its_index_names_every_page():
    manual = TABLE.parent
    links = {
        (page.name, link) for page in manual.glob("*.md") for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    }

    assert {link for link in links if not (manual / link[1]).exists()} == set()
    assert {page.name for page in manual.glob("*.md")} - {link for page, link in links if page == "README.md"} == {
        "README.md"
    }
