"""The printed report: what it says, and that nothing of it is lost between two pages."""

import re
from dataclasses import replace

import exported_session as made
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from past_records import write
from PySide6.QtPdf import QPdfDocument
from tampering import unguarded

from kapmonitor.cli import main
from kapmonitor.export.policy import Policy
from kapmonitor.export.source import Source
from kapmonitor.model import Columns
from kapmonitor.people.staff import Staff
from kapmonitor.record.amend import Amendment, amend
from kapmonitor.record.appending import Outside
from kapmonitor.record.verify import DAMAGED, Verdict, verify
from kapmonitor.session import events as ev
from ui import fonts
from ui.report import document, handover_words, paper, text, trends, wording
from ui.report.facts import facts_of
from ui.report.lines import Line, Word
from ui.report.pages import Pages, Spot
from ui.report.ticks import MOST_TICKS, time_ticks, value_span


def pages_of(record, folder, *words):
    """The text of each page of the report of a record."""
    out = folder / "report.pdf"
    assert main(["export", str(record), "--to", "report", "--out", str(out), *words]) == 0
    pdf = QPdfDocument()
    pdf.load(str(out))
    found = [" ".join(pdf.getAllText(page).text().split()) for page in range(pdf.pageCount())]
    pdf.close()
    return found


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return made.make(tmp_path_factory.mktemp("record") / "s.kap")


@pytest.fixture(scope="module")
def whole(record, tmp_path_factory, qapp):
    return pages_of(record, tmp_path_factory.mktemp("report"))


def test_every_page_says_what_this_is_which_page_and_of_which_record(whole, record):
    head = verify(record).head.split()[-1]
    for number, page in enumerate(whole, start=1):
        assert wording.AID in page
        assert f"page {number} of {len(whole)}" in page
        assert head[:8] in page
        assert "Record AC-4471 · A.C. · session 3 of 6 · 21 September 2026, 15:13–15:18 (UTC+1)" in page


@pytest.mark.parametrize(
    "words",
    [
        "70 mg IM",
        "162/98 (119)",
        "154 systolic",
        "15:15 +1 failed: movement",
        "alarm, 0:00",
        "★★ BP systolic 162 above 154",
        "lasted 0:19, acknowledged 15:15:30 by Dr Canary",
        "left deltoid, Dr Canary, lot L1, 0.99 mg/kg",
        "T+00:20 Anna Canary said: “it is only water",
        "corrected at T+00:30 by Dr Canary; was: “Anna Canary said: “it is onyl water",
        "Larkspur",
        "MOAA/S 5",
        "dissociation yes",
        "nobody has signed this record",
        "60 s without monitoring",
        "not monitored",
    ],
)
def test_what_happened_can_be_read_and_found(whole, words):
    assert words in " ".join(whole)


def test_deidentified_it_tells_nobody_and_says_so(record, tmp_path, qapp):
    pages = pages_of(record, tmp_path, "--deidentify")
    found = " ".join(pages)
    assert [secret for secret in made.SECRETS if secret in found] == []
    assert "2026" not in found
    assert verify(record).head.split()[-1][:8] not in found
    assert all(
        "De-identified: dates were moved; left out are record and serial numbers, names" in p for p in pages
    )
    assert "162/98 (119)" in found


def test_a_session_with_nothing_in_it_has_a_report(tmp_path, qapp):
    started = replace(made.STARTED, mode="Demo")
    found = " ".join(pages_of(write(tmp_path / "s.kap", made.stamped(0, started), []), tmp_path))
    assert wording.DEMO in found
    assert found.count(wording.NO_VALUES) == 3
    assert "Highest pressure — no reading" in found


def test_of_three_hundred_notes_none_is_lost(tmp_path, qapp):
    rows = [
        made.stamped(
            k, ev.NoteAdded(f"n{k}", "text", f"note-{k}- {'words ' * (k % 40)} end-{k}.", "KL", made.at(k))
        )
        for k in range(300)
    ]
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), rows)
    found = " ".join(pages_of(record, tmp_path))
    assert [k for k in range(300) if f"note-{k}-" not in found] == []
    assert [k for k in range(300) if f"end-{k}." not in found] == []


def test_what_was_corrected_explained_or_left_out_is_told_and_the_dose_is_the_right_one(tmp_path, qapp):
    given = ev.DoseGiven("ketamine", 70.0, "im", "left deltoid", "RN", dose="d1")
    right = ev.DoseAmended(
        "d1", made.at(65), "ketamine", 50.0, "im", "left deltoid", "RN", "", "", 0.0, False, "misread", "Dr K"
    )
    wrong = replace(given, dose="d2", amount_mg=99.0)
    never = replace(right, dose="d2", amount_mg=99.0, withdrawn=True, reason="")
    rows = [
        made.stamped(60, given),
        made.stamped(61, wrong),
        made.stamped(90, right),
        made.stamped(91, never),
        made.stamped(100, ev.CuffExplained(made.at(80), "asleep", "RN")),
        made.stamped(110, ev.ScaleScored("MOAA/S", 4, 0, "RN")),
        made.stamped(120, ev.ScaleScored("MOAA/S", 5, 0, "RN", (), made.at(110))),
        made.stamped(130, ev.FieldLeftOut("lot", "no label", "RN")),
        made.stamped(140, ev.SessionSignedOff("Eve Fox", "nurse", "author", "", "RN")),
    ]
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), rows)
    found = " ".join(pages_of(record, tmp_path))
    for said in (
        "50 mg IM",
        "corrected at 15:14:50 by Dr K; was: ketamine 70 mg IM left deltoid",
        "(ketamine 99 mg IM)",
        "never given",
        "not taken:",
        "put right later",
        "left out: no label",
        "Eve Fox, nurse, author: name typed, without a signature",
    ):
        assert said in found, said
    with Source(record, Policy(deidentified=True)) as source:
        assert [dose.amount_mg for dose in source.state().doses] == [50.0]


def test_damage_is_said_before_anything_else(record, qapp):
    with Source(record) as source:
        verdict = Verdict(DAMAGED, "entry 7: is not what was written", (), (), {})
        warning = document.warnings(facts_of(source, verdict))[0]
    assert warning == "THE RECORD IS DAMAGED: entry 7: is not what was written"


@pytest.mark.parametrize(
    "damage", ["UPDATE numeric SET data = x'00' WHERE id = 2", "UPDATE minute SET waves = x'00' WHERE id = 1"]
)
def test_of_a_damaged_record_the_report_has_what_can_be_read_and_says_so(tmp_path, qapp, damage):
    record = made.make(tmp_path / "s.kap")
    connection, guards = unguarded(record)
    for statement in (damage, *guards):
        connection.execute(statement)
    connection.close()
    pages = pages_of(record, tmp_path)
    assert all("THE RECORD IS DAMAGED" in page for page in pages)
    assert "ketamine 70 mg IM" in " ".join(pages)


def test_an_interrupted_record_says_so_on_every_page(tmp_path, qapp):
    pages = pages_of(made.make(tmp_path / "s.kap", closed=False), tmp_path)
    assert all(wording.INTERRUPTED in page for page in pages)
    assert "the end: the record was not closed" in " ".join(pages)


def test_values_of_a_device_that_nobody_confirmed_are_not_in_the_trends(record, qapp):
    with Source(record) as source:
        facts = facts_of(source, verify(record))
    step_ns = (facts.t1_ns - facts.t0_ns) / len(facts.hr.lo)
    times_s = (facts.t0_ns + (np.arange(len(facts.hr.lo)) + 0.5) * step_ns - made.T0) / made.S
    assert not np.isnan(facts.hr.lo[(times_s > 212) & (times_s < 229)]).any()
    assert np.isnan(facts.hr.lo[times_s > 231]).all()


def test_a_curve_never_crosses_a_gap(qapp):
    lo = np.array([1, 2, np.nan, 3, 4], np.float32)
    columns = Columns(0, 5, lo, lo)
    paths = list(trends._paths(columns, trends._Axis(0, 5)))
    assert len(paths) == 2
    assert paths[0].boundingRect().right() < paths[1].boundingRect().left()


@given(st.lists(st.tuples(st.floats(10, 40), st.integers(0, 2), st.booleans()), max_size=200))
def test_poured_lines_stay_on_their_pages_in_order_and_none_is_lost(shapes):
    word = (Word(0, "x", 10, 500, paper.INK),)
    head = (Line((Word(0, "head", 10, 500, paper.INK),), 30.0),)
    lines = [Line(word, height, keep, again=head if has else ()) for height, keep, has in shapes]
    pages = Pages()
    pages.pour(lines, 0.0, 100.0, Spot())
    own = [each for each in pages.placed if each.line not in head]
    assert [each.line for each in own] == lines
    assert all(each.y + each.line.height <= paper.BOTTOM + 0.001 for each in pages.placed)
    places = [(each.page, each.y) for each in pages.placed]
    assert places == sorted(places)
    assert pages.count == max((each.page for each in own), default=0) + 1


@given(st.text(max_size=300))
def test_wrapping_loses_no_character_and_fits(words):
    lines = text.wrapped(words, paper.BODY, 200.0, fonts.MEDIUM)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert all(len(line) <= 1 or text.width(line, paper.BODY) <= 200.0 for line in lines)


test_wrapping_loses_no_character_and_fits = pytest.mark.usefixtures("qapp")(
    test_wrapping_loses_no_character_and_fits
)


@given(st.integers(1, 2000), st.integers(-500, 500))
def test_the_axis_has_whole_minutes_that_can_be_read(length_min, zero_min):
    minute = 60_000_000_000
    ticks = time_ticks(0, length_min * minute, zero_min * minute)
    assert len(ticks) <= MOST_TICKS + 1
    assert all((tick - zero_min * minute) % minute == 0 for tick in ticks)
    assert all(0 <= tick <= length_min * minute for tick in ticks)


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_axis_of_values_holds_them_all(one, other):
    low, high, marks = value_span((min(one, other), max(one, other)), (60.0, 170.0), 3)
    assert low <= min(one, other) <= max(one, other) <= high
    assert marks
    assert all(low <= mark <= high for mark in marks)


def test_a_hand_over_has_no_vitals_unless_chosen_and_tells_nobody(record, tmp_path, qapp):
    for name, words in (("a.pdf", ()), ("b.pdf", ("--vitals",))):
        assert main(["export", str(record), "--to", "handover", "--out", str(tmp_path / name), *words]) == 0
    assert main(["export", str(record), "--to", "handover", "--out", str(tmp_path / "a.txt")]) == 0
    pdf = QPdfDocument()
    found = {}
    for name in ("a.pdf", "b.pdf"):
        pdf.load(str(tmp_path / name))
        found[name] = " ".join(pdf.getAllText(page).text() for page in range(pdf.pageCount()))
    pdf.close()
    found["a.txt"] = (tmp_path / "a.txt").read_text("utf-8")
    for name, said in found.items():
        assert [secret for secret in made.SECRETS if secret in said] == []
        assert ("162/98" in said) == (name == "b.pdf")
        assert "15:13" not in said
        for words in ("ketamine 70 mg IM", "tearful", "track 1", "session 3 of 6"):
            assert words in said


def test_a_hand_over_has_the_words_of_notes_if_chosen_and_warns(record, tmp_path):
    out = tmp_path / "a.txt"
    assert main(["export", str(record), "--to", "handover", "--out", str(out), "--keep", "notes"]) == 0
    said = out.read_text("utf-8")
    assert "it is only water" in said
    assert handover_words.WITH_WORDS in said


KEPT_WORDS = {"names": "names", "initials": "initials", "music": "titles of music"}


@pytest.mark.parametrize("keep", [(), ("names",), ("names", "initials"), ("initials", "music", "notes")])
def test_a_hand_over_says_what_was_left_out_and_what_was_not(record, tmp_path, keep):
    out = tmp_path / "a.txt"
    words = [word for each in keep for word in ("--keep", each)]
    assert main(["export", str(record), "--to", "handover", "--out", str(out), *words]) == 0
    text_ = out.read_text("utf-8")
    line = next(each for each in text_.splitlines() if each.startswith("Without "))
    without, _, rest = line.partition(".")
    for word, said in KEPT_WORDS.items():
        assert (said in without) == (word not in keep)
        assert (f"{said}" in rest) == (word in keep)
    assert ("Dr Canary" in text_) == ("names" in keep)
    assert ("Larkspur" in text_) == ("music" in keep)


def test_a_hand_over_has_no_date_of_what_was_corrected_after_the_session(tmp_path):
    record = made.make(tmp_path / "s.kap")
    later_ns = made.UTC0 + 28 * 3600 * made.S
    amend(record, Amendment("n2", "tearful", True, ""), "KL", None, later_ns, Outside(Staff()))
    assert main(["export", str(record), "--to", "handover", "--out", str(tmp_path / "a.txt")]) == 0
    said = (tmp_path / "a.txt").read_text("utf-8")
    assert "withdrawn at a time after the session by" in said
    assert "19:13" not in said
    assert not re.search(r"\d{4}-\d\d-\d\d", said)


def test_words_after_tabs_stay_on_the_page(tmp_path, qapp):
    text_ = "\t".join(f"word{n}" for n in range(60))
    rows = [made.stamped(10, ev.NoteAdded("n1", "text", text_, "KL", made.at(10)))]
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), rows)
    found = " ".join(pages_of(record, tmp_path)).split()
    assert [n for n in range(60) if f"word{n}" not in found] == []
    lines = text.wrapped(text_, paper.BODY, 300.0, fonts.MEDIUM)
    assert all("\t" not in line for line in lines)
    assert text.wrapped("a\u00a0b", paper.BODY, 300.0, fonts.MEDIUM) == ["a\u00a0b"]


@pytest.mark.parametrize(
    ("after_s", "told"),
    [(-91, "−2"), (-30, "−0:30"), (-0.4, "−0:01"), (0, "+0"), (29, "+0"), (31, "+1")],
)
def test_what_came_just_before_the_dose_is_not_told_as_after_it(record, qapp, after_s, told):
    with Source(record) as source:
        facts = facts_of(source, verify(record))
    assert facts.minutes(made.at(made.DOSE_S + after_s)) == told
    assert facts.tick(made.at(made.DOSE_S + after_s)) == f"T{told}"
