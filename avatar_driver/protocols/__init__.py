"""Pure codecs: values in, bytes out, and back. No sockets, no clocks; time is an argument.

Bytes from outside are checked here once, for length, range and finiteness, and refused with `DecodeError` alone.
"""
