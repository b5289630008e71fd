"""opentrack: the head for games and flight simulators."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge, Le

from avatar_driver.frame import Frame
from avatar_driver.protocols.opentrack import Encoder
from avatar_driver.sinks._udp import Udp, UdpSink

__all__ = ["Opentrack"]


class Opentrack(UdpSink):
    """Sends the head's place and turn to opentrack's input "UDP over network"; the face is not sent.

    Without a face the head eases to rest with the rest of the avatar, or stays where it was when no stage eases it.

    Args:
        host: name or address of the computer that runs opentrack.
        port: UDP port of opentrack's input.
        x_scale: what moving to the side is multiplied with; negative turns it round.
        y_scale: the same for moving up and down.
        z_scale: the same for moving near and far.
        yaw_scale: the same for turning.
        pitch_scale: the same for nodding.
        roll_scale: the same for tilting.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(1), Le(65_535)] = 4242,
        x_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        y_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        z_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        yaw_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        pitch_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        roll_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
    ) -> None:
        self._encoder = Encoder((x_scale, y_scale, z_scale, yaw_scale, pitch_scale, roll_scale))
        self._udp = Udp(host, port)

    def _packets(self, frame: Frame) -> Sequence[bytes]:
        return self._encoder.packets(frame)
