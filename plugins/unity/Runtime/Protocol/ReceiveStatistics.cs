using System;
using System.Diagnostics;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// What was received, counted by the receiving thread and read by any other. Times are ticks of Stopwatch, given by
    /// the caller: nothing here reads a clock.
    /// </summary>
    public sealed class ReceiveStatistics
    {
        /// <summary>A longer pause between two frames is a gap: our driver never pauses longer than 0.1 s.</summary>
        public const double GapSeconds = 0.15;

        private const double RateSeconds = 1.0; // the span over which the rate is taken

        private readonly object _lock = new object();
        private readonly long[] _times = new long[256]; // when the last frames came: a ring, 240 Hz for a second
        private ReceiveCounts _counts = new ReceiveCounts();

        /// <summary>Everything so far, as seen at a time.</summary>
        public ReceiveCounts At(long now)
        {
            lock (_lock)
            {
                ReceiveCounts counts = _counts;
                counts.AgeSeconds = counts.Frames == 0 ? double.PositiveInfinity : Seconds(now - Time(0));
                counts.FramesPerSecond = Rate(now);
                return counts;
            }
        }

        internal void CountPacket(int bytes, int skippedMessages)
        {
            lock (_lock)
            {
                _counts.Packets++;
                _counts.Bytes += bytes;
                _counts.SkippedMessages += skippedMessages;
            }
        }

        internal void CountBadPacket(OscFault fault)
        {
            lock (_lock)
            {
                _counts.BadPackets++;
                _counts.LastFault = fault;
            }
        }

        internal void CountSocketError(int code)
        {
            lock (_lock)
            {
                _counts.SocketErrors++;
                _counts.LastSocketError = code;
            }
        }

        internal void CountFrame(long now, bool unseen)
        {
            lock (_lock)
            {
                if (_counts.Frames > 0)
                {
                    double pause = Seconds(now - Time(0));
                    if (pause > GapSeconds) _counts.Gaps++;
                    _counts.LongestPauseSeconds = Math.Max(_counts.LongestPauseSeconds, pause);
                }
                _times[_counts.Frames % _times.Length] = now;
                _counts.Frames++;
                if (unseen) _counts.UnseenFrames++;
            }
        }

        private double Rate(long now)
        {
            long known = Math.Min(_counts.Frames, _times.Length);
            int recent = 0;
            while (recent < known && Seconds(now - Time(recent)) <= RateSeconds) recent++;
            if (recent < 2) return 0;
            double span = Seconds(Time(0) - Time(recent - 1));
            return span > 0 ? (recent - 1) / span : 0;
        }

        private long Time(int framesAgo)
        {
            return _times[(_counts.Frames - 1 - framesAgo) % _times.Length];
        }

        private static double Seconds(long ticks)
        {
            return (double)ticks / Stopwatch.Frequency;
        }
    }
}
