"""Finding out what is on a port: every simulated device on real ptys and sockets, and all that is none."""

import asyncio
import contextlib
import os
import random
import socket
import time

import pytest
import serial
from line_talk import DEVICES, S, carried, driver_of, specs
from searched_lines import Simulated, SpeedLine, search
from wire_parts import Pty, serial_threads, until

from devices import advice
from devices.diagnosis import Finding
from devices.protocol import SerialLink
from devices.search import Found, NotFound
from kapmonitor.errors import AddressError, LinkError
from kapmonitor.model import LinkProblem

pytestmark = [pytest.mark.realtime, pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")]
STREAMING = ("nonin?format=df2", "nonin?format=df1", "masimo", "ivy-450c", "contec?format=old", "nellcor")
OWN_CUFF = frozenset({"intellivue", "ge-dri", "ivy-450c"})
"""Monitors that measure by themselves now and then; no host can start their cuff."""


def only(*ids):
    return tuple(spec for spec in specs() if spec.id in ids)


def run(coroutine, limit_s=110):
    return asyncio.run(asyncio.wait_for(coroutine, limit_s))


def is_free(path):
    serial.Serial(path, exclusive=True).close()
    return True


LATE_S = 15.0
"""A busy computer may be so late; what hangs is later."""


async def found_at(name, port):
    async with Simulated(name, port).served() as device:
        result = await search(device.address).run()
        if port.startswith("pty"):
            serial.Serial(device.address, exclusive=True).close()
        return name, result, device


def check_all(results):
    for name, result, device in results:
        assert isinstance(result, Found), (name, result)
        assert result.spec.id == driver_of(name)
        assert result.device.address == device.address
        if name in STREAMING:
            assert device.asked == b"", name
        if driver_of(name) not in OWN_CUFF:
            assert device.inflated == 0.0, name
    by_name = {name: result for name, result, _ in results}
    assert by_name["dinamap?format=pro-1000"].device.option("format") == "pro-1000"


@pytest.mark.timeout(150)
def test_every_simulated_device_is_found_on_ptys_and_sockets_and_no_cuff_is_started(tmp_path):
    async def body():
        ptys = (found_at(name, f"pty:{tmp_path}/line{number}") for number, name in enumerate(DEVICES))
        results = await asyncio.gather(*ptys, *(found_at(name, "tcp:0") for name in DEVICES))
        await until(lambda: not serial_threads())
        return results

    check_all(run(body(), 140))


@pytest.fixture
def quick(monkeypatch):
    """Shorter waits, where it is not the times that are tested."""
    for name, value_s in (("LISTEN_S", 0.2), ("ANSWER_S", 0.3), ("ASK_S", 0.5)):
        monkeypatch.setattr(f"devices.lineplan.{name}", value_s)
    for name, value_s in (("NOISE_S", 0.7), ("FEW_NOISE_S", 1.2), ("SIGNS_S", 4.0)):
        monkeypatch.setattr(f"devices.search.{name}", value_s)


@pytest.mark.usefixtures("quick")
def test_listening_comes_before_any_question_and_all_of_it_is_told():
    async def body():
        line, told = Pty(), []
        try:
            some = only("suntech", "maibobo", "par-nibp2020")
            began_s = time.monotonic()
            looking = search(line.path, some, told.append)
            result = await looking.run()
            assert time.monotonic() - began_s < looking.most_s + LATE_S
            assert isinstance(result, NotFound)
            assert result.diagnosis.finding is Finding.SILENT
            assert result.diagnosis.asked
            texts = [step.text for step in told]
            listening = [text.startswith("listening at ") for text in texts]
            assert listening == sorted(listening, reverse=True)
            assert {"listening at 9600 8N1", "listening at 4800 8N1"} <= set(texts)
            assert any("SunTech" in text and text.endswith("at 9600 8N1") for text in texts)
            assert [step.elapsed_s for step in told] == sorted(step.elapsed_s for step in told)
            assert {step.most_s for step in told} == {looking.most_s}
            asked = line.read(4000)
            assert asked
            assert is_free(line.path)
        finally:
            line.close()

    run(body())


@pytest.mark.usefixtures("quick")
def test_a_stream_nobody_knows_is_never_asked_anything():
    async def body():
        line, rng, told = Pty(), random.Random(8), []
        os.set_blocking(line.master, False)

        async def chatter():
            while True:
                line.send(rng.randbytes(60))
                await asyncio.sleep(0.05)

        task = asyncio.ensure_future(chatter())
        try:
            result = await search(line.path, only("suntech", "nonin", "contec", "ge-dri"), told.append).run()
        finally:
            task.cancel()
        assert isinstance(result, NotFound)
        assert result.diagnosis.finding is Finding.UNKNOWN
        said = advice.sentences(result.diagnosis, {})
        assert "speed" in said
        assert "parity" in said
        assert all(step.text.startswith("listening") for step in told)
        with pytest.raises(BlockingIOError):
            line.read()
        line.close()

    run(body())


@pytest.mark.usefixtures("quick")
def test_a_stream_on_the_network_that_nobody_knows_is_never_asked_anything():
    async def body():
        rng, heard = random.Random(9), []

        async def serve(reader, writer):
            with contextlib.suppress(ConnectionError):
                while not reader.at_eof():
                    writer.write(rng.randbytes(60))
                    await writer.drain()
                    with contextlib.suppress(TimeoutError):
                        heard.append(await asyncio.wait_for(reader.read(100), 0.05))
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        result = await search(f"socket://127.0.0.1:{port}", only("suntech", "contec")).run()
        server.close()
        assert isinstance(result, NotFound)
        assert result.diagnosis.finding is Finding.UNKNOWN
        assert b"".join(heard) == b""

    run(body())


def test_a_device_at_the_wrong_speed_is_told_and_not_guessed(tmp_path):
    async def body():
        device = Simulated("ivy-450c", f"pty:{tmp_path}/line", "wrong-speed")
        async with device.served():
            result = await search(device.address, only("ivy-450c", "nonin")).run()
        assert isinstance(result, NotFound)
        assert advice.PROBLEMS[result.diagnosis.finding] is LinkProblem.GARBLED

    run(body())


def stream(name, seconds=20.0):
    chunks = carried(name, seconds)
    return [(t_ns / S - 1830.0, data) for t_ns, data in chunks]


def test_a_device_set_to_a_speed_of_no_driver_is_found_at_that_speed():
    async def body():
        far = SpeedLine(stream("nonin?format=df2"), SerialLink(38400))
        result = await search("/dev/none", make_link=far.make_link).run()
        assert isinstance(result, Found)
        assert str(result.device) == "nonin@/dev/none?baud=38400"
        # First as everywhere, then at the fastest, which shows the speed; then there.
        assert [line.baud for line in far.opened][-1] == 38400
        assert len(far.opened) <= 4
        assert far.written == []
        assert far.held == 0

    run(body())


def test_a_device_is_found_at_another_of_its_drivers_settings():
    async def body():
        old = SerialLink(19200, parity="O")
        far = SpeedLine(stream("contec?format=old"), old)
        result = await search("/dev/none", make_link=far.make_link).run()
        assert isinstance(result, Found)
        assert str(result.device) == "contec@/dev/none?baud=19200&parity=O"
        assert result.line.parity == "O"

    run(body())


@pytest.mark.usefixtures("quick")
def test_text_with_a_parity_bit_is_diagnosed():
    async def body():
        far = SpeedLine(stream("masimo"), SerialLink(9600, bytesize=7, parity="E"))
        result = await search("/dev/none", only("masimo", "nellcor"), make_link=far.make_link).run()
        assert isinstance(result, NotFound)
        assert result.diagnosis.fits == (SerialLink(9600, bytesize=7, parity="E"),)

    run(body())


def test_given_settings_are_the_only_ones_and_lead_to_the_device():
    async def body():
        far = SpeedLine(stream("masimo"), SerialLink(9600, bytesize=7, parity="E"))
        where = "auto@/dev/none?bytesize=7&parity=E&baud=9600"
        result = await search(where, make_link=far.make_link).run()
        assert str(result.device) == "masimo@/dev/none?bytesize=7&parity=E"
        assert {(line.baud, line.bytesize, line.parity) for line in far.opened} == {(9600, 7, "E")}

    run(body())


@pytest.mark.usefixtures("quick")
def test_settings_that_a_port_refuses_are_passed_over():
    async def body():
        far = SpeedLine(stream("masimo"), SerialLink(9600), refuse=(115200,))
        some = only("contec", "masimo")
        result = await search("/dev/none", some, first=("contec",), make_link=far.make_link).run()
        assert result.spec.id == "masimo"
        none = SpeedLine([], SerialLink(9600), refuse=(115200, 9600, 19200))
        with pytest.raises(LinkError, match="cannot be set"):
            await search("/dev/none", some, make_link=none.make_link).run()

    run(body())


@pytest.mark.usefixtures("quick")
def test_likely_drivers_are_listened_to_and_asked_first():
    async def body():
        far, told = SpeedLine([], SerialLink(300)), []
        looking = search(
            "/dev/none", only("suntech", "ge-dri", "par-nibp2020"), told.append,
            first=("par-nibp2020",), make_link=far.make_link,
        )  # fmt: skip
        await looking.run()
        texts = [step.text for step in told]
        assert texts[0] == "listening at 4800 8N1"
        assert "PAR" in next(text for text in texts if text.startswith("asking"))
        assert {line.rtscts for line in far.opened} == {True, False}

    run(body())


@pytest.mark.usefixtures("quick")
def test_what_only_comes_back_is_an_echo():
    async def body():
        far = SpeedLine([], SerialLink(115200), answer=lambda data: data)
        result = await search("/dev/none", only("intellivue"), make_link=far.make_link).run()
        assert isinstance(result, NotFound)
        assert result.diagnosis.finding is Finding.ECHO

    run(body())


@pytest.mark.usefixtures("quick")
def test_more_than_one_driver_is_told_and_none_is_chosen():
    from dataclasses import replace

    async def body():
        twin = replace(only("masimo")[0], id="masimo-twin")
        far = SpeedLine(stream("masimo"), SerialLink(9600))
        result = await search("/dev/none", (*only("masimo"), twin), make_link=far.make_link).run()
        assert isinstance(result, NotFound)
        assert result.diagnosis.finding is Finding.SEVERAL
        assert set(result.diagnosis.drivers) == {"masimo", "masimo-twin"}
        assert far.written == []

    run(body())


def test_a_search_ends_when_its_time_is_over_with_what_it_knows(monkeypatch):
    monkeypatch.setattr("devices.search.EXTRA_S", -3.0)

    async def body():
        line = Pty()
        try:
            looking = search(line.path, only("suntech"))
            assert 0 < looking.most_s < 2
            began_s = time.monotonic()
            result = await looking.run()
            assert time.monotonic() - began_s < looking.most_s + LATE_S
            assert result.diagnosis.finding is Finding.SILENT
            assert is_free(line.path)
        finally:
            line.close()

    run(body())


@pytest.mark.parametrize("after_s", [0.0, 0.001, 0.02, 0.3, 1.2, 3.0, 4.5])
def test_a_search_can_be_given_up_at_any_time_and_lets_go_of_the_port(after_s):
    async def body():
        line = Pty()
        try:
            task = asyncio.ensure_future(search(line.path, only("suntech", "masimo", "intellivue")).run())
            await asyncio.sleep(after_s)
            began_s = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - began_s < LATE_S
            await until(lambda: not serial_threads())
            assert is_free(line.path)
        finally:
            line.close()

    run(body())


def test_a_port_that_is_missing_or_in_use_says_so():
    async def body():
        with pytest.raises(LinkError) as missing:
            await search("/dev/kapmonitor-none").run()
        assert missing.value.problem == LinkProblem.NOT_FOUND
        line = Pty()
        held = serial.Serial(line.path, exclusive=True)
        try:
            with pytest.raises(LinkError) as busy:
                await search(line.path).run()
            assert busy.value.problem == LinkProblem.BUSY
        finally:
            held.close()
            line.close()

    run(body())


def test_a_port_that_is_pulled_out_ends_the_search():
    async def body():
        line = Pty()
        task = asyncio.ensure_future(search(line.path).run())
        await asyncio.sleep(0.5)
        line.unplug()
        with pytest.raises(LinkError) as lost:
            await task
        assert lost.value.problem in {LinkProblem.LOST, LinkProblem.NOT_FOUND}
        await until(lambda: not serial_threads())

    run(body())


def test_a_network_place_that_hangs_up_ends_the_search():
    async def body():
        with socket.create_server(("127.0.0.1", 0)) as server:
            task = asyncio.ensure_future(search(f"socket://127.0.0.1:{server.getsockname()[1]}").run())
            far, _ = await asyncio.to_thread(server.accept)
            far.close()
            with pytest.raises(LinkError):
                await task

    run(body())


def test_places_that_cannot_be_searched_are_refused_in_words():
    for text, word in (
        ("auto@AA:BB:CC:DD:EE:FF", "only serial ports"),
        ("auto@/dev/x?nonsense=1", "nonsense"),
        ("auto@/dev/x?baud=fast", "baud"),
    ):
        with pytest.raises(AddressError, match=word):
            search(text)
    with pytest.raises(AddressError, match="no serial driver"):
        search("/dev/x", [spec for spec in specs() if spec.id == "none"] or [specs_of_radio()])


def specs_of_radio():
    from devices.registry import load

    return load().get("ble-heart-rate")
