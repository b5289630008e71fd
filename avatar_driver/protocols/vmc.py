"""VMC protocol 3.1 (Virtual Motion Capture): a face as OSC bundles, and such bundles back as faces.

A receiver gathers weights and takes them over at `/VMC/Ext/Blend/Apply`; a name that is missing in the new set falls
back to 0. So every frame carries the whole set, with Apply as the very last message. Axes are Unity's: left-handed, +y
up, +z forward, +x to the avatar's right, metres, quaternions x y z w, local to the parent bone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import POSITION, ROTATION, SHAPE_NAMES
from avatar_driver.frame import Frame
from avatar_driver.protocols._gaze import GAZE_PITCH_DEGREES, GAZE_YAW_DEGREES, gaze, gaze_scale
from avatar_driver.protocols._osc_message import Argument, Message, decode
from avatar_driver.protocols._osc_template import DATAGRAM_BYTES, Template
from avatar_driver.rotation import (
    Euler,
    Quaternion,
    quaternion_from_euler,
    quaternion_from_vector,
    unity_position,
    unity_quaternion,
)

__all__ = ["Assembler", "Bone", "Case", "Encoder", "Face"]

V = TypeVar("V")
Case: TypeAlias = Literal["map", "pascal", "camel", "both"]

_AVAILABLE: Final = (1, 3, 0)  # loaded, calibration done, normal mode
_IDENTITY: Final = (0.0, 0.0, 0.0, 1.0)
_MOST_NAMES: Final = 1024  # weights or bones an assembler keeps of one sender, who may be hostile
_LONGEST_NAME: Final = 256
_PASCAL: Final = {name: name[0].upper() + name[1:] for name in SHAPE_NAMES}
_CAMEL: Final = {pascal: name for name, pascal in _PASCAL.items()}


class Encoder:
    """Frames as VMC packets.

    Args:
        names: (M) what the avatar's blend shapes are called, in the order of the weights.
        case: how the names that are ARKit's are written: as they stand, `JawOpen`, `jawOpen`, or both of them. Other
            names, such as the VRM presets, always go out as they stand.
        head: whether the `Head` bone is sent.
        head_offset: where the model's head rests, in metres from its parent bone in Unity's axes. Receivers that take
            over bone positions put the head there.
        head_position: whether the head's own movement is added to `head_offset`.
        eyes: whether the `LeftEye` and `RightEye` bones are sent.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye.
        limit: bytes a packet may have.

    Raises:
        ValueError: a name cannot be sent.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        case: Case = "map",
        head: bool = True,
        head_offset: Sequence[float] = (0.0, 0.0, 0.0),
        head_position: bool = False,
        eyes: bool = False,
        eye_yaw_degrees: float = GAZE_YAW_DEGREES,
        eye_pitch_degrees: float = GAZE_PITCH_DEGREES,
        limit: int = DATAGRAM_BYTES,
    ) -> None:
        sent = [(name, i) for i, given in enumerate(names) for name in _cased(given, case)]
        bones = ["Head"] * head + ["LeftEye", "RightEye"] * eyes
        self._columns = np.array([i for _, i in sent], np.intp)
        self._head = head
        self._head_offset = tuple(head_offset)
        self._head_position = head_position
        self._eye_scale = gaze_scale(math.radians(eye_yaw_degrees), math.radians(eye_pitch_degrees)) if eyes else None
        self._start: float | None = None
        self._template = Template(
            [
                Message("/VMC/Ext/OK", (*_AVAILABLE, 0)),
                Message("/VMC/Ext/T", (0.0,)),
                *(Message("/VMC/Ext/Bone/Pos", (bone, 0.0, 0.0, 0.0, *_IDENTITY)) for bone in bones),
                *(Message("/VMC/Ext/Blend/Val", (name, 0.0)) for name, _ in sent),
                Message("/VMC/Ext/Blend/Apply"),
            ],
            limit,
        )

    def packets(self, frame: Frame, weights: NDArray[np.float32]) -> list[bytes]:
        """One frame: tracking status, time, bones, the (M,) weights, Apply. To be sent in this order."""
        leading = [self._elapsed(frame.time)]
        if self._head:
            leading += self._head_pose(frame.values)
        if self._eye_scale is not None:
            leading += _eye_poses(gaze(frame.values) * self._eye_scale)
        floats = np.concatenate((leading, weights[self._columns]))
        floats += 0.0  # a rotation on Unity's axes has negative zeros; those become plain ones
        self._template.write(floats=floats, integers=(*_AVAILABLE, int(frame.tracked)))
        return self._template.packets()

    def _elapsed(self, time: float) -> float:
        # Relative to the first frame: as a float32, the clock of a computer that is up for a month has steps of 0.25 s.
        if self._start is None or time < self._start:
            self._start = time
        return time - self._start

    def _head_pose(self, values: NDArray[np.float32]) -> tuple[float, ...]:
        x, y, z = self._head_offset
        if self._head_position:
            dx, dy, dz = unity_position(values[POSITION])
            x, y, z = x + dx, y + dy, z + dz
        return x, y, z, *unity_quaternion(quaternion_from_vector(values[ROTATION]))


def _eye_poses(angles: NDArray[np.float32]) -> tuple[float, ...]:
    left_pitch, left_yaw, right_pitch, right_yaw = angles.tolist()
    return (0.0, 0.0, 0.0, *_eye(left_pitch, left_yaw), 0.0, 0.0, 0.0, *_eye(right_pitch, right_yaw))


def _eye(pitch: float, yaw: float) -> Quaternion:
    # Gaze counts yaw to the subject's right, `Euler` to the left.
    return unity_quaternion(quaternion_from_euler(Euler(yaw=-yaw, pitch=pitch, roll=0.0)))


def _cased(name: str, case: Case) -> tuple[str, ...]:
    camel = _CAMEL.get(name, name)
    pascal = _PASCAL.get(camel)
    if case == "map" or pascal is None:
        return (name,)
    return {"pascal": (pascal,), "camel": (camel,), "both": (pascal, camel)}[case]


@dataclass(frozen=True, slots=True)
class Bone:
    """A bone's place and turn against its parent, in Unity's axes."""

    position: tuple[float, float, float]
    rotation: Quaternion


@dataclass(frozen=True, slots=True)
class Face:
    """What a sender has said up to an Apply.

    Attributes:
        weights: 0 to 1, the names of this set only.
        bones: the last pose of every bone.
        tracked: whether the sender says that it sees a face; one that does not say is believed to.
        time: the sender's own time in seconds.
    """

    weights: dict[str, float] = field(default_factory=dict)
    bones: dict[str, Bone] = field(default_factory=dict)
    tracked: bool = True
    time: float = 0.0


class Assembler:
    """Gathers the packets of one sender into faces.

    As the specification asks, unknown addresses and surplus arguments are ignored, and a message with too few or wrong
    arguments is void. Weights are kept within 0 and 1, rotations are normalised.
    """

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}
        self._bones: dict[str, Bone] = {}
        self._tracked = True
        self._time = 0.0

    def faces(self, packet: bytes) -> list[Face]:
        """A face for each Apply in the packet: mostly none or one.

        Raises:
            DecodeError: the packet is not OSC. What was gathered before stays.
        """
        faces: list[Face] = []
        for address, args in decode(packet):
            match address, args:
                case "/VMC/Ext/Blend/Val", (str(name), float(weight), *_):
                    _keep(self._weights, name, min(max(weight, 0.0), 1.0))
                case "/VMC/Ext/Blend/Apply", _:
                    faces.append(Face(self._weights, dict(self._bones), self._tracked, self._time))
                    self._weights = {}
                case "/VMC/Ext/Bone/Pos", (str(name), *pose):
                    bone = _bone(pose)
                    if bone is not None:
                        _keep(self._bones, name, bone)
                case "/VMC/Ext/OK", (int(loaded), *state) if not isinstance(loaded, bool):
                    self._tracked = bool(loaded) and (len(state) < 3 or state[2] != 0)
                case "/VMC/Ext/T", (float(time), *_):
                    self._time = time
        return faces


def _keep(kept: dict[str, V], name: str, value: V) -> None:
    if name in kept or (len(kept) < _MOST_NAMES and len(name) <= _LONGEST_NAME):
        kept[name] = value


def _bone(pose: Sequence[Argument]) -> Bone | None:
    numbers = [argument for argument in pose[:7] if isinstance(argument, float)]
    if len(numbers) < 7:
        return None
    px, py, pz, x, y, z, w = numbers
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    if norm < 1e-6:
        return None
    return Bone((px, py, pz), Quaternion(x / norm, y / norm, z / norm, w / norm))
