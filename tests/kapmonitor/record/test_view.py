"""What the review sees of a record, against the samples and readings that were put."""

import numpy as np
import pytest
from record_fixtures import (
    CHANNELS,
    SECOND,
    STARTED,
    T0_NS,
    begin,
    described,
    make_record,
    put_second,
    wave_of,
)

from kapmonitor.clock import ManualClock
from kapmonitor.errors import RecordDamaged
from kapmonitor.model import NO_SAMPLE, Absent, ChannelKey, Measured, NibpFailure, Validity
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.record.view import RecordView
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import CuffEvent, NoteAdded, Stamped
from kapmonitor.view import Role, SignalView, WaveTap

ECG = ChannelKey("dev", "MDC_ECG_ELEC_POTL_II")
PLETH = ChannelKey("dev", "MDC_PULS_OXIM_PLETH")
SECONDS = 400


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("record") / "a.kap", SECONDS)


@pytest.fixture(params=["closed", "interrupted"])
def view(request, record, tmp_path):
    path = record
    if request.param == "interrupted":
        path = tmp_path / "b.kap"
        writer, clock = begin(path)
        for second in range(SECONDS):
            put_second(writer, clock, second)
        writer._store.finish = lambda *_: writer._store.abandon()
        writer.close()
    view = RecordView(path)
    yield view
    view.close()


def test_a_record_answers_as_a_live_session_does(view):
    signals: SignalView = view
    tap: WaveTap = view.tap(ECG)
    first, last = signals.span()
    assert first == T0_NS
    assert T0_NS + (SECONDS - 15) * SECOND < last <= T0_NS + SECONDS * SECOND
    assert tap.fs == 500.0
    assert view.wave_keys() == (PLETH, ECG)
    assert sum(isinstance(row.stamped.event, NoteAdded) for row in view.events()) == SECONDS // 20


@pytest.mark.parametrize(
    ("t0_s", "t1_s", "width", "reach_s"),
    [
        (100, 101, 50, 0.0),  # samples
        (97.5, 119.5, 440, 0.0),  # samples over several chunks
        (0, SECONDS, 400 * 8, 0.064),  # 32 at a time
        (30, 330, 100, 1.0),  # a second at a time
        (0, SECONDS, 50, 1.0),
    ],
)
def test_wave_columns_hold_each_columns_extremes(view, t0_s, t1_s, width, reach_s):
    t0_ns, t1_ns = T0_NS + round(t0_s * SECOND), T0_NS + round(t1_s * SECOND)
    columns = view.wave(ECG, t0_ns, t1_ns, width)
    samples = wave_of(2, 0, SECONDS * 500) * 0.01 + 0.5
    step_s = (t1_s - t0_s) / width
    reach = round(reach_s * 500)
    assert not np.isnan(columns.lo).any()
    for column in range(0, width, max(1, width // 60)):
        first, stop = round((t0_s + column * step_s) * 500), round((t0_s + (column + 1) * step_s) * 500)
        wide = samples[max(0, first - reach - 1) : stop + reach + 1]
        assert wide.min() - 1e-3 <= columns.lo[column] <= columns.hi[column] <= wide.max() + 1e-3
        if not reach:
            exact = samples[first:stop]
            assert columns.lo[column] == pytest.approx(exact.min(), abs=0.05)
            assert columns.hi[column] == pytest.approx(exact.max(), abs=0.05)


def test_a_magnified_wave_is_a_line(view):
    columns = view.wave(PLETH, T0_NS + 5 * SECOND, T0_NS + 6 * SECOND, 750)
    assert not np.isnan(columns.lo).any()
    assert len(np.unique(columns.lo)) > 400


def test_before_and_after_the_record_there_is_nothing(view):
    for width in (10, 5000):
        columns = view.wave(ECG, T0_NS - 20 * SECOND, T0_NS - 10 * SECOND, width)
        assert np.isnan(columns.lo).all()
        columns = view.trend(Role.SPO2, T0_NS + 2 * SECONDS * SECOND, T0_NS + 3 * SECONDS * SECOND, width)
        assert np.isnan(columns.hi).all()


def test_trends_hold_the_readings(view):
    columns = view.trend(Role.SPO2, T0_NS, T0_NS + 60 * SECOND, 60)
    assert columns.lo.tolist() == [97.0 - second % 3 for second in range(60)]
    columns = view.trend(Role.HR, T0_NS, T0_NS + 14 * SECOND, 14)
    assert np.isnan(columns.lo[[3, 10]]).all()
    assert columns.hi[4] == 64.0
    columns = view.trend(Role.HR, T0_NS, T0_NS + SECONDS * SECOND, 20)
    assert (columns.lo.min(), columns.hi.max()) == (60.0, 64.0)
    assert np.isnan(view.trend(Role.NIBP_MEAN, T0_NS, T0_NS + SECOND, 5).lo).all()


def test_the_last_number_before_a_time(view):
    spo2 = view.key_of(Role.SPO2)
    assert view.numeric_before(spo2, T0_NS - 1) is None
    for second in (0, 9, 10, 59, 60, 123, SECONDS - 1):
        for t_ns in (T0_NS + second * SECOND, T0_NS + second * SECOND + SECOND - 1):
            row = view.numeric_before(spo2, t_ns)
            assert (row.t_ns, row.value) == (T0_NS + second * SECOND, 97.0 - second % 3)
    cuff = view.key_of(Role.NIBP_SYS)
    assert view.numeric_before(cuff, T0_NS + 44 * SECOND).t_ns == T0_NS + 25 * SECOND
    assert view.numeric_before(ChannelKey("no", "such"), T0_NS) is None


def test_cuffs_are_put_together_again(view):
    cuffs = view.cuffs(T0_NS, T0_NS + 50 * SECOND)
    assert [cuff.t_ns for cuff in cuffs] == [T0_NS + second * SECOND for second in (5, 25, 45)]
    assert cuffs[0].systolic == Measured(125.0)
    assert cuffs[0].mean == Absent(Validity.NOT_AVAILABLE)
    assert cuffs[0].stored
    assert cuffs[0].device == "cuff"


def test_a_tap_reads_samples_around_the_playhead(view):
    tap = view.tap(ECG)
    samples = wave_of(2, 0, SECONDS * 500)
    for second in (0, 3.21, 99.9, SECONDS - 1):
        tap.move_to(T0_NS + round(second * SECOND))
        head = tap.head()
        assert head == round(second * 500)
        start = max(0, head - 1234)
        assert np.array_equal(tap.read(start, head), samples[start:head])
    assert (tap.read(-50, 10)[:50] == NO_SAMPLE).all()
    assert (tap.read(SECONDS * 500, SECONDS * 500 + 9) == NO_SAMPLE).all()
    assert len(tap.read(10, 5)) == 0
    assert view.tap(ChannelKey("no", "such")) is None


def test_gaps_stay_gaps_and_seams_do_not_show(tmp_path):
    clock = ManualClock(T0_NS)
    writer = RecordWriter.create(tmp_path / "a.kap", Stamped(T0_NS, STARTED), clock)
    writer.put(Stamped(T0_NS, CHANNELS[1]))
    for at in range(40):  # the device is 0.2 % slow; after twenty slices ten seconds are missing
        t0_ns = T0_NS + round(at * 0.501 * SECOND) + (10 * SECOND if at >= 20 else 0)
        clock.move_to(t0_ns)
        writer.put(WaveSlice(t0_ns, 2, 500.0, np.full(250, at, np.int16)))
    writer.close()
    view = RecordView(tmp_path / "a.kap")
    for width in (40, 400, 4000, 30_000):
        columns = view.wave(ECG, T0_NS, T0_NS + 30 * SECOND, width)
        times = np.arange(width) / width * 30
        empty = np.isnan(columns.lo)
        assert empty[(times > 11.1) & (times < 18.9)].all()
        assert not empty[(times < 9.9) | ((times > 20.1) & (times < 29.0))].any()
    words = view.tap(ECG).read(0, 15_000)
    missing = np.flatnonzero(words == NO_SAMPLE)
    assert missing.min() >= 5000
    assert len(missing) == pytest.approx(5000, abs=30)
    assert np.all(np.diff(missing) == 1)
    view.close()


def test_roles_take_the_heart_rate_if_there_is_one(tmp_path):
    clock = ManualClock(T0_NS)
    writer = RecordWriter.create(tmp_path / "a.kap", Stamped(T0_NS, STARTED), clock)
    writer.put(Stamped(T0_NS, CHANNELS[3]))
    writer.put(Stamped(T0_NS, described(20, "MDC_ECG_HEART_RATE", "HR", 0.0, device="strap")))
    writer.put(NumericRow(T0_NS, 12, 60.0, Validity.VALID))
    writer.put(NumericRow(T0_NS, 20, 80.0, Validity.VALID))
    writer.close()
    view = RecordView(tmp_path / "a.kap")
    assert view.key_of(Role.HR) == ChannelKey("strap", "MDC_ECG_HEART_RATE")
    assert view.trend(Role.HR, T0_NS, T0_NS + SECOND, 1).lo.tolist() == [80.0]
    assert view.key_of(Role.SPO2) is None
    view.close()


def test_failed_and_impossible_cuffs(tmp_path):
    clock = ManualClock(T0_NS)
    writer = RecordWriter.create(tmp_path / "a.kap", Stamped(T0_NS, STARTED), clock)
    writer.put(Stamped(T0_NS, CHANNELS[4]))
    writer.put(Stamped(T0_NS, described(14, "MDC_PRESS_BLD_NONINV_DIA", "NIBP", 0.0, device="cuff")))
    writer.put(NumericRow(T0_NS + 1, 13, 80.0, Validity.VALID))
    writer.put(NumericRow(T0_NS + 1, 14, 120.0, Validity.VALID))
    writer.put(Stamped(T0_NS + 2, CuffEvent("cuff", "idle", "motion", 3)))
    writer.put(Stamped(T0_NS + 3, CuffEvent("cuff", "idle", "of another time", 4)))
    writer.put(Stamped(T0_NS + 4, CuffEvent("cuff", "measuring")))
    writer.close()
    view = RecordView(tmp_path / "a.kap")
    odd, motion, unknown = view.cuffs(T0_NS, T0_NS + SECOND)
    assert (odd.systolic, odd.diastolic) == (Absent(Validity.INVALID, 80.0), Absent(Validity.INVALID, 120.0))
    assert motion.failure is NibpFailure.MOTION
    assert unknown.failure is NibpFailure.UNKNOWN
    view.close()


def test_a_record_without_data_is_empty(tmp_path):
    writer, _ = begin(tmp_path / "a.kap")
    writer.close()
    view = RecordView(tmp_path / "a.kap")
    assert view.span() == (0, 0)
    assert np.isnan(view.wave(ECG, T0_NS, T0_NS + SECOND, 10).lo).all()
    assert (view.tap(ECG).read(0, 5) == NO_SAMPLE).all()
    assert view.cuffs(0, 2 * T0_NS) == ()
    assert view.numeric_before(view.key_of(Role.SPO2), T0_NS) is None
    view.close()


def test_what_is_no_record_is_not_shown(tmp_path):
    (tmp_path / "a.kap").write_bytes(b"nothing")
    with pytest.raises(RecordDamaged):
        RecordView(tmp_path / "a.kap")
