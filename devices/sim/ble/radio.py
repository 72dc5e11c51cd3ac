"""A room's air and the controllers in it, built on bumble's virtual ones.

bumble's classes are extended where they fall short of a real radio: a connection attempt can be called off,
a device can leave the room so that both ends notice only by supervision timeout, and data carries the address
the connection was made with. They are extended by inheritance, as bumble offers no other way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from bumble import hci, ll
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from bumble.link import LocalLink
from bumble.transport.common import TransportSink, TransportSource

SUPERVISION_S: Final = 0.72
"""How long a link waits for a peer that has gone, before both ends are told."""
CONNECTION_TIMEOUT: Final = 0x08
"""The reason then given."""

# What bumble says of lost peers and late packets is daily life in an emulated room.
logging.getLogger("bumble").setLevel(logging.CRITICAL)


class Air(LocalLink):  # type: ignore[misc]
    """The link between controllers; some may be out of range."""

    def __init__(self) -> None:
        super().__init__()
        self.out_of_range: set[Controller] = set()

    def send_acl_data(
        self, sender: Controller, destination: Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        """Deliver between two that reach each other, under the address their connection was made with."""
        receiver = self.find_le_controller(destination)
        if receiver is None or {sender, receiver} & self.out_of_range:
            return
        connection = sender.le_connections.get(destination)
        source = connection.self_address if connection else sender.random_address
        self._soon(receiver.on_link_acl_data, source, transport, data)

    def send_advertising_pdu(self, sender: Controller, packet: ll.AdvertisingPdu) -> None:
        """To everyone in range."""
        if sender not in self.out_of_range:
            for controller in self.controllers - self.out_of_range - {sender}:
                self._soon(controller.on_ll_advertising_pdu, packet)

    def send_ll_control_pdu(
        self, sender_address: Address, receiver_address: Address, packet: ll.ControlPdu
    ) -> None:
        """To a peer in range; for one that has gone, the packet is lost like any other."""
        ends = {self.find_le_controller(sender_address), self.find_le_controller(receiver_address)}
        if None not in ends and not ends & self.out_of_range:
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def _soon(self, call: Callable[..., None], *arguments: object) -> None:
        asyncio.get_running_loop().call_soon(call, *arguments)


class EmulatedController(Controller):  # type: ignore[misc]
    """A controller that can call off a connection attempt, leave the room and come back."""

    pending_le_connection: (
        hci.HCI_LE_Create_Connection_Command | hci.HCI_LE_Extended_Create_Connection_Command | None
    )

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """End the pending attempt and tell the host so, as a real controller does."""
        pending = self.pending_le_connection
        self.pending_le_connection = None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        called_off = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, called_off)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_le_disconnected(self, connection: Connection, reason: int) -> None:
        """Once for each connection, even if both ends hang up at the same time."""
        if self.le_connections.get(connection.peer_address) is connection:
            super().on_le_disconnected(connection, reason)

    def vanish(self) -> None:
        """Leave the room: nothing goes in or out, and every link dies of it after SUPERVISION_S."""
        self.link.out_of_range.add(self)
        loop = asyncio.get_running_loop()
        for controller, connection in self._links():
            loop.call_later(SUPERVISION_S, controller.on_le_disconnected, connection, CONNECTION_TIMEOUT)

    def reappear(self) -> None:
        """Come back into the room."""
        self.link.out_of_range.discard(self)

    def leave(self) -> None:
        """Leave for good: the peers are told, and the air forgets this controller."""
        for controller, connection in self._links():
            if controller is not self:
                controller.on_le_disconnected(connection, CONNECTION_TIMEOUT)
        self.le_connections.clear()
        self.link.out_of_range.discard(self)
        self.link.remove_controller(self)

    def _links(self) -> list[tuple[Controller, Connection]]:
        """Both ends of every connection of this controller."""
        mine = (self.random_address, self.public_address)
        return [
            (controller, connection)
            for controller in self.link.controllers
            for connection in list(controller.le_connections.values())
            if controller is self or connection.peer_address in mine
        ]


def host_on(source: TransportSource, sink: TransportSink, address: str, name: str) -> Device:
    """A bumble host, not yet powered on; source and sink are a controller or the ends of an HCI line."""
    config = DeviceConfiguration(
        name=name, address=Address(address), advertising_interval_min=30, advertising_interval_max=30
    )
    return Device.from_config_with_hci(config, source, sink)
