"""iFacialMocap and Facemotion3d: receivers that expect one of these iPhone apps."""

import errno
import logging
from typing import Annotated, Any, Final

from annotated_types import Ge, Le

from avatar_driver.errors import DecodeError, SinkError
from avatar_driver.frame import Frame
from avatar_driver.protocols.ifacialmocap import DISTANCE, Encoder, Format, requested
from avatar_driver.sinks._udp import Udp

__all__ = ["IFacialMocap"]

_log: Final = logging.getLogger(__name__)


class IFacialMocap:
    """Sends the face as the iPhone app iFacialMocap or Facemotion3d does.

    Either to a fixed receiver, or, with `listen`, as the phone: to whoever asked last, until it asks for an end.
    A receiver on this same computer needs the port itself: leave `listen` off for it.

    Args:
        host: name or address of the computer with the receiver; not used with `listen`.
        port: UDP port the receiver listens on.
        format: `v1` or `v2` of iFacialMocap, or `facemotion3d`. With `listen` the receiver's request says which.
        listen: wait for a receiver to ask, as the phone does. Give the receiver this computer's address as the phone's.
        listen_host: this computer's address to listen on; `0.0.0.0` to be asked by other computers. Anyone who can
            reach it can have the face.
        listen_port: UDP port to be asked on: 49983 by receivers of iFacialMocap, 49993 by those of Facemotion3d.
        head_pitch_scale: what the head's nodding is multiplied with; negative turns it the other way.
        head_yaw_scale: the same for turning.
        head_roll_scale: the same for tilting.
        position_scale: the same for the head's movement from its place; 0 keeps it there.
        distance: how far from the phone the calibrated head is said to rest, in metres.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.
        repeat_first: send the first weight, of the left lid, twice. VRCFaceTracking's module passes over the first.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(1), Le(65_535)] = 49_983,
        format: Format = "v1",
        listen: bool = False,
        listen_host: str = "127.0.0.1",
        listen_port: Annotated[int, Ge(1), Le(65_535)] = 49_983,
        head_pitch_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        head_yaw_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        head_roll_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        position_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        distance: Annotated[float, Ge(0), Le(10)] = DISTANCE,
        eye_yaw_degrees: Annotated[float, Ge(-90), Le(90)] = 33.0,
        eye_pitch_degrees: Annotated[float, Ge(-90), Le(90)] = 35.0,
        repeat_first: bool = False,
    ) -> None:
        self._encoder = Encoder(
            format,
            head_pitch_scale=head_pitch_scale,
            head_yaw_scale=head_yaw_scale,
            head_roll_scale=head_roll_scale,
            position_scale=position_scale,
            distance=distance,
            eye_yaw_degrees=eye_yaw_degrees,
            eye_pitch_degrees=eye_pitch_degrees,
            repeat_first=repeat_first,
        )
        self._listens = listen
        self._port = port
        self._listen_port = listen_port
        self._udp = Udp(listen_host, listen_port) if listen else Udp(host, port)
        self._asker: Any = None  # the address that asked last
        self._refused = 0

    async def open(self) -> None:
        """Resolves the host and makes the socket.

        Raises:
            SinkError: the host does not exist, or with `listen` the port is taken or the address not this computer's.
            OSError: the system refused.
        """
        try:
            await self._udp.open(listen=self._listens)
        except OSError as error:
            if sentence := self._explained(error):
                raise SinkError(sentence) from error
            raise

    async def send(self, frame: Frame) -> None:
        """Sends the frame to the receiver, or with `listen` to the one that asked last, if one did.

        Raises:
            OSError: there is no way to the host.
        """
        if not self._listens:
            self._udp.send(self._encoder.packets(frame))
            return
        for datagram, address in self._udp.received():
            self._heard(datagram, address)
        if self._asker is not None:
            self._udp.send(self._encoder.packets(frame), to=self._asker)

    async def close(self) -> None:
        """Closes the socket."""
        self._udp.close()
        self._asker = None

    def describe(self) -> str:
        """Where it sends, or where it waits to be asked."""
        if not self._listens:
            return self._udp.describe()
        to = "nobody asked yet" if self._asker is None else f"to {self._asker[0]}:{self._port}"
        refused = f", {self._refused} unknown packets" if self._refused else ""
        return f"asked on {self._udp.describe()}, {to}{refused}"

    def _heard(self, datagram: bytes, address: Any) -> None:
        # The phone answers to the sender's computer, on the port of the stream, whichever port the question came from.
        asker = (address[0], self._port, *address[2:])
        try:
            wanted = requested(datagram)
        except DecodeError as error:
            self._refused += 1
            if self._refused == 1:
                _log.warning("ifacialmocap: %s:%d: %s; such packets are counted, not answered", *address[:2], error)
            return
        if wanted is not None:
            self._encoder.format = wanted
            self._asker = asker
        elif asker == self._asker:
            self._asker = None

    def _explained(self, error: OSError) -> str | None:
        """What to change; None when nothing here would help."""
        where = f"ifacialmocap on UDP {self._udp.describe()}"
        another = f"set another port, as in 'listen_port: {self._listen_port % 65_535 + 1}'"
        if error.errno == errno.EADDRINUSE:
            return (
                f"{where}: something else uses that port, perhaps the receiver itself; leave 'listen' off to send to a "
                f"receiver on this computer, or {another}"
            )
        if error.errno == errno.EADDRNOTAVAIL:
            return f"{where}: this computer does not have that address; set 'listen_host: 0.0.0.0'"
        if isinstance(error, PermissionError) and self._listens:
            return f"{where}: this user may not open that port; use 'listen_port: 49983'"
        return None
