"""The simulated oximeter, against frames written by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.sim.nonin import FORMATS, Finger, Nonin, ascii_line, df1
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind

S = 1_000_000_000
TRAITS = Traits(pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)


def oximeter(form="df2", *incidents, traits=TRAITS, same_arm=False):
    return Nonin(Bedside(Patient(4, traits), incidents, same_arm=same_arm), form)


def minutes(sim, t0_s, t1_s):
    sim.advance(int(t0_s * S))
    return sim.advance(int(t1_s * S))


def frames(data):
    return np.frombuffer(data, np.uint8).reshape(-1, 5)


def slow(data, frame):
    """The slow value of one frame number, counted from 1, in each burst."""
    return frames(data)[:, 3].reshape(-1, 25)[:, frame - 1]


def test_hand_written_df1_and_ascii():
    assert df1(Finger(72, 97)).hex() == "804861"
    assert df1(Finger(145, 95)).hex() == "81115f"
    assert df1(Finger(None, None, disconnected=True, lost=True)).hex() == "c37f7f"
    assert ascii_line(Finger(72, 97)) == b"SPO2=097 HR=072\r\n"
    assert ascii_line(Finger(None, None)) == b"SPO2=--- HR=---\r\n"


def test_df2_is_75_frames_a_second_in_bursts_with_sync_and_sums():
    sim = oximeter()
    sim.advance(0)
    bursts = [sim.advance(t * S // 12) for t in range(1, 25)]
    sizes = [len(burst) for burst in bursts if burst]
    assert sizes == [125] * 6
    all_frames = frames(b"".join(bursts))
    assert len(all_frames) == 150
    assert (all_frames[:, 0] == 1).all()
    assert (all_frames[:, 4] == all_frames[:, :4].sum(axis=1) % 256).all()
    assert [i for i, f in enumerate(all_frames) if f[1] & 1] == [0, 25, 50, 75, 100, 125]
    assert set(all_frames[:, 1] & 0xFE) == {0x82}


def test_df2_slow_values():
    data = minutes(
        oximeter(traits=Traits(pulse=145, spo2=95, rises=(0, 0, 0), anxiety=0, dips=False)), 60, 61
    )
    for high, low in ((1, 2), (14, 15), (20, 21), (22, 23)):
        rate = (slow(data, high) & 3).astype(int) * 128 + (slow(data, low) & 127)
        assert rate == pytest.approx([145] * 3, abs=8)
    for frame in (3, 9, 10, 11, 16, 17):
        assert slow(data, frame) == pytest.approx([95] * 3, abs=2)


def test_the_pleth_moves_and_beats_at_the_rate_shown():
    data = minutes(oximeter(), 60, 120)
    wave = frames(data)[:, 2].astype(float)
    high = np.convolve(wave, np.ones(5) / 5, "same") > (wave.min() + wave.max()) * 0.62
    assert int(np.sum(high[1:] & ~high[:-1])) == pytest.approx(72, abs=4)
    assert wave.max() - wave.min() > 120


def test_df7_carries_sixteen_bits_and_the_same_wave():
    two = frames(minutes(oximeter("df2"), 60, 62))[:, 2].astype(float)
    seven = frames(minutes(oximeter("df7"), 60, 62)).astype(float)
    assert seven.shape == (150, 5)
    assert (seven[:, 0] >= 128).all()
    assert (seven[:, 1] * 256 + seven[:, 2]) / 65535 == pytest.approx(two / 255, abs=0.003)


def test_sensor_off_has_no_numbers_and_repeats_the_last_sample():
    data = minutes(oximeter("df2", Incident(IncidentKind.SENSOR_OFF, 60, 30)), 58, 70)
    off = frames(data)[3 * 25 * 3 :]
    assert set(off[:, 1] & 0xFE) == {0xC8}
    assert len(set(off[:, 2])) == 1
    late = off.tobytes()
    assert set(slow(late, 1)) == {3}
    assert set(slow(late, 2)) == {127}
    assert set(slow(late, 3)) == {127}


def test_a_finger_that_slips_out_leaves_the_sensor_connected():
    data = minutes(oximeter("df2", Incident(IncidentKind.FINGER_OFF, 60, 30)), 62, 70)
    assert set(frames(data)[:, 1] & 0xF8) == {0x90}
    assert set(slow(data, 3)) == {127}


def test_a_cuff_on_the_same_arm_takes_the_pulse_away_while_it_is_tight():
    for same_arm in (True, False):
        sim = oximeter(same_arm=same_arm)
        sim.advance(60 * S)
        sim._bedside.cuff_mmhg = 150.0
        tight = frames(sim.advance(61 * S))
        assert bool((tight[:, 1] & 16).any()) is same_arm
        sim.advance(66 * S)
        gone = sim.advance(67 * S)
        assert (set(slow(gone, 3)) == {127}) is same_arm
        sim._bedside.cuff_mmhg = 0.0
        sim.advance(68 * S)
        assert not (frames(sim.advance(70 * S))[:, 1] & 16).any()


@pytest.mark.parametrize("form", FORMATS)
@given(cuts=st.lists(st.integers(0, 6 * S), min_size=1, max_size=12))
def test_the_bytes_do_not_depend_on_how_often_it_is_asked(form, cuts):
    whole, parts = oximeter(form), oximeter(form)
    whole.advance(60 * S)
    parts.advance(60 * S)
    cut = b"".join(parts.advance(60 * S + t) for t in sorted(cuts))
    assert whole.advance(60 * S + max(cuts)) == cut


def test_one_message_a_second_in_the_slow_formats():
    assert len(minutes(oximeter("df1"), 60, 70)) == 30
    assert minutes(oximeter("ascii"), 60, 70).count(b"\r\n") == 10


def test_an_unknown_format_says_what_there_is():
    with pytest.raises(ValueError, match="df2, df7, df1, ascii"):
        oximeter("df13")
