"""Turns the Godot 4 addon into the one for Godot 3, by a list of renamings and nothing else.

Godot 4 runs on few test machines, Godot 3 on any. So the logic is written once, and what runs in Godot 3's tests is the
Godot 4 script but for the lines named here. A node that has no counterpart in Godot 3 is not ported.
"""

import re
from typing import Final

__all__ = ["NODES", "PURE", "SAMPLE", "ported"]

#: Scripts that both engines run as they stand.
PURE: Final = ("osc.gd", "vmc_assembler.gd", "shape_names.gd", "unity_axes.gd", "find_receiver.gd", "unified_shapes.gd")
#: Scripts that are ported. `face_tracker.gd` is not: Godot 3 has no XRFaceTracker.
NODES: Final = ("receiver.gd", "follower.gd", "blend_shapes.gd", "head.gd")
#: The sample's scripts, ported too.
SAMPLE: Final = ("face.gd", "sample.gd")

_PATTERNS: Final = (
    (r"^@export_range\((.*)\) var (\w+): (int|float)", r"export(\3, \1) var \2: \3"),
    (r"^@export var (\w+): (WhenLost|ModelFaces) =", r"export(\2) var \1: int ="),
    (r"^@export var ", r"export var "),
    (r"\.((?:dis)?connect)\(\"(\w+)\", (\w+)\)", r'.\1("\2", self, "\3")'),
    (r"\bTime\.get_ticks_usec\(", r"OS.get_ticks_usec("),
    (r"\b_udp\.bind\(", r"_udp.listen("),
    (r"\bMeshInstance3D\b", r"MeshInstance"),
    (r"\bSkeleton3D\b", r"Skeleton"),
    (r"\bNode3D\b", r"Spatial"),
    (r"\bTransform3D\b", r"Transform"),
    (r"\bQuaternion\b", r"Quat"),
    (r"\bQuat\(\)\.slerp", r"Quat.IDENTITY.slerp"),
    (r"\bPackedVector3Array\b", r"PoolVector3Array"),
    (r"\bPackedColorArray\b", r"PoolColorArray"),
    (r"\bPackedInt32Array\b", r"PoolIntArray"),
    (r"\bStandardMaterial3D\b", r"SpatialMaterial"),
    (r"\bArray\[Array\]", r"Array"),
)

# Whole lines that say the same in other words.
_LINES: Final = {
    # Godot 3's MeshInstance has its weights as properties only.
    '\tbinding["mesh"].set_blend_shape_value(binding["index"], weight)\n': (
        '\tbinding["mesh"].set(binding["path"], weight)\n'
    ),
    # A bone's pose counts from its rest in Godot 3, from its parent in Godot 4.
    "\t_target.set_bone_pose_rotation(_bone, (_rest.basis.orthonormalized() * in_bone).get_rotation_quaternion())\n"
    "\tif take_position or _is_moved:\n"
    "\t\t_target.set_bone_pose_position(_bone, _rest.origin + in_parent)\n"
    "\t_is_moved = take_position\n": (
        "\t_target.set_bone_pose(_bone, Transform(in_bone, _rest.basis.xform_inv(in_parent)))\n"
    ),
    # Blend shapes carry all that the mesh carries in Godot 3, only places and normals in Godot 4.
    "\tarrays[Mesh.ARRAY_NORMAL] = normals\n": (
        "\tarrays[Mesh.ARRAY_NORMAL] = normals\n\tarrays[Mesh.ARRAY_COLOR] = _colours\n"
    ),
    "\tvar in_parent = (_rest.basis.orthonormalized() * _rest_in_model.inverse()) * moved\n": (
        "\tvar in_parent = (_rest.basis.orthonormalized() * _rest_in_model.inverse()).xform(moved)\n"
    ),
}


def ported(text: str) -> str:
    """A Godot 4 script as Godot 3 takes it."""
    for line, instead in _LINES.items():
        text = text.replace(line, instead)
    for pattern, instead in _PATTERNS:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text
