"""De-identified, no field in which somebody can type says what was typed; what is plain stays."""

import re
import zipfile
from dataclasses import fields, replace
from typing import get_args, get_type_hints

import exported_session as made
import pytest
from past_records import write
from PySide6.QtPdf import QPdfDocument

from kapmonitor import mdc
from kapmonitor.cli import main
from kapmonitor.commandline import export
from kapmonitor.export.plain import Plain
from kapmonitor.export.policy import Policy, leaving
from kapmonitor.model import GenerationMode
from kapmonitor.opening import protocol_event
from kapmonitor.protocol import shipped
from kapmonitor.session import events as ev
from kapmonitor.session.events import SessionEvent, Stamped

NAMELESS = Policy(deidentified=True, shift_ns=-500 * 86_400 * made.S)
CANARIES = (
    "Anna Mustermann",
    "Mustermann",
    "01711234567",
    "4471",
    "1980-02-29",
    "anna.mustermann@example.org",
)
COMPUTED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")
"""Ids that are drawn by chance and sums: among so many of their digits four are any number by chance."""


def filled(kind, canary):
    """An event of this type with the canary in each of its texts."""
    hints = get_type_hints(kind)
    return kind(**{field.name: value_of(hints[field.name], canary) for field in fields(kind)})


def value_of(hint, canary):
    if hint is str:
        return canary
    if hint in (int, float, bool):
        return hint(1)
    parts = get_args(hint)
    if type(None) in parts:
        return None
    if hint == tuple[str, ...] or hint == tuple[int, ...]:
        return (value_of(parts[0], canary),)
    return (tuple(value_of(part, canary) for part in get_args(parts[0])),)


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("kind", get_args(SessionEvent))
def test_what_is_typed_into_any_field_of_any_event_stays_behind(kind, canary):
    imported = Stamped(0, replace(made.STARTED, mode=GenerationMode.IMPORTED.value))
    found = leaving([imported, Stamped(1, filled(kind, canary))], NAMELESS)
    assert canary not in repr(found)
    live = leaving([Stamped(0, made.STARTED), Stamped(1, filled(kind, canary))], NAMELESS)
    assert canary not in repr(live)


def everything():
    """A session in which somebody typed who it is wherever they could."""
    anna = CANARIES[0]
    asked = [each.id for part in shipped.example().form.sections for each in part.fields]
    yield Stamped(made.T0, protocol_event(shipped.example()))
    for place, field in enumerate(asked):
        yield made.stamped(200 + place, ev.FormFilled(field, CANARIES[2 + place % 3], (), "RN"))
    yield made.stamped(
        60, ev.DoseGiven(f"ketamine for {anna}", 70.0, "im", f"{anna}'s left arm", "RN", dose="d1")
    )
    yield made.stamped(
        61, ev.DoseAmended("d3", made.at(60), anna, 70.0, "im", anna, "RN", "", "", 0.0, False, "", "RN")
    )
    yield made.stamped(
        61,
        ev.DoseAmended("d1", made.at(60), anna, 75.0, "im", anna, "RN", anna, anna, 0.0, False, anna, anna),
    )
    yield made.stamped(62, ev.DoseGiven("ketamine", 10.0, "im", "left deltoid", "RN", dose="d2"))
    for second, file in ((70, "a"), (80, "b"), (90, "a")):
        title = f"{anna} farewell recording {file}"
        yield made.stamped(second, ev.MusicEvent("started", f"{anna}'s folder", file, title, 0, 9, -20, anna))
    yield made.stamped(100, ev.NoteAdded("m1", "tag", anna, "RN", made.at(100), anna))
    yield made.stamped(101, ev.NoteAdded("m2", "tag", "calm", "RN", made.at(101), "calm"))
    yield made.stamped(110, ev.PresenceSaid(anna, anna, True, "RN"))
    yield made.stamped(120, ev.SessionSignedOff(anna, anna, anna, "", "RN"))
    yield made.stamped(130, ev.CheckAnswered("consent", CANARIES[2], anna, "RN"))


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    rows = sorted([*made.rows(), *everything()], key=lambda row: getattr(row, "t_ns", None) or row.t0_ns)
    return write(tmp_path_factory.mktemp("typed") / "s.kap", Stamped(made.T0, made.STARTED), rows)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """As from a file whose tracks and devices are called by people's names."""
    anna = CANARIES[0]
    started = replace(made.STARTED, mode=GenerationMode.IMPORTED.value)
    rows = [as_imported(row, anna) for row in made.rows()]
    return write(tmp_path_factory.mktemp("imported") / "s.kap", Stamped(made.T0, started), rows)


def as_imported(row, anna):
    event = getattr(row, "event", None)
    if event is None or not hasattr(event, "device"):
        return row
    told = {"device": f"{anna}'s device"}
    if isinstance(event, ev.ChannelDescribed):
        told["label"] = f"{anna}'s {event.channel}"
    if isinstance(event, ev.DeviceAdded):
        told |= {"label": anna, "driver": "import"}
    return Stamped(row.t_ns, replace(event, **told))


@pytest.mark.parametrize("format_", export.FORMATS)
@pytest.mark.parametrize("which", ["typed", "imported"])
def test_no_deidentified_format_says_what_was_typed(which, format_, tmp_path, request, monkeypatch, qapp):
    # Dates are moved by chance; a count of nanoseconds may then have any four digits in it.
    monkeypatch.setattr("kapmonitor.commandline.export.secrets.randbelow", lambda below: below // 2)
    record = request.getfixturevalue(which)
    words = [] if format_ == export.HANDOVER else ["--deidentify", "--waves"]
    out = tmp_path / ("a.txt" if format_ == export.HANDOVER else "a.x")
    assert main(["export", str(record), "--to", format_, "--out", str(out), *words]) == 0
    for name, raw in parts_of(tmp_path):
        text = COMPUTED.sub("", raw.decode("utf-8", "ignore"))
        assert [each for each in CANARIES if each in text] == [], name


def parts_of(folder):
    """All files, and what is in a ZIP; a PDF as the text of its pages."""
    for file in list(folder.iterdir()):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                archive.extractall(folder / "unpacked")
            yield from parts_of(folder / "unpacked")
        elif file.read_bytes().startswith(b"%PDF"):
            yield file.name, text_of(file)
        else:
            yield file.name, file.read_bytes()


def text_of(file):
    pdf = QPdfDocument()
    pdf.load(str(file))
    text = "".join(pdf.getAllText(page).text() for page in range(pdf.pageCount()))
    pdf.close()
    assert "Session report" in text
    return text.encode()


def test_of_what_is_plain_nothing_is_lost(typed, tmp_path):
    out = tmp_path / "a.csv"
    assert main(["export", str(typed), "--to", "csv", "--out", str(out), "--deidentify"]) == 0
    said = out.with_name("a.events.csv").read_text("utf-8")
    assert "ketamine 10 mg IM left deltoid" in said
    for words in ("track 1", "track 2", ",note,calm,"):
        assert words in said
    assert "SpO₂" in out.read_text("utf-8")


def test_titles_of_music_are_kept_if_somebody_says_so(typed, tmp_path):
    out = tmp_path / "a.json"
    words = ["--deidentify", "--keep", "music"]
    assert main(["export", str(typed), "--to", "json", "--out", str(out), *words]) == 0
    said = out.read_text("utf-8")
    assert f"{CANARIES[0]} farewell recording b" in said
    assert "track 1" not in said
    assert "left arm" not in said


@pytest.mark.parametrize(
    ("field", "answer", "leaves"),
    [
        ("weight-now", "70,5", True),
        ("weight-now", "701", False),
        ("weight-now", "01711234567", False),
        ("remarks", "44", False),
        ("well", "yes", True),
        ("well", "yes: Anna", False),
        ("unknown", "12", False),
    ],
)
def test_a_number_stays_only_where_the_form_asks_for_one(field, answer, leaves):
    toml = """name = "x"
[form]
name = "f"
[[form.section]]
id = "s"
title = "s"
[[form.section.field]]
id = "weight-now"
text = "w"
kind = "number"
low = 30
high = 300
[[form.section.field]]
id = "remarks"
text = "r"
kind = "text"
[[form.section.field]]
id = "well"
text = "w"
kind = "yes-no"
detail = true
"""
    protocol = ev.ProtocolSet("x", "", "", False, toml)
    plain = Plain([Stamped(0, made.STARTED), Stamped(0, protocol)])
    found = plain.cleaned(ev.FormFilled(field, answer, (), ""), ["answer"])
    assert found.answer == (answer if leaves else "")


@pytest.mark.parametrize(
    ("site", "leaves"),
    [
        ("left deltoid", True),
        ("Left vastus lateralis, upper", True),
        ("R nostril", True),
        ("left arm of Anna", False),
        ("0171 1234567", False),
        ("L1 4471", False),
    ],
)
def test_a_site_stays_only_if_every_word_of_it_is_of_the_body(site, leaves):
    given = ev.DoseGiven("ketamine", 1.0, "im", site, "")
    assert Plain([]).cleaned(given, ["site"]).site == (site if leaves else "")


def test_a_device_or_channel_without_a_drivers_name_gets_that_of_11073(imported, tmp_path):
    out = tmp_path / "a.csv"
    assert main(["export", str(imported), "--to", "csv", "--out", str(out), "--deidentify"]) == 0
    said = out.read_text("utf-8")
    assert f",{mdc.SPO2.ref},{mdc.SPO2.code},97.0,%,Vld,device 1," in said


def test_who_set_a_limit_by_hand_stays_behind():
    limits = ev.LimitsSet(
        "", "", (), sources=("set by Dr Canary, was 160 (fixed)", "118 + 30 %, at least 145")
    )
    found = Plain([]).cleaned(limits, ["sources"])
    assert found.sources == ("set by hand", "118 + 30 %, at least 145")
