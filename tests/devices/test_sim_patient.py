"""The simulated patient: published responses, and waves that follow the numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.sim.patient import RESPONSES, Dose, Episode, Patient, Traits, curve
from devices.sim.scenario import SCENARIOS, IncidentKind, bedside, scenario
from devices.sim.waves import Rhythm, Waves
from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Route

STEADY = Traits(rises=(15, 10, 4), dips=False, anxiety=0)


@pytest.mark.parametrize("route", list(RESPONSES))
def test_rises_have_the_published_mean_and_spread(route):
    rises = np.array([Patient(seed, Traits(), (Dose(0, route),)).rises for seed in range(600)])
    usual = rises[rises[:, 0] < 60]
    expected = RESPONSES[route]
    for column, (mean, spread) in enumerate((expected.systolic, expected.diastolic, expected.pulse)):
        assert np.mean(usual[:, column]) == pytest.approx(mean, abs=0.15 * spread)
        assert np.std(usual[:, column]) == pytest.approx(spread, rel=0.12)


def test_one_session_in_fifty_passes_180():
    peaks = [p.traits.systolic + p.rises[0] for p in (Patient(s, Traits(), (Dose(0),)) for s in range(1000))]
    assert 8 <= sum(peak > 180 for peak in peaks) <= 40


def test_the_response_peaks_when_it_should_and_halves_when_it_should():
    for kind in RESPONSES.values():
        peak, half = kind.peak_min[0], kind.half_min
        minutes = np.arange(0, 240, 0.5)
        course = curve(minutes, peak, half)
        assert minutes[np.argmax(course)] == pytest.approx(peak, abs=0.5)
        assert curve(peak + half, peak, half) == pytest.approx(0.5)
        assert curve(-5, peak, half) == 0
        assert np.all(np.diff(course[minutes <= peak]) >= 0)


def test_a_second_dose_is_superposed():
    one = Patient(5, STEADY, (Dose(0),))
    other = Patient(5, STEADY, (Dose(1800),))
    both = Patient(5, STEADY, (Dose(0), Dose(1800)))
    t = np.arange(0, 7200, 60.0)
    assert both.response(t) == pytest.approx(one.response(t) + other.response(t))


@given(st.integers(0, 10_000), st.floats(0, 20_000), st.sampled_from(list(RESPONSES)))
def test_vitals_are_pure_and_plausible(seed, t_s, route):
    vitals = Patient(seed, None, (Dose(600, route),)).vitals(t_s)
    assert vitals == Patient(seed, None, (Dose(600, route),)).vitals(t_s)
    assert 38 <= vitals.pulse <= 190
    assert 60 <= vitals.spo2 <= 100
    assert 35 <= vitals.diastolic < vitals.systolic - 20
    assert vitals.diastolic < vitals.mean < vitals.systolic


def test_asking_for_many_times_at_once_gives_the_same_as_one_by_one():
    patient = Patient(11, None, (Dose(600),))
    times = np.array([0.0, 10.0, 700.5, 3600.0])
    assert patient.pulse(times) == pytest.approx([patient.vitals(t).pulse for t in times])
    assert patient.spo2(times) == pytest.approx([patient.vitals(t).spo2 for t in times])


def test_unease_settles_before_the_dose():
    patient = Patient(3, Traits(anxiety=1.2), (Dose(3600),))
    assert patient.vitals(0).pulse > patient.vitals(2400).pulse + 4
    assert patient.vitals(0).systolic > patient.vitals(2400).systolic + 2


def test_cuff_readings_are_within_four_of_the_truth_and_repeatable():
    patient = Patient(3, STEADY)
    for t in range(0, 600, 7):
        truth, (systolic, diastolic) = patient.vitals(t), patient.cuff_reading(t)
        assert abs(systolic - truth.systolic) <= 4.5
        assert abs(diastolic - truth.diastolic) <= 4.5
        assert (systolic, diastolic) == patient.cuff_reading(t)
    assert len({patient.cuff_reading(t)[0] - round(patient.vitals(t).systolic) for t in range(50)}) > 3


def test_an_episode_lowers_the_saturation_for_its_time_only():
    patient = Patient(3, STEADY, (), (Episode(600, 100, spo2=-12),))
    assert patient.vitals(600).spo2 < 88
    assert patient.vitals(500).spo2 > 96
    assert patient.vitals(700).spo2 > 96


@pytest.mark.parametrize("pulse", [50, 66, 110])
def test_the_wave_has_as_many_pulses_as_the_number_says(pulse):
    patient = Patient(9, Traits(pulse=pulse, rises=(0, 0, 0), anxiety=0))
    t = np.arange(300, 360, 1 / 75)
    wave = Waves(patient).pleth(t)
    smooth = np.convolve(wave, np.ones(5) / 5, "same")
    high = smooth > (smooth.min() + smooth.max()) * 0.62
    pulses = int(np.sum(high[1:] & ~high[:-1]))
    assert pulses == pytest.approx(float(np.mean(patient.pulse(t))), abs=2)
    assert wave.min() >= 0
    assert wave.max() <= 1


def test_beats_are_the_whole_numbers_of_the_count_and_the_shown_rate_is_theirs():
    rhythm = Rhythm(lambda t: np.full_like(t, 75.0))
    beats = rhythm.beats(10, 20)
    assert np.diff(beats) == pytest.approx(np.full(beats.size - 1, 0.8))
    assert rhythm.count(beats) == pytest.approx(np.rint(rhythm.count(beats)))
    assert rhythm.shown_rate(15.0) == pytest.approx(75)
    assert rhythm.shown_rate(0.0) == pytest.approx(75)
    assert float(rhythm.count(3600.0)) == pytest.approx(4500)


@pytest.mark.parametrize("seed", range(40))
def test_a_quiet_session_stays_far_from_every_limit(seed):
    patient = bedside("quiet", seed, 600, Route.IM).patient
    t = np.arange(0, 7200, 20.0)
    systolic, diastolic = patient.pressures(t)
    assert systolic.max() < 158
    assert diastolic.max() < 103
    assert patient.spo2(t).min() > 94
    rates = patient.pulse(t)
    assert rates.min() > 48
    assert rates.max() < 105


def test_the_hypertensive_session_passes_180_and_the_desaturation_88():
    t = np.arange(0, 4800, 10.0)
    assert bedside("hypertensive", 7, 600).patient.pressures(t)[0].max() > 184
    assert bedside("desaturation", 7, 600).patient.spo2(t).min() < 87


def test_incidents_are_moved_to_the_dose_and_concern_their_device():
    room = bedside("cable-pulled", 7, 1000)
    assert room.happening(IncidentKind.CABLE_OUT, 1610, "nonin")
    assert not room.happening(IncidentKind.CABLE_OUT, 1610, "suntech")
    assert not room.happening(IncidentKind.CABLE_OUT, 1590, "nonin")
    assert not room.happening(IncidentKind.CABLE_OUT, 1646, "nonin")


def test_scenarios_have_names_and_help_and_a_wrong_name_lists_them():
    assert next(iter(SCENARIOS)) == "quiet"
    assert all(one.help and one.name == name for name, one in SCENARIOS.items())
    with pytest.raises(ConfigError, match="hypertensive"):
        scenario("stormy")
