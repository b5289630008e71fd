class_name AvatarDriverBlendShapes
extends "follower.gd"
## Moves the blend shapes of meshes by the face that an [code]AvatarDriverReceiver[/code] hears.
##
## Names need not be equal: case, separators, prefixes, [code]_L[/code] and [code]_R[/code] and numbers at the end are
## understood, and a model that does not tell left from right gets the mean of both.

const ShapeNames = preload("shape_names.gd")

## A mesh, or a node below which all meshes with blend shapes are moved. Empty: the parent of this node.
export var target_path: NodePath
## All weights are multiplied by this.
export(float, 0.0, 3.0, 0.05) var strength: float = 1.0
## Multipliers of single shapes, by ARKit's names in any spelling: [code]{"jawOpen": 1.3, "mouthSmileLeft": 0.8}[/code].
export var multipliers: Dictionary = {}
## What a shape of the mesh is moved by, where its name does not say it:
## [code]{"Mouth_Aah": "jawOpen", "Wink": "eyeBlinkLeft"}[/code]. An empty text leaves that shape alone.
export var overrides: Dictionary = {}
## Keep every weight within 0 and 1, however strong the multipliers.
export var limit_to_one: bool = true

var _names = ShapeNames.new()
# Each: mesh instance, index, property path, the shapes whose mean moves it, multiplier, weight last written.
var _bindings = []
var _unmatched = []


func _ready() -> void:
	rebind()


## Looks for the receiver, the meshes and their shapes again. Call it after the model or a setting has changed.
func rebind() -> void:
	_follow()
	_release()
	_bindings = []
	_unmatched = []
	var target = get_parent() if target_path.is_empty() else get_node_or_null(target_path)
	if target == null:
		push_warning("avatar_driver: '%s' finds no node at its target path '%s'" % [name, target_path])
		return
	_bind_below(target)
	if matched_shapes().size() == 0:
		push_warning("avatar_driver: no blend shape below '%s' has a name that is known" % target.name)
	_on_applied()


## The shapes of the meshes that no ARKit shape moves, as "Mesh/shape": their names say nothing known, another shape of
## the mesh fits better, or an override says so. A sender that uses the very name still moves them.
func unmatched_shapes() -> Array:
	return _unmatched.duplicate()


## What moves what: "Mesh/shape" to the ARKit shapes whose mean it gets.
func matched_shapes() -> Dictionary:
	var matched = {}
	for binding in _bindings:
		if ShapeNames.CHANNELS.has(binding["sources"][0]):
			matched["%s/%s" % [binding["mesh"].name, binding["shape"]]] = binding["sources"]
	return matched


func _bind_below(node: Node) -> void:
	if node is MeshInstance and node.mesh is ArrayMesh and node.mesh.get_blend_shape_count() > 0:
		_bind_mesh(node)
	for child in node.get_children():
		_bind_below(child)


# Of several shapes of one mesh that mean the same (`jawOpen` and `Face_jawOpen`), the best name is moved.
func _bind_mesh(mesh: Node) -> void:
	var best = {}
	for index in range(mesh.mesh.get_blend_shape_count()):
		var shape = str(mesh.mesh.get_blend_shape_name(index))
		var meant = _names.meaning(overrides.get(shape, shape))
		var meaning = "%s %s" % [_sources(meant), meant["side"]]
		var fit = -1 if overrides.has(shape) else meant["fit"]
		if overrides.get(shape, shape) == "" or (best.has(meaning) and best[meaning]["fit"] <= fit):
			_unmatched.append("%s/%s" % [mesh.name, shape])
			continue
		if best.has(meaning):
			_unmatched.append("%s/%s" % [mesh.name, best[meaning]["shape"]])
		best[meaning] = _binding(mesh, index, shape, meant, fit)
		if meant["channels"].size() == 0:
			_unmatched.append("%s/%s" % [mesh.name, shape])
	for meaning in best:
		_bindings.append(best[meaning])


# A name that is not ARKit's (`A`, `Joy`) is bound too: a sender may use it.
func _sources(meant: Dictionary) -> Array:
	return meant["channels"] if meant["channels"].size() > 0 else [meant["key"]]


func _binding(mesh: Node, index: int, shape: String, meant: Dictionary, fit: int) -> Dictionary:
	var sources = _sources(meant)
	var multiplier = 1.0
	for named in multipliers:
		for source in _sources(_names.meaning(named)):
			if sources.has(source):
				multiplier = float(multipliers[named])
	return {
		"mesh": mesh,
		"of": mesh.mesh,
		"index": index,
		"shape": shape,
		"path": "blend_shapes/" + shape,
		"sources": sources,
		"multiplier": multiplier,
		"fit": fit,
		# A body's own shapes stay as they were made until a sender names them.
		"is_others": meant["channels"].size() == 0,
		# Unknown: a scene may be saved with other weights, and Godot 3 has none at all before the first is set.
		"written": NAN,
	}


# What is not moved any more must not keep the face it had.
func _release() -> void:
	for binding in _bindings:
		if is_nan(binding["written"]) or not is_instance_valid(binding["mesh"]):
			continue
		if binding["mesh"].mesh == binding["of"]:
			_write(binding, 0.0)


func _on_applied() -> void:
	var shapes = _receiver.shapes if is_instance_valid(_receiver) else {}
	for binding in _bindings:
		if binding["is_others"] and not shapes.has(binding["sources"][0]) and is_nan(binding["written"]):
			continue
		var weight = 0.0
		for source in binding["sources"]:
			weight += shapes.get(source, 0.0)
		weight *= strength * binding["multiplier"] / binding["sources"].size()
		if limit_to_one:
			weight = clamp(weight, 0.0, 1.0)
		if weight != binding["written"]:
			binding["written"] = weight
			if is_instance_valid(binding["mesh"]):
				_write(binding, weight)


func _write(binding: Dictionary, weight: float) -> void:
	binding["mesh"].set(binding["path"], weight)
