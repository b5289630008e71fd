## From VMC's axes to Godot's.
##
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.[br]
## VMC speaks Unity: left-handed, +Y up, +Z out of the face, +X to the avatar's right. Godot is right-handed with +Y up.
## A model that faces +Z (glTF, VRM 1.0, Godot's own importer) has its left on +X, so X changes sign; and with one axis
## mirrored, a rotation keeps its part about that axis and turns the other way about the two others. A model that faces
## -Z is the same one, turned half round about Y: then X keeps its sign and Z changes.

## [x, y, z] in metres.
static func position(unity_position: Array, faces_minus_z: bool) -> Array:
	if faces_minus_z:
		return [unity_position[0], unity_position[1], -unity_position[2]]
	return [-unity_position[0], unity_position[1], unity_position[2]]


## [x, y, z, w] of a unit quaternion.
static func rotation(unity_rotation: Array, faces_minus_z: bool) -> Array:
	if faces_minus_z:
		return [-unity_rotation[0], -unity_rotation[1], unity_rotation[2], unity_rotation[3]]
	return [unity_rotation[0], -unity_rotation[1], -unity_rotation[2], unity_rotation[3]]
