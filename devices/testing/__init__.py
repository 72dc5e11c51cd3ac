"""The conformance kit: what every driver must hold, for the authors of drivers to run in their own tests.

    from devices.testing import Heard, Sample, Sent, Tells, check_dialogue, check_driver

    check_driver(DRIVER, [Sample("three frames", bytes.fromhex("..."))])
    check_dialogue(DRIVER, [Sent(b"?"), Heard(b"SPO2=97"), Tells({"kind": "numeric", "value": 97.0})])

A Sample is a stretch of well-formed traffic of a device that talks by itself, best a few seconds of it; a
Talk is what a device said at which times, which converse() takes down between a driver and a simulated
device; a GattSample is what a Bluetooth device notified. ConformanceError names the rule that was broken.
docs/adding-a-driver.md shows all of it at work. Nothing here needs pytest.
"""

from devices.testing.commands import check_commands as check_commands
from devices.testing.dialogue import Heard as Heard
from devices.testing.dialogue import Sent as Sent
from devices.testing.dialogue import Starts as Starts
from devices.testing.dialogue import Step as Step
from devices.testing.dialogue import Stops as Stops
from devices.testing.dialogue import Tells as Tells
from devices.testing.dialogue import Waits as Waits
from devices.testing.dialogue import check_dialogue as check_dialogue
from devices.testing.endure import check_deadlines as check_deadlines
from devices.testing.endure import check_garbage as check_garbage
from devices.testing.gatt import check_gatt_garbage as check_gatt_garbage
from devices.testing.gatt import check_gatt_sample as check_gatt_sample
from devices.testing.kit import GARBAGE_BYTES as GARBAGE_BYTES
from devices.testing.kit import check_driver as check_driver
from devices.testing.parts import MOST_HELD_BYTES as MOST_HELD_BYTES
from devices.testing.parts import ConformanceError as ConformanceError
from devices.testing.parts import GattSample as GattSample
from devices.testing.parts import Sample as Sample
from devices.testing.parts import Talk as Talk
from devices.testing.parts import defaults as defaults
from devices.testing.play import GattPeer as GattPeer
from devices.testing.play import Peer as Peer
from devices.testing.play import converse as converse
from devices.testing.play import converse_gatt as converse_gatt
from devices.testing.spec import check_spec as check_spec
from devices.testing.wire import check_cuts as check_cuts
from devices.testing.wire import check_noise as check_noise
from devices.testing.wire import check_reopening as check_reopening
from devices.testing.wire import check_truncation as check_truncation
from devices.testing.wire import run as run
