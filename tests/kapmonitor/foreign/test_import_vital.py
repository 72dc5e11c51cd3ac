"""VitalDB files, two of them made by vitaldb itself: what is taken over, left out, refused."""

import gzip
import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import vital_files as made
from hypothesis import given, settings
from hypothesis import strategies as st
from imported import events, imported, left_out, numbers, samples, the

from kapmonitor import mdc
from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import fromvital, vital
from kapmonitor.foreign.mapping import Mapping, parse
from kapmonitor.session import events as ev

DATA = Path(__file__).parents[2] / "data" / "imports"
UTC0 = 1_790_000_000
S = 1_000_000_000


def untold(_share):
    return None


@pytest.fixture(scope="module", params=["plain", "packed"])
def record(request, tmp_path_factory):
    return imported(DATA / f"{request.param}.vital", tmp_path_factory.mktemp("vital") / "v.kap")


def test_numbers_come_to_the_millisecond_with_their_device(record):
    hr = numbers(record)["Solar8000", mdc.HEART_RATE.ref]
    assert hr == [((UTC0 + 2 * n) * S + 125_000_000, 60.5 + n, "Vld", None) for n in range(30)]


def test_what_is_no_number_and_what_nobody_can_have_is_no_value(record):
    spo2 = numbers(record)["Solar8000", mdc.SPO2.ref]
    assert [value for _, value, _, _ in spo2] == [None if n in (7, 9) else 97.0 for n in range(30)]
    assert spo2[7][2:] == ("NA", None)
    assert spo2[9][2:] == ("Inv", 0.0)


def test_samples_keep_their_words_and_gaps(record):
    found = dict(samples(record, mdc.PLETH.ref))
    wave = (1000 * np.sin(np.arange(6000) / 100 * 2 * np.pi)).astype(np.int16)
    for place, word in enumerate(wave.tolist()):
        value = found.get(UTC0 * S + place * 10_000_000)
        gone = 2000 <= place < 3000 or 500 <= place < 520
        assert value == (None if gone else word * 0.5 + 100.0), place


def test_samples_finer_than_words_are_kept_in_even_steps_and_that_is_said(record):
    ecg = np.sin(np.arange(6000) / 17)
    found = [value for _, value in samples(record, mdc.ECG_II.ref)]
    assert [value is None for value in found] == [100 <= place < 110 for place in range(6000)]
    off = max(abs(value - ecg[place]) for place, value in enumerate(found) if value is not None)
    assert off < 2e-5
    assert "ECG_II: what is finer than 3.05e-05 mV" in left_out(record)


def test_what_is_not_known_or_in_another_unit_is_left_out_in_words(record):
    assert "BIS/BIS: not known here" in left_out(record)
    assert "ETCO2: is in 'kPa', not in mm[Hg]" in left_out(record)


def test_events_are_notes_and_nothing_is_invented(record):
    notes = [each for each in events(record) if isinstance(each.event, ev.NoteAdded)]
    assert [(note.event.text, note.event.by) for note in notes] == [
        ("Eyes closed", "import"),
        ("Töne: laut", "import"),
    ]
    assert not the(ev.AlarmChanged, record)
    assert not the(ev.LinkEvent, record)


def test_the_record_says_what_it_is(record):
    first = events(record)[0].event
    (said,) = the(ev.SessionImported, record)
    assert (first.mode, first.utc_offset_min, first.person) == ("Imported", 120, "")
    assert said.format == "vital"
    assert len(said.sha256) == 64
    assert said.file.endswith(".vital")
    assert the(ev.SessionClosed, record)[0].reason == "imported"


def test_a_mapping_says_what_a_track_is_and_which_numbers_are_none(tmp_path):
    file = made.write(
        tmp_path / "m.vital",
        made.device(1, "Box"),
        made.track(1, 2, 1, "Foo", "", of=1),
        *(made.number(1, UTC0 + n, value) for n, value in enumerate((96.0, 127.0, 95.0))),
    )
    toml = '[[track]]\nname = "Box/Foo"\nterm = "MDC_PULS_OXIM_SAT_O2"\nunit = "%"\nno_value = [127]\n'
    found = fromvital.read(file, parse(toml, "m.toml"), untold).readings[0].values
    assert [None if np.isnan(value) else value for value in found] == [96.0, None, 95.0]


def test_times_out_of_order_and_doubled_are_put_right_and_said(tmp_path):
    file = made.write(
        tmp_path / "o.vital",
        made.track(1, 2, 1, "HR", "bpm"),
        *(made.number(1, UTC0 + s, value) for s, value in ((3, 63), (1, 61), (2, 60), (2, 62))),
        made.track(2, 1, 5, "PLETH", "", fs=10.0),
        made.wave(2, UTC0 + 1, np.arange(10, 20, dtype=np.int16)),
        made.wave(2, UTC0 + 0, np.arange(0, 10, dtype=np.int16)),
        made.wave(2, UTC0 + 1.5, np.arange(90, 100, dtype=np.int16)),
    )
    record = imported(file, tmp_path / "o.kap")
    (hr,) = numbers(record).values()
    assert [value for _, value, _, _ in hr] == [61, 62, 63]
    assert [value for _, value in samples(record, mdc.PLETH.ref)] == [*range(20), *range(95, 100)]
    assert "HR: 1 values with the time of another" in left_out(record)
    assert "PLETH: 5 values with the time of another" in left_out(record)


def test_a_track_that_is_named_again_goes_on(tmp_path):
    hr = made.track(1, 2, 1, "HR", "bpm", of=1)
    packets = [made.device(1, "Box"), hr, made.number(1, UTC0, 70.0), hr, made.number(1, UTC0 + 1, 71.0)]
    found = fromvital.read(made.write(tmp_path / "a.vital", *packets), Mapping(), untold)
    (readings,) = found.readings
    assert readings.values.tolist() == [70.0, 71.0]
    assert found.left_out == ()


def test_a_track_that_becomes_another_is_kept_beside_what_it_was(tmp_path):
    record = imported(
        made.write(
            tmp_path / "b.vital",
            made.track(1, 2, 1, "HR", "bpm"),
            made.number(1, UTC0, 70.0),
            made.track(1, 2, 2, "HR", "bpm"),
            made.number(1, UTC0 + 1, 71.5, "d"),
            made.track(1, 2, 1, "SPO2", "%"),
            made.number(1, UTC0 + 2, 97.0),
        ),
        tmp_path / "b.kap",
    )
    rows = {ref: [value for _, value, _, _ in found] for (_, ref), found in numbers(record).items()}
    assert rows == {mdc.HEART_RATE.ref: [70.0, 71.5], mdc.SPO2.ref: [97.0]}
    assert left_out(record) == "[]"


def test_waves_of_two_tracks_of_one_name_are_two_waves(tmp_path):
    """In one wave, what comes second at the same time would be left out."""
    packets = []
    for number in (1, 2):
        packets += [made.track(number, 1, 5, "PLETH", "", fs=10.0)]
        packets += [made.wave(number, UTC0 + 1 - number, np.arange(20, dtype=np.int16))]
    found = fromvital.read(made.write(tmp_path / "w.vital", *packets), Mapping(), untold)
    assert [each.channel.name for each in found.stretches] == ["PLETH", "PLETH #2"]
    assert [each.n for each in found.stretches] == [20, 20]
    toml = '[[track]]\nname = "PLETH #2"\nterm = "MDC_PRESS_BLD_ART"\nunit = "mmHg"\n'
    found = fromvital.read(tmp_path / "w.vital", parse(toml, "m.toml"), untold)
    assert [each.channel.term for each in found.stretches] == [mdc.PLETH, mdc.ART]


def test_what_is_passed_over_is_counted(tmp_path):
    file = made.write(
        tmp_path / "p.vital",
        made.number(7, UTC0, 70.0),
        made.track(1, 2, 1, "HR", "bpm"),
        made.number(1, UTC0, 70.0),
        made.number(1, float("nan"), 70.0),
        made.number(1, 1e300, 70.0),
        made.record(1, UTC0 + 1, b"x"),
        made.track(2, 1, 5, "PLETH", "", fs=10.0),
        made.record(2, UTC0, b"\xff\x00\x00\x00"),
        made.wave(2, -5.0, np.arange(20, dtype=np.int16)),
        made.track(3, 5, 0, "EVENT"),
        made.record(3, 0.0, b"\x00\x00\x00\x00" + made.text("when?")),
    )
    toml = '[[track]]\nname = "HF"\nterm = "MDC_ECG_HEART_RATE"\n'
    assert fromvital.read(file, parse(toml, "m.toml"), untold).left_out == (
        "3 packets that cannot be read, or of tracks that are not named",
        "HR: 2 without a time that can be",
        "PLETH: 1 without a time that can be",
        "EVENT: 1 without a time that can be",
        "HF: named in the mapping, not in the file",
    )


def test_a_time_zone_that_is_none_is_said_and_not_taken_over(tmp_path):
    packets = made.track(1, 2, 1, "HR", "bpm"), made.number(1, UTC0, 70.0)
    found = fromvital.read(
        made.write(tmp_path / "z.vital", *packets, head=made.header(20_000)), Mapping(), untold
    )
    assert (found.offset_min, found.zone) == (0, "not said in the file, taken for UTC")
    assert found.left_out == ("the time zone: -20000 minutes from UTC are none",)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "cut short|is not a .vital"),
        (b"\x1f\x8b\x08\x00rubbish", "is not a .vital file"),
        (gzip.compress(b"PNG!" + bytes(100)), "does not begin as one"),
        (gzip.compress(made.header()[:8]), "is not a .vital file"),
        (
            gzip.compress(made.header() + made.packet(1, b"", length=0xFFFF_FFFF)),
            "unpacks to more than 512 MB",
        ),
    ],
    ids=["empty", "no gzip", "a picture", "half a header", "a packet of 4 GB"],  # gzip's bytes hold the time
)
def test_what_is_none_is_refused_with_words(tmp_path, raw, words):
    file = tmp_path / "bad.vital"
    file.write_bytes(raw)
    with pytest.raises(ImportRefused, match=words):
        fromvital.read(file, Mapping(), untold)


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(vital, "MOST_BYTES", 1 << 22)
    file = made.write(tmp_path / "bomb.vital", *([made.packet(10, bytes(1 << 20))] * 64))
    assert file.stat().st_size < 1 << 20
    tracemalloc.start()
    with pytest.raises(ImportRefused, match="unpacks to more than 4 MB"):
        fromvital.read(file, Mapping(), untold)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20


def test_more_packets_than_any_session_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(vital, "MOST_PACKETS", 100)
    file = made.write(tmp_path / "many.vital", *([made.packet(3, b"")] * 200))
    with pytest.raises(ImportRefused, match="more packets"):
        fromvital.read(file, Mapping(), untold)


def test_of_a_file_that_is_cut_short_what_is_there_is_taken_over_and_the_rest_said(tmp_path):
    whole = (DATA / "plain.vital").read_bytes()
    file = tmp_path / "cut.vital"
    file.write_bytes(whole[: len(whole) // 4])
    record = imported(file, tmp_path / "cut.kap")
    assert 0 < len(samples(record, mdc.ECG_II.ref)) < 6000
    assert "the end: the file is cut short or damaged there" in left_out(record)


numbers_of_any_kind = st.floats(allow_nan=True, allow_infinity=True, width=32)


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 600_000), numbers_of_any_kind), min_size=1, max_size=40))
def test_every_number_comes_back_as_it_was_or_not_at_all(tmp_path_factory, pairs):
    folder = tmp_path_factory.mktemp("any")
    packets = [made.number(1, UTC0 + ms / 1000, value) for ms, value in pairs]
    file = made.write(folder / "a.vital", made.track(1, 2, 1, "RR", "/min"), *packets)
    (found,) = fromvital.read(file, Mapping(), untold).readings
    last = {UTC0 * S + ms * 1_000_000: value for ms, value in pairs}
    assert found.times.tolist() == sorted(last)
    for t_ns, value in zip(found.times.tolist(), found.values.tolist(), strict=True):
        if np.isfinite(last[t_ns]):
            assert np.float32(value) == np.float32(last[t_ns])
        else:
            assert np.isnan(value)


@settings(max_examples=150, deadline=None)
@given(junk=st.binary(max_size=200), kind=st.sampled_from([0, 1, 6, 9, 10]), length=st.integers(0, 300))
def test_no_packet_brings_it_down(tmp_path_factory, junk, kind, length):
    file = tmp_path_factory.mktemp("junk") / "j.vital"
    body = struct.pack("<BI", kind, length) + junk
    made.write(file, made.track(1, 1, 5, "PLETH", "", fs=10.0), made.packet(kind, junk), body)
    with suppress(ImportRefused):
        found = fromvital.read(file, Mapping(), untold)
        assert all(len(each.read(0, each.n)) == each.n for each in found.stretches)
