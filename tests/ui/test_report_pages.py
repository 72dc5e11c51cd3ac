"""The pages of hard reports: nothing parted that belongs together, no name over a value, a code."""

import pytest
import report_records
import zxingcpp
from report_pictures import pictures, pixels

from kapmonitor.cli import main
from kapmonitor.export.source import Source
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import session_of, verify
from ui import fonts
from ui.report import document, lines, paper, text, trends, wording
from ui.report.facts import facts_of
from ui.report.pages import Pages, Spot
from ui.report.tables import Row, Table

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hard")
    return {name: make(folder / f"{name}.kap") for name, make in report_records.ALL.items()}


def laid_out(record):
    with Source(record) as source:
        return document.laid_out(facts_of(source, verify(record)))


def poured(table, top):
    """The lines of a table that begins so far down: (page, first text of the line)."""
    pages = Pages()
    pages.pour(lines.lines_of(table, 600.0), 0.0, 600.0, Spot(0, top))
    return [(each.page, each.line.words[0].text if each.line.words else "") for each in pages.placed]


def test_the_code_says_the_session_and_the_records_digest(records, tmp_path):
    record, out = records["empty"], tmp_path / "r.pdf"
    assert main(["export", str(record), "--to", "report", "--out", str(out)]) == 0
    with RecordReader(record) as reader:
        session = session_of(reader)
    (page,) = pictures(out)
    head = verify(record).head.split()[-1]
    assert [each.text for each in zxingcpp.read_barcodes(pixels(page))] == [f"kapmonitor:{session}:{head}"]


@pytest.mark.parametrize("name", report_records.ALL)
def test_every_line_stands_between_the_edges_and_above_the_foot(records, name):
    for each in laid_out(records[name]).placed:
        assert each.y + each.line.height <= paper.BOTTOM + 0.001
        for word in each.line.words:
            end = each.x + word.x + text.width(word.text, word.px, word.weight)
            assert end <= paper.RIGHT + 1, word.text


@pytest.mark.parametrize("name", report_records.ALL)
def test_no_heading_and_no_first_line_is_the_last_of_its_column(records, name):
    placed = laid_out(records[name]).placed
    headings = [
        n for n, each in enumerate(placed) if each.line.words and each.line.words[0].px == paper.HEADING
    ]
    assert headings
    for number in headings:
        assert placed[number + 1].page == placed[number].page
        assert placed[number + 1].y > placed[number].y


@pytest.mark.parametrize("room", range(20, 200, 7))
def test_a_row_and_what_stands_below_it_are_never_parted(room):
    row = Row(("10:00", "alarm"), below=("acknowledged " * 12, "by somebody"))
    found = poured(Table("Alarms", (0.2, 0.8), (row,) * 9), paper.BOTTOM - room)
    rows, page = [], None
    for page_of, words in found:
        if words == "10:00":
            page = page_of
            rows.append(page)
        elif words.startswith(("acknowledged", "by")):
            assert page_of == page
    assert len(rows) == 9


@pytest.mark.parametrize("room", range(20, 200, 7))
def test_a_small_table_stands_on_one_page(room):
    rows = tuple(Row((f"device {n}", "model")) for n in range(4))
    found = poured(Table("Devices", (0.5, 0.5), rows, ("name", "model")), paper.BOTTOM - room)
    assert len({page for page, words in found if words}) == 1


def test_a_long_note_says_on_each_page_whose_it_is():
    note = Row(("T+10:00", "word " * 9000, "KL"))
    found = poured(Table("Notes", (0.2, 0.6, 0.2), (note,)), paper.BOTTOM - 300)
    pages = {page for page, _ in found}
    assert len(pages) > 3
    said = [page for page, words in found if words == wording.CONTINUED.format(title="T+10:00")]
    assert said == sorted(pages)[1:]


def test_the_names_of_the_curves_stand_where_no_value_can_be():
    axis = trends._Axis(0, 100)
    widest = max(
        text.width(wording.BP, paper.SMALL, fonts.BOLD),
        text.width(wording.HR, paper.SMALL, fonts.BOLD),
        text.width(wording.LIMIT.format(limit="154"), paper.TINY, fonts.BOLD),
    )
    assert axis.x(100) + 6 < paper.RIGHT - 12 - widest


def test_a_record_without_any_value_says_so_and_one_with_values_does_not(records):
    for name in ("empty", "hours"):
        with Source(records[name]) as source:
            assert source.has_values() == (name == "hours")
    words = [word.text for each in laid_out(records["empty"]).placed for word in each.line.words]
    assert wording.NO_VALUE_AT_ALL in words
