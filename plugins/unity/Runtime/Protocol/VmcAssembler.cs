using System;
using System.Diagnostics;
using System.Text;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// Gathers the packets of one sender into faces, by the VMC protocol 3.1: weights are gathered and handed over at
    /// Apply, which replaces the set before, so a name that is missing falls back to 0. Bones keep their last pose.
    /// As the specification asks, unknown addresses and surplus arguments are ignored, and a message with too few or
    /// wrong arguments is void. Weights are kept within 0 and 1, rotations are normalised. After a silence all is
    /// forgotten but the names: who speaks then may be another sender.
    /// </summary>
    public sealed class VmcAssembler
    {
        /// <summary>So many seconds without a good packet are a silence; our driver sends ten a second at least.</summary>
        public const double SilenceSeconds = 2.0;

        private const int MostNames = 1024;
        private const int MostBones = 128; // Unity's humanoid has 55

        private static readonly byte[] Val = Encoding.ASCII.GetBytes("/VMC/Ext/Blend/Val");
        private static readonly byte[] Apply = Encoding.ASCII.GetBytes("/VMC/Ext/Blend/Apply");
        private static readonly byte[] Bone = Encoding.ASCII.GetBytes("/VMC/Ext/Bone/Pos");
        private static readonly byte[] Ok = Encoding.ASCII.GetBytes("/VMC/Ext/OK");
        private static readonly byte[] Time = Encoding.ASCII.GetBytes("/VMC/Ext/T");

        private readonly OscReader _reader = new OscReader();
        private readonly NameTable _names = new NameTable(MostNames);
        private readonly NameTable _boneNames = new NameTable(MostBones);
        private readonly FaceFrame _gathered;
        private readonly ReceiveStatistics _statistics;
        private long _heard;

        /// <param name="statistics">Where packets and frames are counted.</param>
        public VmcAssembler(ReceiveStatistics statistics)
        {
            _statistics = statistics;
            _gathered = new FaceFrame(_names, _boneNames) { Tracked = true };
            Frames = new TripleBuffer<FaceFrame>(() => new FaceFrame(_names, _boneNames) { Tracked = true });
        }

        /// <summary>The newest frame, for one other thread.</summary>
        public TripleBuffer<FaceFrame> Frames { get; }

        /// <summary>Takes one packet. A bad one is counted and changes nothing else.</summary>
        /// <param name="packet">A buffer with the packet from its first byte on.</param>
        /// <param name="count">How many bytes the packet has.</param>
        /// <param name="now">When it came, in ticks of Stopwatch.</param>
        public void Add(byte[] packet, int count, long now)
        {
            if (!_reader.Open(packet, count))
            {
                _statistics.CountBadPacket(_reader.Fault);
                return;
            }
            _statistics.CountPacket(count, _reader.Skipped);
            if (now - _heard > SilenceSeconds * Stopwatch.Frequency) Forget();
            _heard = now;
            while (_reader.Next(out OscMessage message))
            {
                OscArguments arguments = message.Arguments;
                if (message.IsTo(Val)) TakeWeight(packet, ref arguments);
                else if (message.IsTo(Apply)) HandOver(now);
                else if (message.IsTo(Bone)) TakeBone(packet, ref arguments);
                else if (message.IsTo(Ok)) TakeStatus(ref arguments);
                else if (message.IsTo(Time) && arguments.TakeFloat(out float time)) _gathered.SenderTime = time;
            }
        }

        private void Forget()
        {
            Array.Clear(_gathered.IsSent, 0, _names.Count);
            Array.Clear(_gathered.IsPosed, 0, _boneNames.Count);
            _gathered.Tracked = true;
            _gathered.SenderTime = 0f;
        }

        private void TakeWeight(byte[] packet, ref OscArguments arguments)
        {
            if (!arguments.TakeText(out int at, out int length) || !arguments.TakeFloat(out float weight)) return;
            int number = _names.Number(packet, at, length);
            if (number < 0) return;
            _gathered.Weights[number] = Math.Min(Math.Max(weight, 0f), 1f);
            _gathered.IsSent[number] = true;
        }

        private void TakeBone(byte[] packet, ref OscArguments arguments)
        {
            if (!arguments.TakeText(out int at, out int length)) return;
            if (!arguments.TakeFloat(out float px) || !arguments.TakeFloat(out float py)) return;
            if (!arguments.TakeFloat(out float pz) || !arguments.TakeFloat(out float x)) return;
            if (!arguments.TakeFloat(out float y) || !arguments.TakeFloat(out float z)) return;
            if (!arguments.TakeFloat(out float w)) return;
            double norm = Math.Sqrt((double)x * x + (double)y * y + (double)z * z + (double)w * w);
            int number = norm < 1e-6 ? -1 : _boneNames.Number(packet, at, length);
            if (number < 0) return;
            _gathered.Bones[number] = new BonePose(
                px, py, pz, (float)(x / norm), (float)(y / norm), (float)(z / norm), (float)(w / norm));
            _gathered.IsPosed[number] = true;
        }

        // OK has one number in protocol 2.0, three in 2.5, and since 2.7 the fourth says how well it tracks.
        private void TakeStatus(ref OscArguments arguments)
        {
            if (!arguments.TakeInt(out int loaded)) return;
            bool says = arguments.TakeInt(out _) & arguments.TakeInt(out _) & arguments.TakeInt(out int tracking);
            _gathered.Tracked = loaded != 0 && (!says || tracking != 0);
        }

        private void HandOver(long now)
        {
            FaceFrame frame = Frames.Back;
            frame.WeightCount = _names.Count;
            frame.BoneCount = _boneNames.Count;
            Array.Copy(_gathered.Weights, frame.Weights, frame.WeightCount);
            Array.Copy(_gathered.IsSent, frame.IsSent, frame.WeightCount);
            Array.Copy(_gathered.Bones, frame.Bones, frame.BoneCount);
            Array.Copy(_gathered.IsPosed, frame.IsPosed, frame.BoneCount);
            frame.Tracked = _gathered.Tracked;
            frame.SenderTime = _gathered.SenderTime;
            frame.Received = now;
            frame.Number = ++_gathered.Number;
            Array.Clear(_gathered.IsSent, 0, frame.WeightCount);
            _statistics.CountFrame(now, Frames.Publish());
        }
    }
}
