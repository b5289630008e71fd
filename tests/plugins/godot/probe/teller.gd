extends Node
# Builds the scene of `stage.gd` below itself and tells every event of the receiver with the state after it.

const SHAPES = {
	"Odd": ["EYE_BLINK_L", "L_eye_blink", "Face.jawOpen.001", "mouthSmile", "browInnerUp_R", "Fcl_MTH_A", "Own", "upper_mouthLeft"],
	"Exact": ["Face_jawOpen", "jawOpen"],
}

var listens_on = 0
var tells = 0
var settings = {}
var _udp = PacketPeerUDP.new()
var _nodes = {}


func _ready():
	_udp.set_dest_address("127.0.0.1", tells)
	var body = Spatial.new()
	_add("Body", body, self)
	for mesh in SHAPES:
		_add(mesh, _mesh(SHAPES[mesh]), body)
	_add("Hat", Spatial.new(), body).transform = Transform(Basis(Vector3(0, 1, 0), PI / 2), Vector3(0, 1, 0))
	_add("Skeleton", _skeleton(), body)
	_add("Receiver", load("res://addons/avatar_driver/receiver.gd").new(), null).port = listens_on
	_add("Shapes", load("res://addons/avatar_driver/blend_shapes.gd").new(), null).target_path = NodePath("/root/Stage/Body")
	_add("HatTurn", load("res://addons/avatar_driver/head.gd").new(), null).target_path = NodePath("/root/Stage/Body/Hat")
	_add("HeadTurn", load("res://addons/avatar_driver/head.gd").new(), null).target_path = NodePath("/root/Stage/Body/Skeleton")
	_add("Tracker", load("res://face_tracker_standing_in.gd").new(), null)
	for node in settings:
		for property in settings[node]:
			_nodes[node].set(property, settings[node][property])
	for node in ["Receiver", "Shapes", "HatTurn", "HeadTurn", "Tracker"]:
		add_child(_nodes[node])
	# Godot 3 calls the listeners of a signal in the order in which they were made: this one last, after the followers.
	var ear = Ear.new()
	for event in ["applied", "found", "lost"]:
		_nodes["Receiver"].connect(event, ear, "tell", [self, event])
	_nodes["Receiver"].connect("tracking_changed", ear, "tell_tracked", [self])
	add_child(ear)
	_tell("ready")


func _add(name, node, parent):
	node.name = name
	_nodes[name] = node
	if parent != null:
		parent.add_child(node)
	return node


func _enter_tree():
	name = "Stage"


class Ear:
	extends Node

	func tell(teller, event):
		teller._tell(event)

	func tell_tracked(is_tracked, teller):
		teller._tell("tracked" if is_tracked else "untracked")


func _tell(event):
	var receiver = _nodes["Receiver"]
	var weights = {}
	for mesh in SHAPES:
		for shape in SHAPES[mesh]:
			weights[mesh + "/" + shape] = _nodes[mesh].get("blend_shapes/" + shape)
	var skeleton = _nodes["Skeleton"]
	var head = skeleton.find_bone("mixamorig_Head")
	var state = {
		"event": event,
		"weights": weights,
		"matched": _nodes["Shapes"].matched_shapes(),
		"unmatched": _nodes["Shapes"].unmatched_shapes(),
		"hat": _rows(_nodes["Hat"].transform),
		"head": _rows(skeleton.get_bone_global_pose(head)),
		"statistics": receiver.statistics(),
		"is_lost": receiver.is_lost,
		"is_tracked": receiver.is_tracked,
		"shapes": receiver.shapes,
		"tracker": Array(_nodes["Tracker"].tracker.blend_shapes),
		"trackers": _nodes["Tracker"].XRServer.trackers.size(),
	}
	_udp.put_packet(JSON.print(state).to_utf8())


func _rows(transform):
	var rows = []
	for i in range(3):
		rows.append([transform.basis.x[i], transform.basis.y[i], transform.basis.z[i], transform.origin[i]])
	return rows


func _mesh(shapes):
	var mesh = ArrayMesh.new()
	var arrays = []
	arrays.resize(Mesh.ARRAY_MAX)
	arrays[Mesh.ARRAY_VERTEX] = PoolVector3Array([Vector3(0, 0, 0), Vector3(1, 0, 0), Vector3(0, 1, 0)])
	var moved = []
	for shape in shapes:
		mesh.add_blend_shape(shape)
		moved.append(arrays.duplicate())
	mesh.add_surface_from_arrays(Mesh.PRIMITIVE_TRIANGLES, arrays, moved)
	var instance = MeshInstance.new()
	instance.mesh = mesh
	return instance


# A neck that leans and a head bone that lies on its side, as rigs have them.
func _skeleton():
	var skeleton = Skeleton.new()
	skeleton.add_bone("mixamorig_HeadTop_End")
	skeleton.add_bone("mixamorig_Neck")
	skeleton.add_bone("mixamorig_Head")
	skeleton.set_bone_parent(2, 1)
	skeleton.set_bone_rest(1, Transform(Basis(Vector3(1, 0, 0), 0.4), Vector3(0, 1.4, 0)))
	skeleton.set_bone_rest(2, Transform(Basis(Vector3(0, 0, 1), PI / 2), Vector3(0, 0.1, 0)))
	return skeleton
