## The blend shapes of Godot's XRFaceTracker (Unified Expressions) from the 52 shapes of ARKit.
##
## Written by tests/plugins/godot/generate.py from blendshape_maps/unified.yaml; change it there.[br]
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.

## One weight 0…1 for each entry of XRFaceTracker.BlendShapeEntry, in that order. `arkit` has weights by ARKit's
## names; a name that is missing counts as 0. What no camera sees stays 0.
static func weights(arkit: Dictionary) -> Array:
	var eye_look_out_right = float(arkit.get("eyeLookOutRight", 0.0))
	var eye_look_in_right = float(arkit.get("eyeLookInRight", 0.0))
	var eye_look_up_right = float(arkit.get("eyeLookUpRight", 0.0))
	var eye_look_down_right = float(arkit.get("eyeLookDownRight", 0.0))
	var eye_look_out_left = float(arkit.get("eyeLookOutLeft", 0.0))
	var eye_look_in_left = float(arkit.get("eyeLookInLeft", 0.0))
	var eye_look_up_left = float(arkit.get("eyeLookUpLeft", 0.0))
	var eye_look_down_left = float(arkit.get("eyeLookDownLeft", 0.0))
	var eye_blink_right = float(arkit.get("eyeBlinkRight", 0.0))
	var eye_squint_right = float(arkit.get("eyeSquintRight", 0.0))
	var u_eye_open_right = clamp(1.0 + -1.0 * (eye_blink_right * (1.0 + eye_squint_right)), 0.0, 1.0)
	var u_eye_closed_right = clamp(1.0 + -1.0 * u_eye_open_right, 0.0, 1.0)
	var eye_blink_left = float(arkit.get("eyeBlinkLeft", 0.0))
	var eye_squint_left = float(arkit.get("eyeSquintLeft", 0.0))
	var u_eye_open_left = clamp(1.0 + -1.0 * (eye_blink_left * (1.0 + eye_squint_left)), 0.0, 1.0)
	var u_eye_closed_left = clamp(1.0 + -1.0 * u_eye_open_left, 0.0, 1.0)
	var u_eye_squint_right = clamp(eye_squint_right, 0.0, 1.0)
	var u_eye_squint_left = clamp(eye_squint_left, 0.0, 1.0)
	var eye_wide_right = float(arkit.get("eyeWideRight", 0.0))
	var u_eye_wide_right = clamp(eye_wide_right, 0.0, 1.0)
	var eye_wide_left = float(arkit.get("eyeWideLeft", 0.0))
	var u_eye_wide_left = clamp(eye_wide_left, 0.0, 1.0)
	var brow_down_right = float(arkit.get("browDownRight", 0.0))
	var u_brow_pinch_right = clamp(brow_down_right, 0.0, 1.0)
	var brow_down_left = float(arkit.get("browDownLeft", 0.0))
	var u_brow_pinch_left = clamp(brow_down_left, 0.0, 1.0)
	var u_brow_lowerer_right = clamp(brow_down_right, 0.0, 1.0)
	var u_brow_lowerer_left = clamp(brow_down_left, 0.0, 1.0)
	var brow_inner_up = float(arkit.get("browInnerUp", 0.0))
	var u_brow_inner_up_right = clamp(brow_inner_up, 0.0, 1.0)
	var u_brow_inner_up_left = clamp(brow_inner_up, 0.0, 1.0)
	var brow_outer_up_right = float(arkit.get("browOuterUpRight", 0.0))
	var u_brow_outer_up_right = clamp(brow_outer_up_right, 0.0, 1.0)
	var brow_outer_up_left = float(arkit.get("browOuterUpLeft", 0.0))
	var u_brow_outer_up_left = clamp(brow_outer_up_left, 0.0, 1.0)
	var nose_sneer_right = float(arkit.get("noseSneerRight", 0.0))
	var u_nose_sneer_right = clamp(nose_sneer_right, 0.0, 1.0)
	var nose_sneer_left = float(arkit.get("noseSneerLeft", 0.0))
	var u_nose_sneer_left = clamp(nose_sneer_left, 0.0, 1.0)
	var cheek_squint_right = float(arkit.get("cheekSquintRight", 0.0))
	var u_cheek_squint_right = clamp(cheek_squint_right, 0.0, 1.0)
	var cheek_squint_left = float(arkit.get("cheekSquintLeft", 0.0))
	var u_cheek_squint_left = clamp(cheek_squint_left, 0.0, 1.0)
	var cheek_puff = float(arkit.get("cheekPuff", 0.0))
	var u_cheek_puff_right = clamp(cheek_puff, 0.0, 1.0)
	var u_cheek_puff_left = clamp(cheek_puff, 0.0, 1.0)
	var jaw_open = float(arkit.get("jawOpen", 0.0))
	var u_jaw_open = clamp(jaw_open, 0.0, 1.0)
	var mouth_close = float(arkit.get("mouthClose", 0.0))
	var u_mouth_closed = clamp(mouth_close, 0.0, 1.0)
	var jaw_right = float(arkit.get("jawRight", 0.0))
	var u_jaw_right = clamp(jaw_right, 0.0, 1.0)
	var jaw_left = float(arkit.get("jawLeft", 0.0))
	var u_jaw_left = clamp(jaw_left, 0.0, 1.0)
	var jaw_forward = float(arkit.get("jawForward", 0.0))
	var u_jaw_forward = clamp(jaw_forward, 0.0, 1.0)
	var mouth_upper_up_right = float(arkit.get("mouthUpperUpRight", 0.0))
	var mouth_roll_upper = float(arkit.get("mouthRollUpper", 0.0))
	var u_lip_suck_upper_right = clamp(
		min(1.0 + -1.0 * pow(max(mouth_upper_up_right, 0.0), 0.16666667), mouth_roll_upper), 0.0, 1.0
	)
	var mouth_upper_up_left = float(arkit.get("mouthUpperUpLeft", 0.0))
	var u_lip_suck_upper_left = clamp(
		min(1.0 + -1.0 * pow(max(mouth_upper_up_left, 0.0), 0.16666667), mouth_roll_upper), 0.0, 1.0
	)
	var mouth_roll_lower = float(arkit.get("mouthRollLower", 0.0))
	var u_lip_suck_lower_right = clamp(mouth_roll_lower, 0.0, 1.0)
	var u_lip_suck_lower_left = clamp(mouth_roll_lower, 0.0, 1.0)
	var mouth_funnel = float(arkit.get("mouthFunnel", 0.0))
	var u_lip_funnel_upper_right = clamp(mouth_funnel, 0.0, 1.0)
	var u_lip_funnel_upper_left = clamp(mouth_funnel, 0.0, 1.0)
	var u_lip_funnel_lower_right = clamp(mouth_funnel, 0.0, 1.0)
	var u_lip_funnel_lower_left = clamp(mouth_funnel, 0.0, 1.0)
	var mouth_pucker = float(arkit.get("mouthPucker", 0.0))
	var u_lip_pucker_upper_right = clamp(mouth_pucker, 0.0, 1.0)
	var u_lip_pucker_upper_left = clamp(mouth_pucker, 0.0, 1.0)
	var u_lip_pucker_lower_right = clamp(mouth_pucker, 0.0, 1.0)
	var u_lip_pucker_lower_left = clamp(mouth_pucker, 0.0, 1.0)
	var u_mouth_upper_up_right = clamp(mouth_upper_up_right, 0.0, 1.0)
	var u_mouth_upper_up_left = clamp(mouth_upper_up_left, 0.0, 1.0)
	var mouth_lower_down_right = float(arkit.get("mouthLowerDownRight", 0.0))
	var u_mouth_lower_down_right = clamp(mouth_lower_down_right, 0.0, 1.0)
	var mouth_lower_down_left = float(arkit.get("mouthLowerDownLeft", 0.0))
	var u_mouth_lower_down_left = clamp(mouth_lower_down_left, 0.0, 1.0)
	var u_mouth_upper_deepen_right = clamp(mouth_upper_up_right, 0.0, 1.0)
	var u_mouth_upper_deepen_left = clamp(mouth_upper_up_left, 0.0, 1.0)
	var mouth_right = float(arkit.get("mouthRight", 0.0))
	var u_mouth_upper_right = clamp(mouth_right, 0.0, 1.0)
	var mouth_left = float(arkit.get("mouthLeft", 0.0))
	var u_mouth_upper_left = clamp(mouth_left, 0.0, 1.0)
	var u_mouth_lower_right = clamp(mouth_right, 0.0, 1.0)
	var u_mouth_lower_left = clamp(mouth_left, 0.0, 1.0)
	var mouth_smile_right = float(arkit.get("mouthSmileRight", 0.0))
	var u_mouth_corner_pull_right = clamp(mouth_smile_right, 0.0, 1.0)
	var mouth_smile_left = float(arkit.get("mouthSmileLeft", 0.0))
	var u_mouth_corner_pull_left = clamp(mouth_smile_left, 0.0, 1.0)
	var u_mouth_corner_slant_right = clamp(mouth_smile_right, 0.0, 1.0)
	var u_mouth_corner_slant_left = clamp(mouth_smile_left, 0.0, 1.0)
	var mouth_frown_right = float(arkit.get("mouthFrownRight", 0.0))
	var u_mouth_frown_right = clamp(mouth_frown_right, 0.0, 1.0)
	var mouth_frown_left = float(arkit.get("mouthFrownLeft", 0.0))
	var u_mouth_frown_left = clamp(mouth_frown_left, 0.0, 1.0)
	var mouth_stretch_right = float(arkit.get("mouthStretchRight", 0.0))
	var u_mouth_stretch_right = clamp(mouth_stretch_right, 0.0, 1.0)
	var mouth_stretch_left = float(arkit.get("mouthStretchLeft", 0.0))
	var u_mouth_stretch_left = clamp(mouth_stretch_left, 0.0, 1.0)
	var mouth_dimple_right = float(arkit.get("mouthDimpleRight", 0.0))
	var u_mouth_dimple_right = clamp(mouth_dimple_right, 0.0, 1.0)
	var mouth_dimple_left = float(arkit.get("mouthDimpleLeft", 0.0))
	var u_mouth_dimple_left = clamp(mouth_dimple_left, 0.0, 1.0)
	var mouth_shrug_upper = float(arkit.get("mouthShrugUpper", 0.0))
	var u_mouth_raiser_upper = clamp(mouth_shrug_upper, 0.0, 1.0)
	var mouth_shrug_lower = float(arkit.get("mouthShrugLower", 0.0))
	var u_mouth_raiser_lower = clamp(mouth_shrug_lower, 0.0, 1.0)
	var mouth_press_right = float(arkit.get("mouthPressRight", 0.0))
	var u_mouth_press_right = clamp(mouth_press_right, 0.0, 1.0)
	var mouth_press_left = float(arkit.get("mouthPressLeft", 0.0))
	var u_mouth_press_left = clamp(mouth_press_left, 0.0, 1.0)
	var tongue_out = float(arkit.get("tongueOut", 0.0))
	var u_tongue_out = clamp(tongue_out, 0.0, 1.0)
	var u_eye_open = clamp(0.5 * u_eye_open_left + 0.5 * u_eye_open_right, 0.0, 1.0)
	var u_eye_closed = clamp(1.0 + -1.0 * u_eye_open, 0.0, 1.0)
	var u_eye_wide = clamp(max(eye_wide_left, eye_wide_right), 0.0, 1.0)
	var u_eye_squint = clamp(max(eye_squint_left, eye_squint_right), 0.0, 1.0)
	var u_brow_down_right = clamp(0.75 * u_brow_lowerer_right + 0.25 * u_brow_pinch_right, 0.0, 1.0)
	var u_brow_down_left = clamp(0.75 * u_brow_lowerer_left + 0.25 * u_brow_pinch_left, 0.0, 1.0)
	var u_brow_down = clamp(0.5 * u_brow_down_left + 0.5 * u_brow_down_right, 0.0, 1.0)
	var u_brow_up_right = clamp(0.6 * u_brow_outer_up_right + 0.4 * u_brow_inner_up_right, 0.0, 1.0)
	var u_brow_up_left = clamp(0.6 * u_brow_outer_up_left + 0.4 * u_brow_inner_up_left, 0.0, 1.0)
	var u_brow_up = clamp(0.5 * u_brow_up_left + 0.5 * u_brow_up_right, 0.0, 1.0)
	var u_nose_sneer = clamp(0.5 * nose_sneer_left + 0.5 * nose_sneer_right, 0.0, 1.0)
	var u_cheek_squint = clamp(0.5 * cheek_squint_left + 0.5 * cheek_squint_right, 0.0, 1.0)
	var u_lip_suck_upper = clamp(0.5 * u_lip_suck_upper_left + 0.5 * u_lip_suck_upper_right, 0.0, 1.0)
	var u_lip_suck_lower = clamp(mouth_roll_lower, 0.0, 1.0)
	var u_lip_suck = clamp(0.5 * u_lip_suck_upper + 0.5 * u_lip_suck_lower, 0.0, 1.0)
	var u_lip_funnel_upper = clamp(mouth_funnel, 0.0, 1.0)
	var u_lip_funnel_lower = clamp(mouth_funnel, 0.0, 1.0)
	var u_lip_funnel = clamp(mouth_funnel, 0.0, 1.0)
	var u_lip_pucker_upper = clamp(mouth_pucker, 0.0, 1.0)
	var u_lip_pucker_lower = clamp(mouth_pucker, 0.0, 1.0)
	var u_lip_pucker = clamp(mouth_pucker, 0.0, 1.0)
	var u_mouth_upper_up = clamp(0.5 * mouth_upper_up_left + 0.5 * mouth_upper_up_right, 0.0, 1.0)
	var u_mouth_lower_down = clamp(0.5 * mouth_lower_down_left + 0.5 * mouth_lower_down_right, 0.0, 1.0)
	var u_mouth_open = clamp(0.5 * u_mouth_upper_up + 0.5 * u_mouth_lower_down, 0.0, 1.0)
	var u_mouth_smile_right = clamp(0.8 * u_mouth_corner_pull_right + 0.2 * u_mouth_corner_slant_right, 0.0, 1.0)
	var u_mouth_smile_left = clamp(0.8 * u_mouth_corner_pull_left + 0.2 * u_mouth_corner_slant_left, 0.0, 1.0)
	var u_mouth_sad_right = clamp(max(u_mouth_frown_right, u_mouth_stretch_right), 0.0, 1.0)
	var u_mouth_sad_left = clamp(max(u_mouth_frown_left, u_mouth_stretch_left), 0.0, 1.0)
	var u_mouth_stretch = clamp(0.5 * mouth_stretch_left + 0.5 * mouth_stretch_right, 0.0, 1.0)
	var u_mouth_dimple = clamp(0.5 * mouth_dimple_left + 0.5 * mouth_dimple_right, 0.0, 1.0)
	var u_mouth_press = clamp(0.5 * mouth_press_left + 0.5 * mouth_press_right, 0.0, 1.0)
	return [
		eye_look_out_right,  # FT_EYE_LOOK_OUT_RIGHT
		eye_look_in_right,  # FT_EYE_LOOK_IN_RIGHT
		eye_look_up_right,  # FT_EYE_LOOK_UP_RIGHT
		eye_look_down_right,  # FT_EYE_LOOK_DOWN_RIGHT
		eye_look_out_left,  # FT_EYE_LOOK_OUT_LEFT
		eye_look_in_left,  # FT_EYE_LOOK_IN_LEFT
		eye_look_up_left,  # FT_EYE_LOOK_UP_LEFT
		eye_look_down_left,  # FT_EYE_LOOK_DOWN_LEFT
		u_eye_closed_right,  # FT_EYE_CLOSED_RIGHT
		u_eye_closed_left,  # FT_EYE_CLOSED_LEFT
		u_eye_squint_right,  # FT_EYE_SQUINT_RIGHT
		u_eye_squint_left,  # FT_EYE_SQUINT_LEFT
		u_eye_wide_right,  # FT_EYE_WIDE_RIGHT
		u_eye_wide_left,  # FT_EYE_WIDE_LEFT
		0.0,  # FT_EYE_DILATION_RIGHT
		0.0,  # FT_EYE_DILATION_LEFT
		0.0,  # FT_EYE_CONSTRICT_RIGHT
		0.0,  # FT_EYE_CONSTRICT_LEFT
		u_brow_pinch_right,  # FT_BROW_PINCH_RIGHT
		u_brow_pinch_left,  # FT_BROW_PINCH_LEFT
		u_brow_lowerer_right,  # FT_BROW_LOWERER_RIGHT
		u_brow_lowerer_left,  # FT_BROW_LOWERER_LEFT
		u_brow_inner_up_right,  # FT_BROW_INNER_UP_RIGHT
		u_brow_inner_up_left,  # FT_BROW_INNER_UP_LEFT
		u_brow_outer_up_right,  # FT_BROW_OUTER_UP_RIGHT
		u_brow_outer_up_left,  # FT_BROW_OUTER_UP_LEFT
		u_nose_sneer_right,  # FT_NOSE_SNEER_RIGHT
		u_nose_sneer_left,  # FT_NOSE_SNEER_LEFT
		0.0,  # FT_NASAL_DILATION_RIGHT
		0.0,  # FT_NASAL_DILATION_LEFT
		0.0,  # FT_NASAL_CONSTRICT_RIGHT
		0.0,  # FT_NASAL_CONSTRICT_LEFT
		u_cheek_squint_right,  # FT_CHEEK_SQUINT_RIGHT
		u_cheek_squint_left,  # FT_CHEEK_SQUINT_LEFT
		u_cheek_puff_right,  # FT_CHEEK_PUFF_RIGHT
		u_cheek_puff_left,  # FT_CHEEK_PUFF_LEFT
		0.0,  # FT_CHEEK_SUCK_RIGHT
		0.0,  # FT_CHEEK_SUCK_LEFT
		u_jaw_open,  # FT_JAW_OPEN
		u_mouth_closed,  # FT_MOUTH_CLOSED
		u_jaw_right,  # FT_JAW_RIGHT
		u_jaw_left,  # FT_JAW_LEFT
		u_jaw_forward,  # FT_JAW_FORWARD
		0.0,  # FT_JAW_BACKWARD
		0.0,  # FT_JAW_CLENCH
		0.0,  # FT_JAW_MANDIBLE_RAISE
		u_lip_suck_upper_right,  # FT_LIP_SUCK_UPPER_RIGHT
		u_lip_suck_upper_left,  # FT_LIP_SUCK_UPPER_LEFT
		u_lip_suck_lower_right,  # FT_LIP_SUCK_LOWER_RIGHT
		u_lip_suck_lower_left,  # FT_LIP_SUCK_LOWER_LEFT
		0.0,  # FT_LIP_SUCK_CORNER_RIGHT
		0.0,  # FT_LIP_SUCK_CORNER_LEFT
		u_lip_funnel_upper_right,  # FT_LIP_FUNNEL_UPPER_RIGHT
		u_lip_funnel_upper_left,  # FT_LIP_FUNNEL_UPPER_LEFT
		u_lip_funnel_lower_right,  # FT_LIP_FUNNEL_LOWER_RIGHT
		u_lip_funnel_lower_left,  # FT_LIP_FUNNEL_LOWER_LEFT
		u_lip_pucker_upper_right,  # FT_LIP_PUCKER_UPPER_RIGHT
		u_lip_pucker_upper_left,  # FT_LIP_PUCKER_UPPER_LEFT
		u_lip_pucker_lower_right,  # FT_LIP_PUCKER_LOWER_RIGHT
		u_lip_pucker_lower_left,  # FT_LIP_PUCKER_LOWER_LEFT
		u_mouth_upper_up_right,  # FT_MOUTH_UPPER_UP_RIGHT
		u_mouth_upper_up_left,  # FT_MOUTH_UPPER_UP_LEFT
		u_mouth_lower_down_right,  # FT_MOUTH_LOWER_DOWN_RIGHT
		u_mouth_lower_down_left,  # FT_MOUTH_LOWER_DOWN_LEFT
		u_mouth_upper_deepen_right,  # FT_MOUTH_UPPER_DEEPEN_RIGHT
		u_mouth_upper_deepen_left,  # FT_MOUTH_UPPER_DEEPEN_LEFT
		u_mouth_upper_right,  # FT_MOUTH_UPPER_RIGHT
		u_mouth_upper_left,  # FT_MOUTH_UPPER_LEFT
		u_mouth_lower_right,  # FT_MOUTH_LOWER_RIGHT
		u_mouth_lower_left,  # FT_MOUTH_LOWER_LEFT
		u_mouth_corner_pull_right,  # FT_MOUTH_CORNER_PULL_RIGHT
		u_mouth_corner_pull_left,  # FT_MOUTH_CORNER_PULL_LEFT
		u_mouth_corner_slant_right,  # FT_MOUTH_CORNER_SLANT_RIGHT
		u_mouth_corner_slant_left,  # FT_MOUTH_CORNER_SLANT_LEFT
		u_mouth_frown_right,  # FT_MOUTH_FROWN_RIGHT
		u_mouth_frown_left,  # FT_MOUTH_FROWN_LEFT
		u_mouth_stretch_right,  # FT_MOUTH_STRETCH_RIGHT
		u_mouth_stretch_left,  # FT_MOUTH_STRETCH_LEFT
		u_mouth_dimple_right,  # FT_MOUTH_DIMPLE_RIGHT
		u_mouth_dimple_left,  # FT_MOUTH_DIMPLE_LEFT
		u_mouth_raiser_upper,  # FT_MOUTH_RAISER_UPPER
		u_mouth_raiser_lower,  # FT_MOUTH_RAISER_LOWER
		u_mouth_press_right,  # FT_MOUTH_PRESS_RIGHT
		u_mouth_press_left,  # FT_MOUTH_PRESS_LEFT
		0.0,  # FT_MOUTH_TIGHTENER_RIGHT
		0.0,  # FT_MOUTH_TIGHTENER_LEFT
		u_tongue_out,  # FT_TONGUE_OUT
		0.0,  # FT_TONGUE_UP
		0.0,  # FT_TONGUE_DOWN
		0.0,  # FT_TONGUE_RIGHT
		0.0,  # FT_TONGUE_LEFT
		0.0,  # FT_TONGUE_ROLL
		0.0,  # FT_TONGUE_BLEND_DOWN
		0.0,  # FT_TONGUE_CURL_UP
		0.0,  # FT_TONGUE_SQUISH
		0.0,  # FT_TONGUE_FLAT
		0.0,  # FT_TONGUE_TWIST_RIGHT
		0.0,  # FT_TONGUE_TWIST_LEFT
		0.0,  # FT_SOFT_PALATE_CLOSE
		0.0,  # FT_THROAT_SWALLOW
		0.0,  # FT_NECK_FLEX_RIGHT
		0.0,  # FT_NECK_FLEX_LEFT
		u_eye_closed,  # FT_EYE_CLOSED
		u_eye_wide,  # FT_EYE_WIDE
		u_eye_squint,  # FT_EYE_SQUINT
		0.0,  # FT_EYE_DILATION
		0.0,  # FT_EYE_CONSTRICT
		u_brow_down_right,  # FT_BROW_DOWN_RIGHT
		u_brow_down_left,  # FT_BROW_DOWN_LEFT
		u_brow_down,  # FT_BROW_DOWN
		u_brow_up_right,  # FT_BROW_UP_RIGHT
		u_brow_up_left,  # FT_BROW_UP_LEFT
		u_brow_up,  # FT_BROW_UP
		u_nose_sneer,  # FT_NOSE_SNEER
		0.0,  # FT_NASAL_DILATION
		0.0,  # FT_NASAL_CONSTRICT
		(u_cheek_puff_left + u_cheek_puff_right) / 2.0,  # FT_CHEEK_PUFF
		0.0,  # FT_CHEEK_SUCK
		u_cheek_squint,  # FT_CHEEK_SQUINT
		u_lip_suck_upper,  # FT_LIP_SUCK_UPPER
		u_lip_suck_lower,  # FT_LIP_SUCK_LOWER
		u_lip_suck,  # FT_LIP_SUCK
		u_lip_funnel_upper,  # FT_LIP_FUNNEL_UPPER
		u_lip_funnel_lower,  # FT_LIP_FUNNEL_LOWER
		u_lip_funnel,  # FT_LIP_FUNNEL
		u_lip_pucker_upper,  # FT_LIP_PUCKER_UPPER
		u_lip_pucker_lower,  # FT_LIP_PUCKER_LOWER
		u_lip_pucker,  # FT_LIP_PUCKER
		u_mouth_upper_up,  # FT_MOUTH_UPPER_UP
		u_mouth_lower_down,  # FT_MOUTH_LOWER_DOWN
		u_mouth_open,  # FT_MOUTH_OPEN
		(u_mouth_upper_right + u_mouth_lower_right) / 2.0,  # FT_MOUTH_RIGHT
		(u_mouth_upper_left + u_mouth_lower_left) / 2.0,  # FT_MOUTH_LEFT
		u_mouth_smile_right,  # FT_MOUTH_SMILE_RIGHT
		u_mouth_smile_left,  # FT_MOUTH_SMILE_LEFT
		(u_mouth_smile_left + u_mouth_smile_right) / 2.0,  # FT_MOUTH_SMILE
		u_mouth_sad_right,  # FT_MOUTH_SAD_RIGHT
		u_mouth_sad_left,  # FT_MOUTH_SAD_LEFT
		(u_mouth_sad_left + u_mouth_sad_right) / 2.0,  # FT_MOUTH_SAD
		u_mouth_stretch,  # FT_MOUTH_STRETCH
		u_mouth_dimple,  # FT_MOUTH_DIMPLE
		0.0,  # FT_MOUTH_TIGHTENER
		u_mouth_press,  # FT_MOUTH_PRESS
	]
