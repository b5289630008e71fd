extends MeshInstance3D
## A plain face with the 52 ARKit blend shapes, built by this script: a model to try the addon with, that needs no file.
##
## It looks along +Z; its left is on +X. Put your own model in its place.

const WIDTH = 0.75
const HEIGHT = 1.0
const DEPTH = 0.85
const EYE = Vector2(0.28, 0.2)
const MOUTH = Vector2(0.0, -0.45)
const SKIN = Color(0.87, 0.68, 0.55)
const DARK = Color(0.16, 0.06, 0.06)
const LIP = Color(0.72, 0.28, 0.28)
const WHITE = Color(0.97, 0.97, 0.95)
const HAIR = Color(0.25, 0.16, 0.1)
const TONGUE = Color(0.9, 0.45, 0.5)

# What each shape moves: [part, where x, y, how far around, by x, y, z]. Those whose name has no side yet stand for the
# left one and are mirrored for the right.
const SIDED = {
	"eyeBlink": [["lid", 0.28, 0.2, 9.0, 0.0, -0.2, 0.05]],
	"eyeLookDown": [["pupil", 0.28, 0.2, 9.0, 0.0, -0.05, 0.02], ["lid", 0.28, 0.2, 9.0, 0.0, -0.04, 0.02]],
	"eyeLookIn": [["pupil", 0.28, 0.2, 9.0, -0.06, 0.0, 0.04]],
	"eyeLookOut": [["pupil", 0.28, 0.2, 9.0, 0.06, 0.0, 0.0]],
	"eyeLookUp": [["pupil", 0.28, 0.2, 9.0, 0.0, 0.05, 0.0]],
	"eyeSquint": [["lid", 0.28, 0.2, 9.0, 0.0, -0.07, 0.02], ["skin", 0.28, 0.02, 0.15, 0.0, 0.05, 0.04]],
	"eyeWide": [["lid", 0.28, 0.2, 9.0, 0.0, 0.04, 0.0], ["brow", 0.28, 0.45, 9.0, 0.0, 0.02, 0.0]],
	"jaw": [["skin", 0.0, -0.8, 0.4, 0.12, 0.0, 0.0], ["lower", 0.0, -0.5, 9.0, 0.08, 0.0, 0.0]],
	"mouth": [["upper", 0.0, -0.45, 9.0, 0.09, 0.0, 0.0], ["lower", 0.0, -0.45, 9.0, 0.09, 0.0, 0.0]],
	"mouthSmile": [["lips", 0.28, -0.45, 0.16, 0.06, 0.13, 0.0], ["skin", 0.36, -0.2, 0.18, 0.02, 0.04, 0.05]],
	"mouthFrown": [["lips", 0.28, -0.45, 0.16, 0.01, -0.12, 0.0]],
	"mouthDimple": [["lips", 0.28, -0.45, 0.12, 0.05, 0.01, -0.05], ["skin", 0.38, -0.42, 0.1, 0.0, 0.0, -0.05]],
	"mouthStretch": [["lips", 0.28, -0.45, 0.2, 0.1, -0.04, 0.0]],
	"mouthPress": [["lips", 0.16, -0.45, 0.16, 0.0, 0.0, -0.04]],
	"mouthLowerDown": [["lower", 0.14, -0.5, 0.16, 0.0, -0.1, 0.0]],
	"mouthUpperUp": [["upper", 0.14, -0.42, 0.16, 0.0, 0.09, 0.0]],
	"browDown": [["brow", 0.28, 0.45, 9.0, -0.02, -0.09, 0.06]],
	"browOuterUp": [["brow", 0.42, 0.45, 0.14, 0.0, 0.13, 0.0]],
	"cheekSquint": [["skin", 0.36, 0.0, 0.16, 0.0, 0.05, 0.05]],
	"noseSneer": [["skin", 0.12, -0.1, 0.1, 0.02, 0.05, 0.03]],
}
const WHOLE = {
	"jawForward": [["skin", 0.0, -0.8, 0.35, 0.0, 0.0, 0.14], ["lower", 0.0, -0.5, 9.0, 0.0, 0.0, 0.06]],
	"jawOpen": [["skin", 0.0, -0.95, 0.4, 0.0, -0.22, 0.0], ["lower", 0.0, -0.5, 9.0, 0.0, -0.28, 0.0]],
	"mouthClose": [["lower", 0.0, -0.5, 9.0, 0.0, 0.26, 0.0]],
	"mouthFunnel":
	[
		["upper", 0.0, -0.45, 9.0, 0.0, 0.05, 0.1],
		["lower", 0.0, -0.45, 9.0, 0.0, -0.07, 0.1],
		["lips", 0.28, -0.45, 0.18, -0.13, 0.0, 0.0],
		["lips", -0.28, -0.45, 0.18, 0.13, 0.0, 0.0],
	],
	"mouthPucker":
	[
		["lips", 0.0, -0.45, 0.2, 0.0, 0.0, 0.12],
		["lips", 0.28, -0.45, 0.2, -0.17, 0.0, 0.05],
		["lips", -0.28, -0.45, 0.2, 0.17, 0.0, 0.05],
	],
	"mouthRollLower": [["lower", 0.0, -0.5, 9.0, 0.0, 0.03, -0.06]],
	"mouthRollUpper": [["upper", 0.0, -0.42, 9.0, 0.0, -0.03, -0.06]],
	"mouthShrugLower": [["lower", 0.0, -0.5, 0.2, 0.0, 0.04, 0.04], ["skin", 0.0, -0.7, 0.15, 0.0, 0.04, 0.04]],
	"mouthShrugUpper": [["upper", 0.0, -0.42, 0.2, 0.0, 0.04, 0.04]],
	"browInnerUp": [["brow", 0.14, 0.45, 0.12, 0.0, 0.13, 0.0], ["brow", -0.14, 0.45, 0.12, 0.0, 0.13, 0.0]],
	"cheekPuff": [["skin", 0.42, -0.35, 0.2, 0.08, 0.0, 0.1], ["skin", -0.42, -0.35, 0.2, -0.08, 0.0, 0.1]],
	"tongueOut": [["tongue", 0.0, -0.45, 9.0, 0.0, -0.25, 0.08]],
}

# For each vertex: where it is at rest, in colour, of which part, and how much of its part's movement it takes.
var _places = PackedVector3Array()
var _colours = PackedColorArray()
var _parts = []
var _shares = []
var _triangles = PackedInt32Array()


func _ready() -> void:
	_build_parts()
	var built = ArrayMesh.new()
	built.blend_shape_mode = Mesh.BLEND_SHAPE_MODE_NORMALIZED
	var shapes: Array[Array] = []
	for moved in [[SIDED, "Left", 1.0], [SIDED, "Right", -1.0], [WHOLE, "", 1.0]]:
		for shape in moved[0]:
			built.add_blend_shape(shape + moved[1])
			shapes.append(_surface(_moved(moved[0][shape], moved[2])))
	var arrays = _surface(_places)
	arrays[Mesh.ARRAY_COLOR] = _colours
	arrays[Mesh.ARRAY_INDEX] = _triangles
	built.add_surface_from_arrays(Mesh.PRIMITIVE_TRIANGLES, arrays, shapes)
	var material = StandardMaterial3D.new()
	material.vertex_color_use_as_albedo = true
	built.surface_set_material(0, material)
	mesh = built


func _build_parts() -> void:
	_add_head()
	for side in [1.0, -1.0]:
		var eye = Vector2(EYE.x * side, EYE.y)
		_add_patch("eye", eye, Vector2(0.14, 0.1), 0.02, WHITE, 8)
		_add_patch("pupil", eye, Vector2(0.05, 0.05), 0.03, DARK, 4)
		_add_lid(eye)
		_add_patch("brow", Vector2(eye.x, 0.45), Vector2(0.17, 0.025), 0.03, HAIR, 8)
	_add_lips(0.0, MOUTH.y - 0.001, 0.03, DARK)
	_add_lips(0.04, MOUTH.y + 0.02, 0.04, LIP)
	_add_patch("tongue", MOUTH, Vector2(0.09, 0.0), 0.035, TONGUE, 6)


func _add_head() -> void:
	var first = _places.size()
	for row in range(33):
		var latitude = PI * row / 32.0
		for column in range(33):
			var longitude = TAU * column / 32.0
			var ring = sin(latitude)
			var place = Vector3(-sin(longitude) * ring * WIDTH, cos(latitude) * HEIGHT, -cos(longitude) * ring * DEPTH)
			_add_vertex(place, SKIN, "skin", 1.0 if place.z > 0.0 else 0.0)
	_add_triangles(first, 33, 33)


func _add_patch(part: String, centre: Vector2, half: Vector2, lift: float, colour: Color, cells: int) -> void:
	var first = _places.size()
	for row in range(cells + 1):
		for column in range(cells + 1):
			var across = 2.0 * column / cells - 1.0
			var height = sqrt(max(0.0, 1.0 - across * across)) if part == "eye" or part == "pupil" else 1.0
			var y = centre.y + half.y * height * (1.0 - 2.0 * row / cells)
			var share = float(row) / cells if part == "tongue" else 1.0
			_add_vertex(_on_head(centre.x + half.x * across, y, lift), colour, part, share)
	_add_triangles(first, cells + 1, cells + 1)


# A strip above the eye whose lower edge comes down over it.
func _add_lid(eye: Vector2) -> void:
	var first = _places.size()
	for row in range(5):
		for column in range(9):
			var across = column / 4.0 - 1.0
			var arch = 0.1 * sqrt(max(0.0, 1.0 - across * across))
			var y = eye.y + arch + 0.03 * (1.0 - row / 4.0)
			var share = row / 4.0 * arch / 0.1
			_add_vertex(_on_head(eye.x + 0.15 * across, y, 0.05), SKIN.darkened(0.1), "lid", share)
	_add_triangles(first, 5, 9)


# Two bands; in between is the dark of the mouth, which has no height while the lips touch.
func _add_lips(thick: float, top: float, lift: float, colour: Color) -> void:
	for band in [["upper", top, top - thick / 2.0], ["lower", top - thick / 2.0, top - thick]]:
		if thick == 0.0:
			band = ["mouth", top, top]
		var first = _places.size()
		for row in range(2):
			for column in range(17):
				var across = column / 8.0 - 1.0
				var taper = 1.0 - across * across
				var y = MOUTH.y + (band[1 + row] - MOUTH.y) * taper
				var part = ["upper", "lower"][row] if band[0] == "mouth" else band[0]
				_add_vertex(_on_head(0.28 * across, y, lift), colour, part, taper if part == "lower" else 1.0)
		_add_triangles(first, 2, 17)
		if thick == 0.0:
			return


func _add_vertex(place: Vector3, colour: Color, part: String, share: float) -> void:
	_places.append(place)
	_colours.append(colour)
	_parts.append(part)
	_shares.append(share)


# Rows run downwards, columns to +X; seen from outside the corners go round clockwise.
func _add_triangles(first: int, rows: int, columns: int) -> void:
	for row in range(rows - 1):
		for column in range(columns - 1):
			var corner = first + row * columns + column
			for vertex in [0, 1, columns + 1, 0, columns + 1, columns]:
				_triangles.append(corner + vertex)


func _on_head(x: float, y: float, lift: float) -> Vector3:
	var inside = 1.0 - x * x / (WIDTH * WIDTH) - y * y / (HEIGHT * HEIGHT)
	return Vector3(x, y, DEPTH * sqrt(max(0.0, inside)) + lift)


func _moved(movements: Array, side: float) -> PackedVector3Array:
	var places = PackedVector3Array()
	for i in range(_places.size()):
		var place = _places[i]
		for by in movements:
			var is_lip = by[0] == "lips" and (_parts[i] == "upper" or _parts[i] == "lower")
			if not is_lip and by[0] != _parts[i]:
				continue
			if _parts[i] in ["lid", "pupil"] and _places[i].x * side < 0.0:
				continue
			if by[0] == "brow" and _places[i].x * side * by[1] < 0.0:
				continue
			var away = Vector2(_places[i].x - by[1] * side, _places[i].y - by[2]).length() / by[3]
			var share = exp(-away * away) * (1.0 if by[0] == "lips" else _shares[i])
			place += Vector3(by[4] * side, by[5], by[6]) * share
		places.append(place)
	return places


func _surface(places: PackedVector3Array) -> Array:
	var normals = PackedVector3Array()
	for place in _places:
		normals.append((place / Vector3(WIDTH * WIDTH, HEIGHT * HEIGHT, DEPTH * DEPTH)).normalized())
	var arrays = []
	arrays.resize(Mesh.ARRAY_MAX)
	arrays[Mesh.ARRAY_VERTEX] = places
	arrays[Mesh.ARRAY_NORMAL] = normals
	return arrays
