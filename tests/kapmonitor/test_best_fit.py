"""Which driver is offered for what advertises."""

import pytest
from drivers import load

from kapmonitor.advertised import best_fit, in_range
from kapmonitor.lookout import Advert
from kapmonitor.nearby import NearbyState

SPECS = load().specs
BASE = "-0000-1000-8000-00805f9b34fb"
HEART_RATE, PRESSURE, OXIMETER = (f"0000{short}{BASE}" for short in ("180d", "1810", "1822"))
OMRON = 0x020E


def advert(name="", *services, makers=()):
    return Advert("", "AA:BB:CC:DD:EE:FF", name, services, -60, tuple(makers))


@pytest.mark.parametrize(
    ("said", "driver"),
    [
        (advert("", HEART_RATE), "ble-heart-rate"),
        (advert("Polar H10 12345678", HEART_RATE), "ble-polar-ecg"),
        (advert("", PRESSURE), "ble-blood-pressure"),
        (advert("A&D_UA-651BLE_123456", PRESSURE), "ble-blood-pressure"),
        (advert("Nonin3230_502644", OXIMETER), "ble-nonin"),
        (advert("Nonin3230_502644"), "ble-nonin"),
        (advert("", OXIMETER), "ble-pulse-oximeter"),
        (advert("O2Ring 0001"), "ble-viatom"),
        (advert("", makers=((OMRON, b""),)), "ble-blood-pressure"),
        (advert("TV in the next room"), None),
        (advert(), None),
    ],
)
def test_the_driver_that_knows_a_name_goes_before_the_one_for_its_kind(said, driver):
    found = best_fit(SPECS, said)
    assert (found.id if found is not None else None) == driver


def test_a_device_that_cannot_be_used_is_told_so_before_it_is_connected():
    said = advert("BLESmart_0000", PRESSURE, makers=((OMRON, bytes.fromhex("0101d00264110011")),))
    row = in_range("k", said, best_fit(SPECS, said))
    assert row.state is NearbyState.TROUBLE
    assert row.detail
    fine = advert("BLESmart_0000", PRESSURE, makers=((OMRON, bytes.fromhex("0121d00264110011")),))
    assert in_range("k", fine, best_fit(SPECS, fine)).state is NearbyState.IN_RANGE


def test_how_to_pair_it_is_said():
    said = advert("A&D_UA-651BLE_123456", PRESSURE)
    assert in_range("k", said, best_fit(SPECS, said)).detail
