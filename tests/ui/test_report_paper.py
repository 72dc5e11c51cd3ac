"""The report on the paper of the clinic: A4 or US Letter, whole on either, by the settings or the region."""

import pytest
import report_records
import zxingcpp
from PySide6.QtCore import QLocale, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from report_pictures import pictures, pixels

from kapmonitor import reporting
from kapmonitor.cli import main
from ui.preview.sheet import Sheet
from ui.report import paper, wording
from ui.report.printer import page_size

pytestmark = pytest.mark.usefixtures("qapp")
POINTS = {"a4": QSizeF(595, 842), "letter": QSizeF(612, 792)}
WIDTH = 1240


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return report_records.interrupted(tmp_path_factory.mktemp("paper") / "s.kap")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    file = tmp_path / "kapmonitor.toml"
    monkeypatch.setattr(reporting, "settings_file", lambda: file)
    return file


def exported(record, out, to="report"):
    assert main(["export", str(record), "--to", to, "--out", str(out)]) == 0
    return out


def ink(page):
    """The edges of what is drawn: (left, top, right, bottom), each as a share of the page's width."""
    dark = pixels(page) < 200
    rows, columns = dark.any(axis=1).nonzero()[0], dark.any(axis=0).nonzero()[0]
    return tuple(edge / page.width() for edge in (columns[0], rows[0], columns[-1], rows[-1]))


@pytest.mark.parametrize("to", ["report", "handover"])
@pytest.mark.parametrize("size", POINTS)
def test_pages_have_the_size_of_the_settings_and_everything_is_within_their_margins(
    record, settings, tmp_path, size, to
):
    settings.write_text(f'[report]\npaper = "{size}"\n')
    out = exported(record, tmp_path / "r.pdf", to)
    pdf = QPdfDocument()
    pdf.load(str(out))
    for number in range(pdf.pageCount()):
        assert pdf.pagePointSize(number) == POINTS[size]
    assert wording.AID_SHORT[:20] in " ".join(pdf.getAllText(0).text().split())
    pdf.close()
    tall = POINTS[size].height() / POINTS[size].width()
    for page in pictures(out, WIDTH):
        left, top, right, bottom = ink(page)
        assert left > 0.05
        assert right < 0.95
        assert top > 0.02
        assert bottom < tall - 0.02
        assert abs(left - (1 - right)) < 0.03


def test_on_letter_everything_is_as_much_smaller_as_its_height(record, settings, tmp_path):
    widths = {}
    for size, points in POINTS.items():
        settings.write_text(f'[report]\npaper = "{size}"\n')
        page = pictures(exported(record, tmp_path / f"{size}.pdf"), round(points.width() * 2))[0]
        left, _, right, _ = ink(page)
        widths[size] = (right - left) * points.width()
        (code,) = zxingcpp.read_barcodes(pixels(page))
        assert code.text.startswith("kapmonitor:")
    assert widths["letter"] / widths["a4"] == pytest.approx(792 / 842, abs=0.003)


def test_the_preview_shows_a_page_in_its_own_proportions(record, settings, tmp_path):
    settings.write_text('[report]\npaper = "letter"\n')
    sheet = Sheet()
    assert sheet.load(exported(record, tmp_path / "r.pdf").read_bytes())
    seen = QImage(1000, 800, QImage.Format.Format_RGB32)
    seen.fill("black")
    painter = QPainter(seen)
    sheet.paint(painter, QRectF(0, 0, 1000, 800), 1.0)
    painter.end()
    white = pixels(seen)[2] > 250
    assert white.sum() == pytest.approx(800 * 612 / 792, abs=2)


@pytest.mark.parametrize(
    ("region", "size"),
    [("en_US", "letter"), ("es_MX", "letter"), ("de_DE", "a4"), ("en_GB", "a4"), ("C", "a4")],
)
def test_without_a_setting_the_paper_is_that_of_the_region(region, size):
    assert page_size("", QLocale(region)).sizePoints() == page_size(size).sizePoints()
    assert page_size("a4", QLocale(region)).sizePoints().height() == 842


def test_settings_with_a_mistake_keep_no_report_from_being_made(record, settings, tmp_path):
    settings.write_text('[report]\npaper = "a5"\n')
    assert len(pictures(exported(record, tmp_path / "r.pdf"), 200)) >= 1


def test_the_design_has_the_proportions_of_a4():
    assert pytest.approx(297 / 210, abs=0.001) == paper.HEIGHT / paper.WIDTH
