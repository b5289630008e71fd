extends Node
# Follows the receiver after the sample's own nodes did, so what it reads has been applied.

const KEPT = 1000  # faces; the report of a run of hours has the first of them

var reports_to = 0
var report = ""
var _udp = PacketPeerUDP.new()
var _applied = []


func _ready():
	_udp.set_dest_address("127.0.0.1", reports_to)
	var receiver = get_node("/root/Sample/Receiver")
	receiver.connect("applied", self, "_on_applied", [receiver])
	receiver.connect("lost", self, "_on_lost", [receiver])
	_udp.put_packet("ready".to_ascii())


func _on_applied(receiver):
	if receiver.is_lost:
		return  # easing to rest
	_udp.put_packet(("%.4f" % receiver.sent_time).to_ascii())
	if _applied.size() == KEPT:
		return
	var face = get_node("/root/Sample/Head/Face")
	var weights = {}
	for i in range(face.mesh.get_blend_shape_count()):
		var name = face.mesh.get_blend_shape_name(i)
		weights[name] = face.get("blend_shapes/" + name)
	var turn = get_node("/root/Sample/Head").transform.basis.get_rotation_quat()
	_applied.append([receiver.sent_time, weights, [turn.x, turn.y, turn.z, turn.w], receiver.is_tracked])


func _on_lost(receiver):
	var file = File.new()
	file.open(report, File.WRITE)
	file.store_string(JSON.print({"applied": _applied, "statistics": receiver.statistics()}))
	file.close()
	get_tree().quit()
