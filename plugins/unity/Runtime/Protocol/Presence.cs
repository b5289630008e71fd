using System;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// How much of the received face is shown: 1 while it is seen, easing to 0 after it is lost, and back.
    /// Pure: the caller says how much time has passed.
    /// </summary>
    public sealed class Presence
    {
        private float _along;

        /// <summary>0 to 1, without corners at either end.</summary>
        public float Value => _along * _along * (3f - 2f * _along);

        /// <summary>Goes on by some seconds.</summary>
        /// <param name="present">Whether the face shall be shown.</param>
        /// <param name="seconds">How much time has passed; NaN or below 0 counts as none.</param>
        /// <param name="easeSeconds">How long the whole way takes; 0 jumps.</param>
        public void Step(bool present, float seconds, float easeSeconds)
        {
            float step = !(seconds > 0f) ? 0f : easeSeconds > 0f ? seconds / easeSeconds : 1f;
            _along = Math.Min(Math.Max(_along + (present ? step : -step), 0f), 1f);
        }
    }
}
