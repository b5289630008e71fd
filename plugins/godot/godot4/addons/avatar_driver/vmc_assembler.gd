## Gathers the OSC messages of one VMC sender into faces.
##
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.[br]
## At `/VMC/Ext/Blend/Apply` the gathered set replaces the one before: a name that is missing falls back to 0. As the
## specification asks, unknown addresses and surplus arguments are ignored, and a message with too few or wrongly typed
## arguments is void. Weights are kept within 0 and 1, rotations are made unit long.

const MOST_NAMES = 1024  # of weights or bones kept of one sender, who may be hostile
const LONGEST_NAME = 256

var _weights = {}
var _bones = {}
var _tracked = true
var _time = 0.0


## The faces that these messages complete: mostly none or one. Each is a Dictionary:[br]
## `weights`: name to 0…1, of this set only.[br]
## `bones`: name to [px, py, pz, qx, qy, qz, qw], metres and unit quaternion, local, on Unity's axes.[br]
## `tracked`: whether the sender says that it sees a face. `time`: the sender's own clock, in seconds.
func take(messages: Array) -> Array:
	var faces = []
	for message in messages:
		var tags = message[1]
		var arguments = message[2]
		match message[0]:
			"/VMC/Ext/Blend/Val":
				if tags.begins_with("sf"):
					_keep(_weights, arguments[0], clamp(arguments[1], 0.0, 1.0))
			"/VMC/Ext/Blend/Apply":
				faces.append({"weights": _weights, "bones": _bones.duplicate(), "tracked": _tracked, "time": _time})
				_weights = {}
			"/VMC/Ext/Bone/Pos":
				if tags.begins_with("sfffffff"):
					_keep_bone(arguments)
			"/VMC/Ext/OK":
				if tags.begins_with("i"):
					_tracked = arguments[0] != 0 and _is_good(tags, arguments)
			"/VMC/Ext/T":
				if tags.begins_with("f"):
					_time = arguments[0]
	return faces


# The tracking status is the fourth argument, since protocol 2.7; a sender that does not say is believed to see a face.
func _is_good(tags: String, arguments: Array) -> bool:
	if tags.length() < 4:
		return true
	if "ifTF".find(tags.substr(3, 1)) < 0:
		return true
	return float(arguments[3]) != 0.0


func _keep_bone(arguments: Array) -> void:
	var pose = arguments.slice(1, 8)
	pose.resize(7)
	var norm = 0.0
	for i in range(3, 7):
		norm += pose[i] * pose[i]
	norm = sqrt(norm)
	if norm < 1e-6:
		return
	for i in range(3, 7):
		pose[i] /= norm
	_keep(_bones, arguments[0], pose)


func _keep(kept: Dictionary, name: String, value) -> void:
	if kept.has(name) or (kept.size() < MOST_NAMES and name.length() <= LONGEST_NAME):
		kept[name] = value
