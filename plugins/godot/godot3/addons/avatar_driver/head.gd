class_name AvatarDriverHead
extends "follower.gd"
## Turns a bone of a [Skeleton], or any [Spatial], as an [code]AvatarDriverReceiver[/code] hears it.
##
## For the head; with [member vmc_bone] also for the neck or an eye. The turn is added to the rest pose and counts in
## the model's own axes, however the bone itself is oriented.

## Which way the model looks in its own axes.
enum ModelFaces {
	PLUS_Z,  ## glTF, VRM 1.0, most imported models.
	MINUS_Z,  ## VRM 0.x and models made to look along Godot's forward.
}

# What skeletons call the bones of VMC, in lower case, without prefix.
const ALSO_CALLED = {
	"Head": ["head", "atama", "頭"],
	"Neck": ["neck", "kubi", "首"],
	"LeftEye": ["lefteye", "eyel", "leye", "eyeleft", "左目"],
	"RightEye": ["righteye", "eyer", "reye", "eyeright", "右目"],
}

## The Skeleton or Spatial to turn. Empty: the parent of this node.
export var target_path: NodePath
## The skeleton's bone. Empty: the one whose name means [member vmc_bone] (Head, J_Bip_C_Head, mixamorig:Head …).
export var bone_name: String = ""
## The bone as the sender calls it: Head, Neck, LeftEye, RightEye.
export var vmc_bone: String = "Head"
## Which way the model looks. If it nods when you tilt your head, choose the other.
export(ModelFaces) var model_faces: int = ModelFaces.PLUS_Z
## How much of the turn is taken.
export(float, 0.0, 2.0, 0.05) var strength: float = 1.0
## Also move the target. The sender must send positions: in avatar_driver, [code]head_position: true[/code].
export var take_position: bool = false

var _target = null
var _bone = -1
var _rest = Transform()
var _rest_in_model = Basis()
var _written = Transform()  # how a node's turn was last written
var _is_turned = false
var _is_moved = false


func _ready() -> void:
	rebind()


## Looks for the receiver, the target and its bone again, and takes the pose the target has without the turn that it got
## from here (a bone: its rest) as the one at rest.
func rebind() -> void:
	_follow()
	_release()
	_bone = -1
	_target = get_parent() if target_path.is_empty() else get_node_or_null(target_path)
	if _target is Skeleton:
		_bone = _find_bone()
		if _bone < 0:
			push_warning("avatar_driver: '%s' finds no bone '%s'; set its bone name" % [name, bone_name + vmc_bone])
			_target = null
			return
		_rest = _target.get_bone_rest(_bone)
		_rest_in_model = _global_rest(_bone).basis.orthonormalized()
	elif _target is Spatial:
		_rest = _target.transform
		_rest_in_model = _rest.basis.orthonormalized()
	else:
		push_warning("avatar_driver: the target of '%s' is neither a skeleton nor a 3D node" % name)
		_target = null


# Back to rest, unless somebody else has put the node elsewhere since.
func _release() -> void:
	if not _is_turned or not is_instance_valid(_target):
		return
	_is_turned = false
	if _bone >= 0:
		_turn_bone(Basis(), Vector3())
	elif _target.transform.is_equal_approx(_written):
		_target.transform = _rest


func _on_applied() -> void:
	if not is_instance_valid(_target):
		return
	_is_turned = true
	var minus_z = model_faces == ModelFaces.MINUS_Z
	var turn = _receiver.bone_rotation(vmc_bone, minus_z)
	var offset = _receiver.bone_position(vmc_bone, minus_z) if take_position else [0.0, 0.0, 0.0]
	var in_model = Basis(_scaled(Quat(turn[0], turn[1], turn[2], turn[3])))
	# The turn in the model's axes, seen from the bone at rest.
	var in_bone = _rest_in_model.inverse() * in_model * _rest_in_model
	var moved = Vector3(offset[0], offset[1], offset[2])
	if _bone >= 0:
		_turn_bone(in_bone, moved)
	else:
		_written = Transform(_rest.basis * in_bone, _rest.origin + moved)
		_target.transform = _written


# The moved bone goes along its parent's axes as they rest in the model.
func _turn_bone(in_bone: Basis, moved: Vector3) -> void:
	var in_parent = (_rest.basis.orthonormalized() * _rest_in_model.inverse()).xform(moved)
	_target.set_bone_pose(_bone, Transform(in_bone, _rest.basis.xform_inv(in_parent)))


func _scaled(turn: Quat) -> Quat:
	if strength <= 1.0:
		return Quat.IDENTITY.slerp(turn, strength)
	return turn * Quat.IDENTITY.slerp(turn, strength - 1.0)


func _global_rest(bone: int) -> Transform:
	var rest = _target.get_bone_rest(bone)
	var parent = _target.get_bone_parent(bone)
	while parent >= 0:
		rest = _target.get_bone_rest(parent) * rest
		parent = _target.get_bone_parent(parent)
	return rest


func _find_bone() -> int:
	if bone_name != "":
		return _target.find_bone(bone_name)
	var wanted = ALSO_CALLED.get(vmc_bone, [vmc_bone.to_lower()])
	for bone in range(_target.get_bone_count()):
		if wanted.has(_plain(_target.get_bone_name(bone))):
			return bone
	return -1


# Without rig and group: `mixamorig:Head`, `J_Bip_C_Head`, `DEF-head`; `HeadTop_End` stays another bone.
func _plain(bone: String) -> String:
	var words = bone.to_lower().replace(":", "_").replace("-", "_").replace(".", "_").replace(" ", "_").split("_")
	var last = words[words.size() - 1]
	if (last == "l" or last == "r") and words.size() > 1:
		return words[words.size() - 2] + last
	if last == "eye" and words.size() > 1:
		return words[words.size() - 2] + last
	return last
