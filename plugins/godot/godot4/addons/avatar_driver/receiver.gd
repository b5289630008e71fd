class_name AvatarDriverReceiver
extends Node
## Receives a face over the VMC protocol (OSC over UDP) from avatar_driver or any other VMC sender.
##
## Add it to a scene, then let [code]AvatarDriverBlendShapes[/code], [code]AvatarDriverHead[/code] and
## [code]AvatarDriverFaceTracker[/code] follow it, or connect [signal applied] and read [member shapes].[br]
## It listens to this computer alone unless [member address] says otherwise, and never stops for a bad packet.

## A new face is in [member shapes], [member weights] and [member bones]. At most once in a rendered frame.
signal applied
## The first face came, or the first after [signal lost].
signal found
## Nothing came for [member timeout_seconds].
signal lost
## The sender began or ceased to see a face. It goes on sending either way.
signal tracking_changed(is_tracked)

## What happens to the face when nothing comes any more.
enum WhenLost {
	EASE_TO_NEUTRAL,  ## It returns to rest within [member ease_seconds].
	KEEP_LAST_FACE,  ## It stays as it was.
}

const Osc = preload("osc.gd")
const VmcAssembler = preload("vmc_assembler.gd")
const ShapeNames = preload("shape_names.gd")
const UnityAxes = preload("unity_axes.gd")
const FindReceiver = preload("find_receiver.gd")

const MOST_PACKETS_A_FRAME = 512  # a flood must not hold the game
const RETRY_SECONDS = 1.0
const NO_POSE = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]

## The UDP port that the sender sends to. 39539 is VMC's own. May be changed at any time, as [member address] may.
@export_range(1, 65535) var port: int = 39539
## The address to listen on. "127.0.0.1" hears this computer alone; "*" hears the whole network.
@export var address: String = "127.0.0.1"
## Begin to listen as soon as the scene runs. Otherwise call [method start].
@export var autostart: bool = true
## After this many seconds of silence the face counts as lost.
@export_range(0.1, 10.0, 0.1) var timeout_seconds: float = 1.0
## What happens to the face when nothing comes any more.
@export var when_lost: WhenLost = WhenLost.EASE_TO_NEUTRAL
## How long the return to rest takes, in seconds.
@export_range(0.0, 5.0, 0.05) var ease_seconds: float = 0.3

## Weights 0…1 by ARKit's names (jawOpen); names that are not ARKit's stand in lower case without separators.
var shapes: Dictionary = {}
## Weights 0…1 by the names that were sent.
var weights: Dictionary = {}
## Bones as sent: name to [px, py, pz, qx, qy, qz, qw], local, on Unity's axes.
var bones: Dictionary = {}
## Whether the sender says that it sees a face.
var is_tracked: bool = false
## Whether nothing came for [member timeout_seconds]; true until the first face.
var is_lost: bool = true
## The sender's own clock at the last face, in seconds.
var sent_time: float = 0.0
## Tells which ARKit shape a name means; one for all that follow this receiver.
var names = ShapeNames.new()

var _udp = PacketPeerUDP.new()
var _osc = Osc.new()
var _assembler = VmcAssembler.new()
var _running = false
var _resumes = false
var _listening = false
var _open_port = 0
var _open_address = ""
var _sender = ""
var _newest = {}
var _heard_usec = 0
var _retry_usec = 0
var _easing = -1.0
var _eased_shapes = {}
var _eased_bones = {}
var _counts = {}


func _enter_tree() -> void:
	add_to_group(FindReceiver.GROUP)
	_clear_counts()
	if _resumes:  # it was taken out of the scene and put back: _ready comes but once
		start()


func _ready() -> void:
	for follower in get_tree().get_nodes_in_group(FindReceiver.FOLLOWERS):
		follower.on_receiver_came()
	if autostart:
		start()


func _exit_tree() -> void:
	remove_from_group(FindReceiver.GROUP)
	_resumes = _running
	stop()
	_leave_no_face()


## Listens on [member address] and [member port]. If another program holds the port, it is tried again every second.
func start() -> void:
	stop()
	_running = true
	_retry_usec = 0
	_open()


## Frees the port. The face counts as lost after [member timeout_seconds].
func stop() -> void:
	_running = false
	_listening = false
	_sender = ""
	_udp.close()


## Whether the port is open.
func is_listening() -> bool:
	return _listening


## Whether a receiver with this port and address would hear what this one hears.
func shares_port(its_port: int, its_address: String) -> bool:
	return its_port == _open_port and (its_address == _open_address or "*" in [its_address, _open_address])


## Counts since the node entered the scene: packets, faces, faces overtaken by a newer one within a rendered frame,
## packets refused as not OSC with the last reason, packets of other senders, times lost.
func statistics() -> Dictionary:
	return _counts.duplicate()


## A bone's turn [x, y, z, w] on Godot's axes, against its parent; no turn if the bone was never sent.
func bone_rotation(bone: String, faces_minus_z: bool = false) -> Array:
	return UnityAxes.rotation(bones.get(bone, NO_POSE).slice(3, 7), faces_minus_z)


## A bone's place [x, y, z] in metres on Godot's axes, against its parent.
func bone_position(bone: String, faces_minus_z: bool = false) -> Array:
	return UnityAxes.position(bones.get(bone, NO_POSE), faces_minus_z)


func _process(delta: float) -> void:
	var now = Time.get_ticks_usec()
	if _running and (port != _open_port or address != _open_address):
		start()
	if _running and not _listening and now >= _retry_usec:
		_open()
	if _listening:
		_receive(now)
	if _newest.size() > 0:
		_apply(_newest, now)
		_newest = {}
	elif not is_lost and now - _heard_usec > timeout_seconds * 1e6:
		_lose()
	if _easing >= 0.0:
		_ease(delta)


func _open() -> void:
	_open_port = port
	_open_address = address
	_listening = not _has_another_receiver() and _udp.bind(port, address) == OK
	if not _listening:
		if _retry_usec == 0:
			push_warning(
				(
					"avatar_driver: UDP port %d of %s is taken; close the other program or receiver, or choose another port"
					% [port, address]
				)
			)
		_retry_usec = Time.get_ticks_usec() + int(RETRY_SECONDS * 1e6)


# The engine lets two of its sockets share a port, and then only one of them hears anything.
func _has_another_receiver() -> bool:
	if not is_inside_tree():
		return false
	for other in get_tree().get_nodes_in_group(FindReceiver.GROUP):
		if other != self and other.is_listening() and other.shares_port(port, address):
			return true
	return false


func _receive(now: int) -> void:
	for _i in range(MOST_PACKETS_A_FRAME):
		if _udp.get_available_packet_count() <= 0:
			return
		var packet = _udp.get_packet()
		var sender = "%s:%d" % [_udp.get_packet_ip(), _udp.get_packet_port()]
		_counts["packets"] += 1
		if not _osc.read(packet):
			_counts["refused"] += 1
			_counts["last_refusal"] = _osc.error
		elif sender != _sender and _sender != "" and now - _heard_usec <= timeout_seconds * 1e6:
			# Two faces at once would flicker; the first keeps the avatar until it stops.
			_counts["of_other_senders"] += 1
		else:
			_take(sender, now)


func _take(sender: String, now: int) -> void:
	if sender != _sender:
		_assembler = VmcAssembler.new()
	var faces = _assembler.take(_osc.messages)
	if faces.size() == 0:
		if sender != _sender:  # half a face, perhaps: heard from now on, but it does not yet hold off others
			_sender = sender
		return
	_sender = sender
	_heard_usec = now
	_counts["faces"] += faces.size()
	_counts["overtaken"] += faces.size() - (0 if _newest.size() > 0 else 1)
	_newest = faces.back()


func _apply(face: Dictionary, now: int) -> void:
	_heard_usec = now
	_easing = -1.0
	weights = face["weights"]
	bones = face["bones"]
	sent_time = face["time"]
	shapes = {}
	for name_sent in weights:
		var shape = names.canonical(name_sent)
		# A sender may say both `JawOpen` and `jawOpen`.
		shapes[shape] = max(weights[name_sent], shapes.get(shape, 0.0))
	if is_lost:
		is_lost = false
		emit_signal("found")
	if is_tracked != face["tracked"]:
		is_tracked = face["tracked"]
		emit_signal("tracking_changed", is_tracked)
	emit_signal("applied")


func _lose() -> void:
	is_lost = true
	_sender = ""
	_counts["lost"] += 1
	if is_tracked:
		is_tracked = false
		emit_signal("tracking_changed", false)
	emit_signal("lost")
	if when_lost == WhenLost.EASE_TO_NEUTRAL:
		_easing = 0.0
		_eased_shapes = shapes
		_eased_bones = bones


# Nobody goes on easing once this node has left the scene. The game's listeners are not told: it may be ending.
func _leave_no_face() -> void:
	if when_lost == WhenLost.KEEP_LAST_FACE or (is_lost and _easing < 0.0):
		return
	is_lost = true
	is_tracked = false
	_easing = -1.0
	_newest = {}
	shapes = {}
	weights = {}
	bones = {}
	for follower in get_tree().get_nodes_in_group(FindReceiver.FOLLOWERS):
		follower.on_receiver_left(self)


func _ease(delta: float) -> void:
	_easing += delta
	var left = 1.0 - _easing / ease_seconds if _easing < ease_seconds else 0.0
	left = left * left * (3.0 - 2.0 * left)
	shapes = {}
	for shape in _eased_shapes:
		shapes[shape] = _eased_shapes[shape] * left
	bones = {}
	for bone in _eased_bones:
		bones[bone] = _eased_pose(_eased_bones[bone], left)
	weights = shapes
	if left == 0.0:
		_easing = -1.0
	emit_signal("applied")


# Between rest and a pose: the shorter way round, and straight, for a head turns far less than 180°.
func _eased_pose(pose: Array, left: float) -> Array:
	var sign_of_w = -1.0 if pose[6] < 0.0 else 1.0
	var eased = []
	for i in range(7):
		eased.append(pose[i] * left * (sign_of_w if i > 2 else 1.0))
	eased[6] += 1.0 - left
	var norm = sqrt(eased[3] * eased[3] + eased[4] * eased[4] + eased[5] * eased[5] + eased[6] * eased[6])
	for i in range(3, 7):
		eased[i] /= norm
	return eased


func _clear_counts() -> void:
	_counts = {
		"packets": 0, "faces": 0, "overtaken": 0, "refused": 0, "last_refusal": "", "of_other_senders": 0, "lost": 0
	}
