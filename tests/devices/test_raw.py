"""The stand-in for a driver: every byte, no value, live while bytes come, and only where it is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.linkwatch import Limits, LinkWatch
from devices.protocol import WireProtocol
from devices.raw import RAW, with_raw
from devices.registry import load
from kapmonitor.errors import DriverLoadError
from kapmonitor.model import DeviceAlert, LinkState

S = 1_000_000_000


@given(st.lists(st.binary(min_size=1)))
def test_bytes_become_no_value_and_nothing_is_sent(pieces):
    protocol = RAW.protocol({})
    assert isinstance(protocol, WireProtocol)
    protocol.opened(0)
    for t_ns, piece in enumerate(pieces):
        for event in protocol.receive(piece, t_ns):
            assert isinstance(event, DeviceAlert)
            assert not event.present
        assert protocol.data_to_send() == b""
        assert protocol.deadline_ns is None
    assert protocol.closed(9) == []


def test_the_link_is_live_while_bytes_come_and_after_a_silence_again():
    protocol, watch = RAW.protocol({}), LinkWatch(Limits(3 * S), Limits(3 * S))
    watch.opened(0)
    for t_ns in (S, 2 * S, 9 * S):
        watch.check(t_ns)
        watch.heard(t_ns, len(protocol.receive(b"\x00", t_ns)), 0)
        assert watch.state is LinkState.LIVE
    watch.check(13 * S)
    assert watch.state is LinkState.STALE


def test_it_is_found_by_its_name_alone():
    registry = load()
    with pytest.raises(DriverLoadError):
        registry.get("raw")
    assert with_raw(registry).get("raw") is RAW
    assert with_raw(registry).specs == registry.specs
