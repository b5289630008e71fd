extends SceneTree
# Runs in Godot 3 and answers questions about the addon: reads JSON lists of questions from a file, writes the answers.
# Floats, texts and blobs of packets go out as the hex of their bytes: JSON would round the ones and break on the others.

const Osc = preload("res://addons/avatar_driver/osc.gd")
const VmcAssembler = preload("res://addons/avatar_driver/vmc_assembler.gd")
const ShapeNames = preload("res://addons/avatar_driver/shape_names.gd")
const UnityAxes = preload("res://addons/avatar_driver/unity_axes.gd")
const UnifiedShapes = preload("res://addons/avatar_driver/unified_shapes.gd")


func _init():
	var arguments = OS.get_cmdline_args()
	var questions = File.new()
	questions.open(arguments[arguments.size() - 2], File.READ)
	var asked = JSON.parse(questions.get_as_text()).result
	var answers = []
	for question in asked["questions"]:
		answers.append(call("_" + asked["about"], question))
	var file = File.new()
	file.open(arguments[arguments.size() - 1], File.WRITE)
	file.store_string(JSON.print(answers))
	file.close()
	quit()


func _decode(packet_hex):
	var osc = Osc.new()
	if not osc.read(_bytes(packet_hex)):
		return {"refused": osc.error, "messages": osc.messages.size()}
	var told = []
	for message in osc.messages:
		var arguments = []
		for i in range(message[1].length()):
			arguments.append(_told(message[1].substr(i, 1), message[2][i]))
		told.append({"address": _hex(message[0].to_utf8()), "tags": message[1], "args": arguments})
	return told


# Only whether it was refused, and that a reader lives on: a good packet after each bad one.
func _survive(packet_hex):
	var osc = Osc.new()
	var good = osc.read(_bytes(packet_hex))
	var lives = osc.read(_bytes("2f6100002c000000"))
	return [good, lives and osc.messages.size() == 1]


func _assemble(packets):
	var osc = Osc.new()
	var assembler = VmcAssembler.new()
	var faces = []
	for packet in packets:
		if osc.read(_bytes(packet)):
			faces += assembler.take(osc.messages)
	return faces


func _meaning(name):
	return ShapeNames.new().meaning(name)


func _canonical(name):
	return ShapeNames.new().canonical(name)


func _unified(arkit):
	return UnifiedShapes.weights(arkit)


func _axes(question):
	return [UnityAxes.rotation(question[0], question[2]), UnityAxes.position(question[1], question[2])]


# How long a packet takes to read and assemble, in microseconds: [median, 99th percentile].
func _cost(packets):
	var read = []
	for packet in packets:
		read.append(_bytes(packet))
	var osc = Osc.new()
	var assembler = VmcAssembler.new()
	var took = []
	for _turn in range(300):
		var began = OS.get_ticks_usec()
		for packet in read:
			osc.read(packet)
			assembler.take(osc.messages)
		took.append(OS.get_ticks_usec() - began)
	took.sort()
	return [took[150], took[297]]


func _told(tag, value):
	if tag == "f":
		var buffer = StreamPeerBuffer.new()
		buffer.big_endian = true
		buffer.put_float(value)
		return _hex(buffer.data_array)
	if tag == "s":
		return _hex(value.to_utf8())
	return _hex(value) if tag == "b" else value


func _hex(bytes):
	var text = ""
	for byte in bytes:
		text += "%02x" % byte
	return text


func _bytes(text):
	var bytes = PoolByteArray()
	for i in range(0, text.length(), 2):
		bytes.append(("0x" + text.substr(i, 2)).hex_to_int())
	return bytes
