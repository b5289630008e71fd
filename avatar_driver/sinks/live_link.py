"""Live Link Face: Unreal Engine, and the programs that take an iPhone's Live Link Face app."""

import time
from collections.abc import Sequence
from typing import Annotated

from annotated_types import Ge, Le, Len, MinLen

from avatar_driver.frame import Frame
from avatar_driver.protocols.live_link import DEVICE_ID, Encoder, NoFace
from avatar_driver.sinks._time_of_day import TimeOfDay
from avatar_driver.sinks._udp import Udp, UdpSink

__all__ = ["LiveLink"]


class LiveLink(UdpSink):
    """Sends the face as Epic's Live Link Face app does, to Unreal Engine and other receivers of that app.

    Each packet carries the time of day at which the picture was taken, so takes line up with other recordings.

    Args:
        host: name or address of the computer that runs Unreal.
        port: UDP port the receiver listens on.
        subject: the name Unreal shows in its Live Link window.
        device_id: 36 characters that tell senders apart. Change it only where two of them send to one receiver.
        rate_numerator: frames in which the time of day is counted …
        rate_denominator: … in so many seconds: 60 and 1, or 30000 and 1001. Faces are sent as fast as they come.
        head_yaw_scale: what the head's turning is multiplied with; negative turns it the other way. Receivers that take
            angles as shares of a half turn need 0.318.
        head_pitch_scale: the same for nodding.
        head_roll_scale: the same for tilting.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.
        no_face: when the receiver is told that no face is in view, which freezes the avatar as it is: `at_rest` once
            the face has eased to rest and stands still, `at_once` as the phone does, `never` for receivers that take
            such a packet for a broken one.

    Raises:
        ValueError: an id or name that cannot be sent, or a frame rate that is not between 1 and 1000.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(1), Le(65_535)] = 11_111,
        subject: Annotated[str, MinLen(1)] = "avatar_driver",
        device_id: Annotated[str, Len(36, 36)] = DEVICE_ID,
        rate_numerator: Annotated[int, Ge(1), Le(1_000_000)] = 60,
        rate_denominator: Annotated[int, Ge(1), Le(10_000)] = 1,
        head_yaw_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        head_pitch_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        head_roll_scale: Annotated[float, Ge(-10), Le(10)] = 1.0,
        eye_yaw_degrees: Annotated[float, Ge(-90), Le(90)] = 33.0,
        eye_pitch_degrees: Annotated[float, Ge(-90), Le(90)] = 35.0,
        no_face: NoFace = "at_rest",
    ) -> None:
        self._encoder = Encoder(
            device_id=device_id,
            subject=subject,
            numerator=rate_numerator,
            denominator=rate_denominator,
            head_yaw_scale=head_yaw_scale,
            head_pitch_scale=head_pitch_scale,
            head_roll_scale=head_roll_scale,
            eye_yaw_degrees=eye_yaw_degrees,
            eye_pitch_degrees=eye_pitch_degrees,
            no_face=no_face,
        )
        self._udp = Udp(host, port)
        self._time_of_day = TimeOfDay()
        self._captured_after: float | None = None  # what to add to a frame's time to get the computer's clock

    async def open(self) -> None:
        """Resolves the host, makes the socket and looks at the clock. Raises as every sink over UDP."""
        await super().open()
        self._time_of_day.start()
        self._captured_after = None

    def _packets(self, frame: Frame) -> Sequence[bytes]:
        return self._encoder.packets(frame, self._time_of_day(self._captured(frame)))

    def _captured(self, frame: Frame) -> float:
        # Frames that the engine makes while none come have no capture: they go on from the last one that had.
        if frame.origin.captured:
            self._captured_after = frame.origin.captured - frame.time
            return frame.origin.captured
        return time.perf_counter() if self._captured_after is None else frame.time + self._captured_after
