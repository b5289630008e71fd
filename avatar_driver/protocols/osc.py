"""Open Sound Control 1.0: a decoder for what comes in, and templates for what goes out sixty times a second.

python-osc takes 1.4 ms to build a frame of 52 shapes. A `Template` lets it build every message once and afterwards only
overwrites numbers and flags where they stand; the bytes stay identical to python-osc's for the same values.

Only the types that VMC and VRChat know are used: `i` int32, `f` float32, `s` string, `b` blob, `T` and `F`.
"""

from avatar_driver.protocols._osc_message import Argument, Message, decode, encode
from avatar_driver.protocols._osc_template import DATAGRAM_BYTES, Template

__all__ = ["DATAGRAM_BYTES", "Argument", "Message", "Template", "decode", "encode"]
