"""Drives avatars with a face: camera to blendshapes, filtered, out to every avatar program at once.

The pieces, from the inside out: `channels` names the 58 numbers of a face, `frame` holds one moment of them,
`stages` change frames, `retarget` turns them into an avatar's parameters, `sinks` send those, `sources` make frames,
and `engine` runs the lot.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
