## Tells which of the 52 ARKit shapes a name means, however a model or a sender writes it.
##
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.[br]
## `jawOpen`, `JawOpen`, `jaw_open`, `JAW OPEN`, `Face.jawOpen`, `ARKit_jawOpen.001`, `eyeBlink_L`, `L_eye_blink` …

const CHANNELS = [
	"eyeBlinkLeft",
	"eyeLookDownLeft",
	"eyeLookInLeft",
	"eyeLookOutLeft",
	"eyeLookUpLeft",
	"eyeSquintLeft",
	"eyeWideLeft",
	"eyeBlinkRight",
	"eyeLookDownRight",
	"eyeLookInRight",
	"eyeLookOutRight",
	"eyeLookUpRight",
	"eyeSquintRight",
	"eyeWideRight",
	"jawForward",
	"jawLeft",
	"jawRight",
	"jawOpen",
	"mouthClose",
	"mouthFunnel",
	"mouthPucker",
	"mouthLeft",
	"mouthRight",
	"mouthSmileLeft",
	"mouthSmileRight",
	"mouthFrownLeft",
	"mouthFrownRight",
	"mouthDimpleLeft",
	"mouthDimpleRight",
	"mouthStretchLeft",
	"mouthStretchRight",
	"mouthRollLower",
	"mouthRollUpper",
	"mouthShrugLower",
	"mouthShrugUpper",
	"mouthPressLeft",
	"mouthPressRight",
	"mouthLowerDownLeft",
	"mouthLowerDownRight",
	"mouthUpperUpLeft",
	"mouthUpperUpRight",
	"browDownLeft",
	"browDownRight",
	"browInnerUp",
	"browOuterUpLeft",
	"browOuterUpRight",
	"cheekPuff",
	"cheekSquintLeft",
	"cheekSquintRight",
	"noseSneerLeft",
	"noseSneerRight",
	"tongueOut",
]

# What a name may begin with and still mean the shape that its rest says: anything but these. `upper_mouthLeft` is
# another shape than `mouthLeft`; `Face.mouthLeft` is not.
const MEANINGFUL = (
	"brow cheek chin down eye in inner jaw l left lid lip lips look lower mouth nose not out outer r right teeth tongue"
	+ " up upper"
)
const SEPARATORS = "_-. :|/\\"
const DIGITS = "0123456789"
const SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}

# How well a name fits, best first.
const EXACT = 0
const SPELLED_OTHERWISE = 1
const WITH_PREFIX = 2
const WITHOUT_ITS_SIDE = 3

var _channel_of_key = {}
var _sides_of_key = {}
var _known = {}
var _meaningful = []


func _init():
	_meaningful = Array(MEANINGFUL.split(" "))
	for channel in CHANNELS:
		_channel_of_key[channel.to_lower()] = channel
	for channel in CHANNELS:
		if channel.ends_with("Left"):
			var both = channel.substr(0, channel.length() - 4)
			# A shape called just `jaw` or `mouth` would go both ways at once.
			if both != "jaw" and both != "mouth":
				_sides_of_key[both.to_lower()] = [channel, both + "Right"]


## What a name means: a Dictionary with[br]
## `channels`: the ARKit shapes whose mean moves it. One; or two if the name leaves out a side that ARKit tells apart
## (`mouthSmile`); or none if the name is not one of ARKit's.[br]
## `side`: "left" or "right" if the name has a side that ARKit does not tell apart (`browInnerUp_L`), else "".[br]
## `fit`: 0 for the exact name, the higher the more had to be supposed.[br]
## `key`: the name without case and separators, to compare names that are not ARKit's.
func meaning(name: String) -> Dictionary:
	if not _known.has(name):
		if _known.size() >= 4096:  # names come from the network
			_known.clear()
		_known[name] = _meaning(name)
	return _known[name]


## The ARKit name of a sent weight, or its key where it is not one of ARKit's.
func canonical(name: String) -> String:
	var meant = meaning(name)
	var is_one = meant["channels"].size() == 1 and meant["side"] == ""
	return meant["channels"][0] if is_one else meant["key"]


func _meaning(name: String) -> Dictionary:
	var words = _words(name)
	var key = _joined(words)
	if name != "" and CHANNELS.has(name.substr(0, 1).to_lower() + name.substr(1)):
		return {"channels": [_channel_of_key[key]], "side": "", "fit": EXACT, "key": key}
	while words.size() > 0:
		var found = _without_prefix(words)
		if found.size() > 0:
			var dropped = key.length() > _joined(words).length()
			found["fit"] = int(max(found["fit"], WITH_PREFIX if dropped else SPELLED_OTHERWISE))
			found["key"] = key
			return found
		if _meaningful.has(words[0]):
			break
		words.pop_front()
	return {"channels": [], "side": "", "fit": WITHOUT_ITS_SIDE, "key": key}


func _without_prefix(words: Array) -> Dictionary:
	var key = _joined(words)
	if _channel_of_key.has(key):
		return {"channels": [_channel_of_key[key]], "side": "", "fit": EXACT}
	if SIDES.has(words[words.size() - 1]):
		var rest = words.duplicate()
		var side = SIDES[rest.pop_back()]
		return _on_side(_joined(rest), side)
	if SIDES.has(words[0]):
		var rest = words.duplicate()
		var side = SIDES[rest.pop_front()]
		return _on_side(_joined(rest), side)
	if _sides_of_key.has(key):
		return {"channels": _sides_of_key[key], "side": "", "fit": WITHOUT_ITS_SIDE}
	return {}


func _on_side(key: String, side: String) -> Dictionary:
	if _channel_of_key.has(key + side):
		return {"channels": [_channel_of_key[key + side]], "side": "", "fit": EXACT}
	if _channel_of_key.has(key) and not key.ends_with("left") and not key.ends_with("right"):
		return {"channels": [_channel_of_key[key]], "side": side, "fit": EXACT}
	return {}


# Lower-case words, split at separators and where small letters meet capitals; without a number at the end (`.001`).
func _words(name: String) -> Array:
	var words = []
	var word = ""
	for i in range(name.length()):
		var letter = name.substr(i, 1)
		if SEPARATORS.find(letter) >= 0:
			words.append(word)
			word = ""
			continue
		if _is_capital(letter) and i > 0:
			var before = name.substr(i - 1, 1)
			# `jawOpen` before O; `ARKitJaw` before K and J. A last capital stands alone: `eyeBlinkL`.
			if not _is_capital(before) or _is_small(name.substr(i + 1, 1)):
				words.append(word)
				word = ""
		word += letter.to_lower()
	words.append(word)
	while words.has(""):
		words.erase("")
	while words.size() > 1 and _is_number(words[words.size() - 1]):
		words.pop_back()
	return words


func _is_capital(letter: String) -> bool:
	return letter != letter.to_lower()


func _is_small(letter: String) -> bool:
	return letter != letter.to_upper()


func _is_number(word: String) -> bool:
	for i in range(word.length()):
		if DIGITS.find(word.substr(i, 1)) < 0:
			return false
	return true


func _joined(words: Array) -> String:
	var text = ""
	for word in words:
		text += word
	return text
