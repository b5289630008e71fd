## Reads OSC 1.0 packets and trusts nothing in them.
##
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.[br]
## Types taken: i f s b T F. Refused: other types, NaN and infinity, text that is not UTF-8, sizes that do not fit,
## bundles nested more than four deep. Time tags are ignored, as VMC receivers do.

const DEPTH = 4
const SLASH = 0x2f
const COMMA = 0x2c
const BUNDLE = [0x23, 0x62, 0x75, 0x6e, 0x64, 0x6c, 0x65, 0x00]
const BUNDLE_HEADER_BYTES = 16

## The messages of the last packet, in order: [address, tags, arguments]. `tags` has one letter for each argument.
## Empty if the packet was refused.
var messages = []

## Why the last packet was refused, as a sentence; empty if it was not.
var error = ""

var _bytes = null
var _reader = StreamPeerBuffer.new()
var _after = 0


## Reads a packet into `messages`. False if it was refused: then `error` says why and `messages` is empty.
func read(packet) -> bool:
	messages = []
	error = ""
	_bytes = packet
	_reader.big_endian = true
	_reader.data_array = packet
	_read_element(0, packet.size(), 0)
	_bytes = null
	if error != "":
		messages = []
	return error == ""


func _read_element(at: int, end: int, depth: int) -> void:
	if not _is_bundle(at, end):
		_read_message(at, end)
		return
	if depth == DEPTH:
		_refuse("bundles nested more than %d deep" % DEPTH, at)
		return
	if end - at < BUNDLE_HEADER_BYTES:
		_refuse("a bundle without its time tag", end)
		return
	at += BUNDLE_HEADER_BYTES
	while at < end and error == "":
		var size = _int32(at, end)
		if error != "":
			return
		at += 4
		if size <= 0 or size % 4 != 0 or size > end - at:
			_refuse("an element of %d bytes where %d are left" % [size, end - at], at - 4)
			return
		_read_element(at, at + size, depth + 1)
		at += size


func _is_bundle(at: int, end: int) -> bool:
	if end - at < BUNDLE.size():
		return false
	for i in range(BUNDLE.size()):
		if _bytes[at + i] != BUNDLE[i]:
			return false
	return true


func _read_message(at: int, end: int) -> void:
	if at >= end or _bytes[at] != SLASH:
		_refuse("an address does not begin with '/'", at)
		return
	var address = _text(at, end)
	if error != "":
		return
	if _after == end:  # senders older than OSC 1.0 leave out the tags of a message without arguments
		messages.append([address, "", []])
		return
	if _bytes[_after] != COMMA:
		_refuse("type tags do not begin with ','", _after)
		return
	var tags = _text(_after, end).substr(1)
	var arguments = []
	for i in range(tags.length()):
		if error != "":
			return
		arguments.append(_argument(tags.substr(i, 1), _after, end))
	if error == "" and _after != end:
		_refuse("%d bytes more than the type tags say" % (end - _after), _after)
	if error == "":
		messages.append([address, tags, arguments])


func _argument(kind: String, at: int, end: int):
	var value = null
	match kind:
		"f":
			value = _float32(at, end)
		"s":
			value = _text(at, end)
		"i":
			_after = at + 4
			value = _int32(at, end)
		"T":
			value = true
		"F":
			value = false
		"b":
			value = _blob(at, end)
		_:
			_refuse("the type '%s'; only i f s b T F are taken" % kind, at)
	return value


func _int32(at: int, end: int) -> int:
	if end - at < 4:
		_refuse("a number that is cut off", at)
		return 0
	_reader.seek(at)
	return _reader.get_32()


func _float32(at: int, end: int) -> float:
	if end - at < 4:
		_refuse("a number that is cut off", at)
		return 0.0
	_reader.seek(at)
	_after = at + 4
	var number = _reader.get_float()
	if is_nan(number) or is_inf(number):
		_refuse("a number that is not finite", at)
		return 0.0
	return number


func _text(at: int, end: int) -> String:
	var nul = at
	var seen = 0
	while nul < end and _bytes[nul] != 0:
		seen |= _bytes[nul]
		nul += 1
	_after = at + ((nul - at) >> 2) * 4 + 4  # at least one NUL, then up to a multiple of four
	if nul == end or _after > end:
		_after = end
		_refuse("a text without its end", at)
		return ""
	if nul == at:
		return ""
	if seen >= 0x80 and not _is_utf8(at, nul):
		_refuse("a text that is not UTF-8", at)
		return ""
	_reader.seek(at)
	return _reader.get_utf8_string(nul - at)


func _blob(at: int, end: int):
	var size = _int32(at, end)
	var room = end - at - 4
	if error == "" and (size < 0 or size > room or ((size + 3) >> 2) * 4 > room):
		_refuse("a blob of %d bytes where %d are left" % [size, room], at)
	if error != "":
		return null
	_after = at + 4 + ((size + 3) >> 2) * 4
	if size == 0:
		return StreamPeerBuffer.new().data_array
	_reader.seek(at + 4)
	return _reader.get_data(size)[1]


# Strict, so that the engine never meets a broken text: no overlong forms, no surrogates, nothing past U+10FFFF.
func _is_utf8(at: int, end: int) -> bool:
	while at < end:
		var lead = _bytes[at]
		var more = 0
		var lowest = 0x80
		var highest = 0xbf
		if lead >= 0xc2 and lead <= 0xdf:
			more = 1
		elif lead >= 0xe0 and lead <= 0xef:
			more = 2
			if lead == 0xe0:
				lowest = 0xa0
			if lead == 0xed:
				highest = 0x9f
		elif lead >= 0xf0 and lead <= 0xf4:
			more = 3
			if lead == 0xf0:
				lowest = 0x90
			if lead == 0xf4:
				highest = 0x8f
		elif lead >= 0x80:
			return false
		if more > end - at - 1:
			return false
		for i in range(more):
			var byte = _bytes[at + 1 + i]
			if byte < lowest or byte > highest:
				return false
			lowest = 0x80
			highest = 0xbf
		at += 1 + more
	return true


func _refuse(what: String, at: int) -> void:
	if error == "":
		error = "%s, at byte %d" % [what, at]
