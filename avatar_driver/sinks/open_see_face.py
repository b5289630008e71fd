"""OpenSeeFace: receivers that know only its tracker."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge, Gt, Le

from avatar_driver.frame import Frame
from avatar_driver.protocols.open_see_face import Encoder, NoFace
from avatar_driver.sinks._udp import Udp, UdpSink

__all__ = ["OpenSeeFace"]


class OpenSeeFace(UdpSink):
    """Sends the face as OpenSeeFace's tracker does: head, lids, brows and mouth in 14 features.

    A receiver that takes VMC, iFacialMocap or Live Link gets far more of the face by those. The landmarks in the
    packets are drawn, not seen: a neutral face that turns with the head and whose pupils follow the gaze.

    Args:
        host: name or address of the computer with the receiver.
        port: UDP port the receiver listens on.
        width: of the picture the landmarks are drawn in, in pixels.
        height: of the same.
        distance: how far from the camera the calibrated head is said to rest, in metres.
        head_yaw_scale: what the head's turning is multiplied with; negative turns it the other way.
        head_pitch_scale: the same for nodding.
        head_roll_scale: the same for tilting.
        position_scale: the same for the head's movement from its place; 0 keeps it there.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.
        mouth_corner_scale: what the mouth corners' movement up and down is multiplied with. Receivers disagree about
            its sign: give -1 where a smile comes out as a frown.
        landmark_confidence: what is said of every landmark; 0 lets receivers that ask pass over them.
        no_face: what is sent without a face: `at_rest` the face until it has eased to rest, then nothing; `at_once`
            nothing, as the tracker does; `unsuccessful` everything, marked as not found.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(1), Le(65_535)] = 11_573,
        width: Annotated[int, Ge(16), Le(8192)] = 640,
        height: Annotated[int, Ge(16), Le(8192)] = 480,
        distance: Annotated[float, Gt(0), Le(10)] = 0.5,
        head_yaw_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        head_pitch_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        head_roll_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        position_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        eye_yaw_degrees: Annotated[float, Ge(-90), Le(90)] = 33.0,
        eye_pitch_degrees: Annotated[float, Ge(-90), Le(90)] = 35.0,
        mouth_corner_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        landmark_confidence: Annotated[float, Ge(0), Le(1)] = 1.0,
        no_face: NoFace = "at_rest",
    ) -> None:
        self._encoder = Encoder(
            width=width,
            height=height,
            distance=distance,
            head_yaw_scale=head_yaw_scale,
            head_pitch_scale=head_pitch_scale,
            head_roll_scale=head_roll_scale,
            position_scale=position_scale,
            eye_yaw_degrees=eye_yaw_degrees,
            eye_pitch_degrees=eye_pitch_degrees,
            mouth_corner_scale=mouth_corner_scale,
            confidence=landmark_confidence,
            no_face=no_face,
        )
        self._udp = Udp(host, port)

    def _packets(self, frame: Frame) -> Sequence[bytes]:
        return self._encoder.packets(frame)
