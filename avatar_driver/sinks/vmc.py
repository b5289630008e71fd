"""VMC: the protocol of VSeeFace, VMagicMirror, VNyan, Warudo, VirtualMotionCapture and many receivers in engines."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge, Le

from avatar_driver.frame import Frame
from avatar_driver.protocols.vmc import Case, Encoder
from avatar_driver.retarget import RetargetMap
from avatar_driver.sinks._udp import Udp, UdpSink

__all__ = ["Vmc"]


class Vmc(UdpSink):
    """Sends blend shapes and the head over the VMC protocol, every frame whole.

    Without a face it goes on sending, with the tracking status "bad": receivers take a silent sender for dead.

    Args:
        host: name or address of the computer with the avatar.
        port: UDP port the avatar's program listens on; it shows it in its settings.
        map: the map to the model's blend shapes.
        case: how ARKit's names are written: `map` as the map has them, `pascal` JawOpen, `camel` jawOpen, or `both`.
        head: send the head's rotation as the bone `Head`.
        head_position: add the head's movement to the bone's position.
        head_offset_x: where the model's head rests, in metres from its parent bone, to the model's right. Leave it at 0
            and switch off bone positions in the receiver, or the head sinks into the neck.
        head_offset_y: the same, upwards.
        head_offset_z: the same, forwards.
        eyes: send gaze as the bones `LeftEye` and `RightEye`. Off, because many models already turn their eyes by the
            blend shapes for looking; both together look too far.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.

    Raises:
        TypeError: `map` is not a map.
        ValueError: the map has a name that cannot be sent.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(1), Le(65_535)] = 39_539,
        map: RetargetMap | str = "perfect_sync",
        case: Case = "map",
        head: bool = True,
        head_position: bool = False,
        head_offset_x: Annotated[float, Ge(-1), Le(1)] = 0.0,
        head_offset_y: Annotated[float, Ge(-1), Le(1)] = 0.0,
        head_offset_z: Annotated[float, Ge(-1), Le(1)] = 0.0,
        eyes: bool = False,
        eye_yaw_degrees: Annotated[float, Ge(-90), Le(90)] = 33.0,
        eye_pitch_degrees: Annotated[float, Ge(-90), Le(90)] = 35.0,
    ) -> None:
        if isinstance(map, str):
            raise TypeError(f"a sink needs the map itself, found its name '{map}'")
        self._map = map
        self._encoder = Encoder(
            map.names,
            case=case,
            head=head,
            head_offset=(head_offset_x, head_offset_y, head_offset_z),
            head_position=head_position,
            eyes=eyes,
            eye_yaw_degrees=eye_yaw_degrees,
            eye_pitch_degrees=eye_pitch_degrees,
        )
        self._udp = Udp(host, port)

    def _packets(self, frame: Frame) -> Sequence[bytes]:
        return self._encoder.packets(frame, self._map(frame.values))
