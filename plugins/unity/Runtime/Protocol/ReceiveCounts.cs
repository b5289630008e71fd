namespace AvatarDriver.Protocol
{
    /// <summary>What a receiver has counted since it was made.</summary>
    public struct ReceiveCounts
    {
        /// <summary>Good packets.</summary>
        public long Packets { get; internal set; }

        /// <summary>Bytes of the good packets.</summary>
        public long Bytes { get; internal set; }

        /// <summary>Packets that were refused.</summary>
        public long BadPackets { get; internal set; }

        /// <summary>Why the last refused packet was.</summary>
        public OscFault LastFault { get; internal set; }

        /// <summary>Messages in good packets that were left out for types that VMC does not use.</summary>
        public long SkippedMessages { get; internal set; }

        /// <summary>Faces, one for each Apply.</summary>
        public long Frames { get; internal set; }

        /// <summary>Frames that a newer one replaced before anybody took them; normal when the game is slower.</summary>
        public long UnseenFrames { get; internal set; }

        /// <summary>Frames a second, over the last second; 0 if there were less than two.</summary>
        public double FramesPerSecond { get; internal set; }

        /// <summary>Seconds since the last frame; infinite before the first.</summary>
        public double AgeSeconds { get; internal set; }

        /// <summary>How often frames paused longer than <see cref="ReceiveStatistics.GapSeconds"/>.</summary>
        public long Gaps { get; internal set; }

        /// <summary>The longest pause between two frames, in seconds.</summary>
        public double LongestPauseSeconds { get; internal set; }

        /// <summary>Errors of the socket that were overcome.</summary>
        public long SocketErrors { get; internal set; }

        /// <summary>The system's number of the last one, such as 10054.</summary>
        public int LastSocketError { get; internal set; }
    }
}
