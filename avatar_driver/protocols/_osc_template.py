"""OSC messages that are built once and afterwards only patched."""

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_driver.protocols._osc_message import BUNDLE_HEADER, WORD, Message, encode, padded, tag

__all__ = ["DATAGRAM_BYTES", "Template"]

#: What fits in one Ethernet frame (1500 − 20 IPv4 − 8 UDP), so that no datagram is fragmented.
DATAGRAM_BYTES: Final = 1472


class Template:
    """Messages built once, whose numbers and flags are then overwritten in place.

    `write` takes all floats of all messages in the order in which they stand there as one array, likewise all
    integers and all flags. `packets` gives bundles, filled greedily in order, each within the limit.

    Args:
        messages: the messages with their first values.
        limit: bytes a bundle may have.

    Raises:
        ValueError: a message cannot be encoded, or does not fit the limit by itself.
    """

    def __init__(self, messages: Iterable[Message], limit: int = DATAGRAM_BYTES) -> None:
        self._room = limit - len(BUNDLE_HEADER)
        content = bytearray()
        sizes: list[int] = []
        slots: dict[str, list[int]] = {"f": [], "i": [], "T": []}
        for message in messages:
            body = encode(message)
            if len(body) + WORD > self._room:
                raise ValueError(f"{message.address} takes {len(body)} bytes, too many for a packet of {limit}")
            content += struct.pack(">i", len(body))
            _add_slots(message, len(content), slots)
            content += body
            sizes.append(WORD + len(body))
        self._bytes = np.frombuffer(content, np.uint8)
        self._words = self._bytes.view(np.uint32)
        self._floats = self._bytes.view(">f4")
        self._integers = self._bytes.view(">i4")
        self._float_at = np.array(slots["f"], np.intp) // WORD
        self._integer_at = np.array(slots["i"], np.intp) // WORD
        self._flag_at = np.array(slots["T"], np.intp)
        self._sizes = np.array(sizes, np.intp)
        self._message_of_word = np.repeat(np.arange(len(sizes)), self._sizes // WORD)
        self._cuts = self._greedy(self._sizes)

    def write(
        self,
        floats: ArrayLike | None = None,
        integers: ArrayLike | None = None,
        flags: NDArray[np.bool_] | Sequence[bool] | None = None,
    ) -> None:
        """Overwrites all floats, all integers or all flags; what is left out stays.

        Raises:
            ValueError: an array has another length than the messages have slots.
        """
        if floats is not None:
            self._floats[self._float_at] = _fitting(floats, self._float_at, "floats")
        if integers is not None:
            self._integers[self._integer_at] = _fitting(integers, self._integer_at, "integers")
        if flags is not None:
            tags = np.where(_fitting(flags, self._flag_at, "flags"), ord("T"), ord("F"))
            self._bytes[self._flag_at] = tags

    def packets(self, chosen: NDArray[np.bool_] | None = None) -> list[bytes]:
        """Bundles of all messages, or of those `chosen` by one flag for each message; no packet when none is."""
        if chosen is None:
            data, cuts = self._words.tobytes(), self._cuts
        else:
            data, cuts = self._words[chosen[self._message_of_word]].tobytes(), self._greedy(self._sizes[chosen])
        return [BUNDLE_HEADER + data[start:end] for start, end in pairwise(cuts)]

    def _greedy(self, sizes: NDArray[np.intp]) -> list[int]:
        """Where to cut a run of elements: offsets in bytes, the first 0, the last the end of the run."""
        ends = sizes.cumsum()
        cuts = [0]
        while len(ends) and cuts[-1] < ends[-1]:
            fitting = int(ends.searchsorted(cuts[-1] + self._room, side="right"))
            cuts.append(int(ends[fitting - 1]))
        return cuts


def _fitting(given: ArrayLike, at: NDArray[np.intp], kind: str) -> NDArray[np.generic]:
    # numpy would stretch a single value over all slots in silence.
    array = np.asarray(given)
    if array.shape != at.shape:
        raise ValueError(f"the messages have {len(at)} {kind}, found an array of shape {array.shape}")
    return array


def _add_slots(message: Message, start: int, slots: dict[str, list[int]]) -> None:
    """Notes at which byte each number and each flag of a message lies that begins at `start`."""
    tags_at = start + padded(message.address.encode())
    at = tags_at + padded(b"," + b"0" * len(message.args))
    for i, argument in enumerate(message.args):
        match argument:
            case bool():
                slots["T"].append(tags_at + 1 + i)
            case int() | float():
                slots[tag(argument)].append(at)
                at += WORD
            case str():
                at += padded(argument.encode())
            case bytes():
                at += WORD + -(-len(argument) // WORD) * WORD
