extends Node
# Builds the scene of `stage.gd` below itself and tells every event of the receiver with the state after it. Orders come
# by UDP, as JSON: {"set_property": [node, property, value]}, {"call_method": [node, method]}, {"reenter": node},
# {"take_out": node}, {"free_node": node}, {"receive": port}, which adds a receiver; the one before is "First". Each is
# told as the event "done".

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
	_listen_to(_nodes["Receiver"])
	_tell("ready")


func _process(_delta):
	while _udp.get_available_packet_count() > 0:
		var order = JSON.parse(_udp.get_packet().get_string_from_utf8()).result
		for kind in order:
			call("_" + kind, order[kind])
		_tell("done")


func _set_property(what):
	var value = NodePath(what[2]) if what[2] is String else what[2]
	_nodes[what[0]].set(what[1], value)


func _call_method(what):
	_nodes[what[0]].call(what[1])


func _reenter(node):
	var above = _nodes[node].get_parent()
	above.remove_child(_nodes[node])
	above.add_child(_nodes[node])


func _take_out(node):
	_nodes[node].get_parent().remove_child(_nodes[node])


func _free_node(node):
	_nodes[node].free()


func _receive(port):
	_nodes["First"] = _nodes["Receiver"]
	_add("Receiver", load("res://addons/avatar_driver/receiver.gd").new(), null).port = port
	add_child(_nodes["Receiver"])
	_listen_to(_nodes["Receiver"])


func _listen_to(receiver):
	# Godot 3 calls the listeners of a signal in the order in which they were made: this one last, after the followers.
	var ear = Ear.new()
	for event in ["applied", "found", "lost"]:
		receiver.connect(event, ear, "tell", [self, event])
	receiver.connect("tracking_changed", ear, "tell_tracked", [self])
	add_child(ear)


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
		"tracker": Array(_nodes["Tracker"].tracker.blend_shapes),
		"trackers": _nodes["Tracker"].XRServer.trackers.size(),
	}
	if is_instance_valid(_nodes["Receiver"]):
		state["statistics"] = _nodes["Receiver"].statistics()
		state["is_listening"] = _nodes["Receiver"].is_listening()
		for property in ["is_lost", "is_tracked", "shapes"]:
			state[property] = _nodes["Receiver"].get(property)
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
