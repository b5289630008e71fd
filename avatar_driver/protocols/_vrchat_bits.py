"""Values as bools: VRCFaceTracking's rules for bits, signs and bools of a parameter's own name."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_driver.protocols._vrchat_layout import Binary, Switch

__all__ = ["BASE_SHAPES", "Bools", "decoded", "steps"]

_FULL: Final = np.float32(0.99999)  # above it all bits are set
_ALL: Final = -1  # every bit of an integer, also those above a gap
_HALF: Final = 0.5

_SIDED: Final = (
    *("EyeSquint", "EyeWide", "BrowPinch", "BrowLowerer", "BrowInnerUp", "BrowOuterUp", "NasalDilation"),
    *("NasalConstrict", "CheekSquint", "CheekPuff", "CheekSuck", "Jaw", "LipSuckUpper", "LipSuckLower"),
    *("LipSuckCorner", "LipFunnelUpper", "LipFunnelLower", "LipPuckerUpper", "LipPuckerLower", "MouthUpperUp"),
    *("MouthUpperDeepen", "NoseSneer", "MouthLowerDown", "MouthUpper", "MouthLower", "MouthCornerPull"),
    *("MouthCornerSlant", "MouthFrown", "MouthStretch", "MouthDimple", "MouthPress", "MouthTightener", "Tongue"),
    *("TongueTwist", "NeckFlex"),
)
_WHOLE: Final = (
    *("JawOpen", "JawForward", "JawBackward", "JawClench", "JawMandibleRaise", "MouthClosed", "MouthRaiserUpper"),
    *("MouthRaiserLower", "TongueOut", "TongueUp", "TongueDown", "TongueRoll", "TongueBendDown", "TongueCurlUp"),
    *("TongueSquish", "TongueFlat", "SoftPalateClose", "ThroatSwallow"),
)
#: The 88 base shapes of Unified Expressions; everything else with `v2/` is computed from them.
BASE_SHAPES: Final = frozenset(
    (*(f"v2/{name}{side}" for name in _SIDED for side in ("Left", "Right")), *(f"v2/{name}" for name in _WHOLE))
)


def steps(values: NDArray[np.float32], bits: ArrayLike) -> NDArray[np.int32]:
    """The numbers that so many bits carry of some values −1 to 1, without their sign: |value| · 2^bits, cut off.

    Not |value| · (2^bits − 1), as other senders have it, and not rounded: avatars are made for this rule.
    """
    magnitude = np.abs(values)
    levels = np.left_shift(1, bits)
    found = (magnitude * levels.astype(np.float32)).astype(np.int32)
    return np.asarray(np.where(magnitude > _FULL, levels - 1, found), np.int32)


def decoded(values: NDArray[np.float32], bits: int, *, signed: bool) -> NDArray[np.float32]:
    """What an avatar makes of values −1 to 1 that reach it in bits; without a sign, what is below 0 is 0."""
    magnitude = (steps(values, bits) / np.float32((1 << bits) - 1)).astype(np.float32)
    return np.where(values < 0, -magnitude if signed else np.float32(0), magnitude)


class Bools:
    """All bools that follow from a face's parameters: first the switches, then all bits, then all signs.

    Args:
        names: (M) the parameters.
        switches: bools of a parameter's own name.
        binaries: values as bits.

    Attributes:
        addresses: of the bools, in order.
    """

    def __init__(self, names: Sequence[str], switches: Sequence[Switch], binaries: Sequence[Binary]) -> None:
        signed = [i for i, binary in enumerate(binaries) if binary.negative is not None]
        self.addresses = (
            *(switch.address for switch in switches),
            *(address for binary in binaries for address, _ in binary.bits),
            *(binary.negative for binary in binaries if binary.negative is not None),
        )
        self._switch_column = np.array([switch.column for switch in switches], np.intp)
        # VRCFaceTracking sets a bool while the value lies *below* its threshold: 0 for base shapes, so never, and 0.5
        # for the rest. That is what its avatars expect; a bool of any other map is set from 0.5 up.
        switched = [names[switch.column] for switch in switches]
        self._threshold = np.array([0.0 if name in BASE_SHAPES else _HALF for name in switched], np.float32)
        self._from_above = np.array([not name.startswith("v2/") for name in switched], np.bool_)
        self._column = np.array([binary.column for binary in binaries], np.intp)
        self._levels = np.array([1 << len(binary.bits) for binary in binaries], np.float32)
        self._unsigned = np.array([binary.negative is None for binary in binaries], np.bool_)
        self._binary_of_bit = np.repeat(np.arange(len(binaries)), [len(binary.bits) for binary in binaries])
        self._mask = np.array([1 << exponent for binary in binaries for _, exponent in binary.bits], np.int32)
        self._signed = np.array(signed, np.intp)

    def __call__(self, parameters: NDArray[np.float32]) -> NDArray[np.bool_]:
        """The bools, in the order of `addresses`, for (M,) parameters."""
        switched = (parameters[self._switch_column] < self._threshold) != self._from_above
        values = parameters[self._column]
        magnitude = np.abs(values)
        number = (magnitude * self._levels).astype(np.int32)
        number[magnitude > _FULL] = _ALL
        below = values < 0
        number[below & self._unsigned] = 0
        bits = (number[self._binary_of_bit] & self._mask) != 0
        return np.concatenate((switched, bits, below[self._signed]))
