"""VRChat over OSC: avatar parameters, native eye tracking and tracking flags, sent when they change.

VRChat takes each parameter at an address of its own, as float32 on this computer and in steps of 1/127 for others. It
falls back to its own eye movement after 10 s without eye messages, and avatars go by the flags `EyeTrackingActive`,
`ExpressionTrackingActive` and `LipTrackingActive`, which have no prefix. UDP loses packets and avatars are changed, so
everything is repeated now and then.

While nothing is known of the avatar, every parameter goes out as a float. Once it is, only what it has does, as the
float, bool or bits that it has.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import INDEX
from avatar_driver.frame import Frame
from avatar_driver.protocols._gaze import GAZE_PITCH_DEGREES, GAZE_YAW_DEGREES, gaze, gaze_scale
from avatar_driver.protocols._osc_message import Message
from avatar_driver.protocols._osc_template import DATAGRAM_BYTES, Template
from avatar_driver.protocols._vrchat_bits import Bools
from avatar_driver.protocols._vrchat_layout import FLAGS, everything, worn
from avatar_driver.protocols.vrchat_avatar import Avatar

__all__ = ["FLAGS", "Encoder"]

_GAZE: Final = Message("/tracking/eye/LeftRightPitchYaw", (0.0,) * 4)
_CLOSED: Final = Message("/tracking/eye/EyesClosedAmount", (0.0,))
_BLINK_LEFT: Final = INDEX["eyeBlinkLeft"]
_BLINK_RIGHT: Final = INDEX["eyeBlinkRight"]

# A quarter of the step that others see; what the user sees in the mirror moves on in steps too small to notice.
_SMALLEST_CHANGE: Final = 1 / 512
_SMALLEST_TURN_DEGREES: Final = 0.1


class Encoder:
    """Frames as VRChat packets: what has changed since it was last sent, and everything after each refresh period.

    Everything also goes out when a face comes into view or is lost.

    Args:
        names: (M) parameters in the order of the values.
        avatar: what the avatar has; None sends all parameters as floats.
        chosen: only these of the names; None for all. Native eyes go by all of them.
        prefix: put before each parameter, such as `FT/`; not before the flags. A known avatar has its own.
        native_eyes: whether VRChat's own eyes are driven as well, unless the avatar has eye parameters.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye.
        refresh_seconds: after which time everything goes out again.
        limit: bytes a packet may have.

    Attributes:
        parameter_count: how many of the avatar's parameters are driven; the flags are not counted.

    Raises:
        ValueError: a name cannot be sent.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        avatar: Avatar | None = None,
        chosen: Sequence[str] | None = None,
        prefix: str = "",
        native_eyes: bool = True,
        eye_yaw_degrees: float = GAZE_YAW_DEGREES,
        eye_pitch_degrees: float = GAZE_PITCH_DEGREES,
        refresh_seconds: float = 2.0,
        limit: int = DATAGRAM_BYTES,
    ) -> None:
        if avatar is None:
            layout = everything(names, chosen, prefix, native_eyes)
        else:
            layout = worn(avatar, names, chosen, native_eyes)
        self._bools = Bools(names, layout.switches, layout.binaries)
        eyes = [*([_CLOSED] if layout.lids else []), *([_GAZE] if layout.gaze else [])]
        messages = [
            *(Message(address, (False,)) for address in layout.flags),
            *(Message(place.address, (0.0,)) for place in layout.places),
            *(Message(address, (False,)) for address in self._bools.addresses),
            *eyes,
        ]
        self._template = Template(messages, limit)
        self._refresh_seconds = refresh_seconds
        self._lids = layout.lids
        self._eye_scale = gaze_scale(eye_yaw_degrees, eye_pitch_degrees) if layout.gaze else None
        self._column = np.array([place.column for place in layout.places], np.intp)
        floats = [sum(isinstance(argument, float) for argument in message.args) for message in messages]
        self._message_of_float = np.repeat(np.arange(len(messages)), floats)
        self._smallest_change = np.full(sum(floats), _SMALLEST_CHANGE, np.float32)
        if layout.gaze:
            self._smallest_change[-4:] = _SMALLEST_TURN_DEGREES
        self._flag_count = len(layout.flags)
        self._first_bool = self._flag_count + len(layout.places)
        self._first_eye = len(messages) - len(eyes)
        self._message_count = len(messages)
        self.parameter_count = self._first_eye - self._flag_count
        self._sent = np.empty(sum(floats), np.float32)
        self._sent_bools = np.zeros(len(self._bools.addresses), np.bool_)
        self._sent_tracked: bool | None = None
        self._refreshed = 0.0
        self.refresh()

    def refresh(self) -> None:
        """Sends everything with the next frame: the avatar has changed, or packets are known to be lost."""
        self._sent.fill(np.nan)  # no value is near to NaN, so each counts as changed
        self._sent_tracked = None  # nor is this, so bools and flags go out too

    def packets(self, frame: Frame, parameters: NDArray[np.float32], now: float) -> list[bytes]:
        """What VRChat has to be told of a frame and its (M,) parameters; often less than all, sometimes nothing.

        Changes are measured against what was last sent, so slow drifts go out too, in small steps. Without a face the
        eyes are not repeated: VRChat then goes over to its own eye movement after 10 s, instead of staring.

        Args:
            frame: the face. When it is not tracked, the flags are off.
            parameters: the map's values.
            now: seconds on a clock that does not jump, for the refresh.
        """
        floats = self._floats(frame.values, parameters)
        bools = self._bools(parameters)
        chosen = np.zeros(self._message_count, np.bool_)
        # Not "greater than": a comparison with NaN is false, and those have to go out.
        chosen[self._message_of_float[~(np.abs(floats - self._sent) <= self._smallest_change)]] = True
        chosen[self._first_bool : self._first_bool + len(bools)] = bools != self._sent_bools
        # A clock that went back counts as due too.
        if frame.tracked != self._sent_tracked or not 0 <= now - self._refreshed < self._refresh_seconds:
            self._refreshed = now
            chosen[: self._message_count if frame.tracked else self._first_eye] = True
        if not chosen.any():
            return []
        np.copyto(self._sent, floats, where=chosen[self._message_of_float])
        self._sent_bools[:] = bools
        self._sent_tracked = frame.tracked
        self._template.write(floats=floats, flags=np.concatenate(((frame.tracked,) * self._flag_count, bools)))
        return self._template.packets(chosen)

    def _floats(self, values: NDArray[np.float32], parameters: NDArray[np.float32]) -> NDArray[np.float32]:
        parts: list[NDArray[np.float32] | tuple[float, ...]] = [parameters[self._column]]
        if self._lids:
            # VRChat has one lid value for both eyes.
            closed = (float(values[_BLINK_LEFT]) + float(values[_BLINK_RIGHT])) / 2
            parts.append((min(max(closed, 0.0), 1.0),))
        if self._eye_scale is not None:
            parts.append(gaze(values) * self._eye_scale)
        return np.concatenate(parts, dtype=np.float32)
