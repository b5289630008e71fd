using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// Listens for VMC on a UDP port in a thread of its own and keeps the newest face. Nothing that arrives ends the
    /// thread: bad packets are counted, and a socket that fails is opened again. Receiving allocates nothing.
    /// </summary>
    public sealed class UdpFaceReceiver : IDisposable
    {
        private const int LongestDatagram = 65536;
        private const int RoomBytes = 1 << 18; // what the system keeps while the process stands still
        private const int WakeMicroseconds = 100000;
        private const int ShortestPause = 50; // ms, before a failed socket is opened again; doubles
        private const int LongestPause = 2000;
        private const int ConnectionResets = unchecked((int)0x9800000C); // SIO_UDP_CONNRESET

        private readonly byte[] _packet = new byte[LongestDatagram];
        private readonly ManualResetEvent _stop = new ManualResetEvent(false);
        private readonly IPEndPoint _address;
        private readonly VmcAssembler _assembler;
        private readonly Thread _thread;
        private volatile Socket _socket;
        private volatile bool _stopping;
        private bool _failed;
        private int _pause = ShortestPause;

        /// <summary>Opens the port and begins to listen.</summary>
        /// <param name="port">The UDP port; 0 lets the system choose one.</param>
        /// <param name="beyondThisComputer">Hear other computers too, not this one alone.</param>
        /// <exception cref="SocketException">The port is taken, or the system refuses it.</exception>
        public UdpFaceReceiver(int port, bool beyondThisComputer = false)
        {
            _socket = Bound(new IPEndPoint(beyondThisComputer ? IPAddress.Any : IPAddress.Loopback, port));
            _address = (IPEndPoint)_socket.LocalEndPoint;
            _assembler = new VmcAssembler(Statistics);
            _thread = new Thread(Run) { Name = "avatar_driver " + Port, IsBackground = true };
            _thread.Start();
        }

        /// <summary>The port it listens on.</summary>
        public int Port => _address.Port;

        /// <summary>What was received.</summary>
        public ReceiveStatistics Statistics { get; } = new ReceiveStatistics();

        /// <summary>The newest face; to be taken by one thread.</summary>
        public TripleBuffer<FaceFrame> Frames => _assembler.Frames;

        /// <summary>Ends the thread and frees the port. May be called more than once.</summary>
        public void Dispose()
        {
            if (_stopping) return;
            _stopping = true;
            _stop.Set();
            Wake();
            // When the thread is slow to end, it finds its socket closed.
            bool ended = _thread.Join(1000);
            _socket.Close();
            if (ended) _stop.Close();
        }

        private static Socket Bound(EndPoint address)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                // Mono lets two sockets share a UDP port unless told otherwise, and each then hears a part.
                socket.ExclusiveAddressUse = true;
                socket.ReceiveBufferSize = RoomBytes;
                IgnoreResets(socket);
                socket.Bind(address);
                return socket;
            }
            catch
            {
                socket.Close();
                throw;
            }
        }

        // Windows reports an ICMP "port unreachable" for a datagram once sent as error 10054 of the next receive.
        private static void IgnoreResets(Socket socket)
        {
            if (Environment.OSVersion.Platform != PlatformID.Win32NT) return;
            try
            {
                socket.IOControl(ConnectionResets, new byte[4], null);
            }
            catch (SocketException)
            {
                // The loop overcomes the error too; this only spares it.
            }
        }

        // Closing a socket does not wake a waiting thread on every system. A datagram of our own does.
        private void Wake()
        {
            try
            {
                using (var waker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
                    waker.SendTo(Array.Empty<byte>(), new IPEndPoint(IPAddress.Loopback, Port));
            }
            catch (SocketException)
            {
                // It then wakes by itself, a tenth of a second later.
            }
        }

        private void Run()
        {
            while (!_stopping)
            {
                try
                {
                    if (_failed) Reopen();
                    else Receive();
                }
                catch (Exception error)
                {
                    // The border of the thread: whatever it is, the face goes on.
                    Fail(error is SocketException socketError ? socketError.ErrorCode : 0);
                }
            }
        }

        private void Receive()
        {
            if (!_socket.Poll(WakeMicroseconds, SelectMode.SelectRead) || _stopping) return;
            int count = _socket.Receive(_packet, 0, LongestDatagram, SocketFlags.None, out SocketError error);
            switch (error)
            {
                case SocketError.Success:
                    _assembler.Add(_packet, count, Stopwatch.GetTimestamp());
                    _pause = ShortestPause;
                    break;
                case SocketError.WouldBlock:
                case SocketError.Interrupted:
                    break;
                case SocketError.ConnectionReset:
                case SocketError.ConnectionRefused:
                case SocketError.NetworkReset:
                case SocketError.MessageSize:
                    Statistics.CountSocketError((int)error); // it speaks of one datagram; the socket is well
                    break;
                default:
                    Fail((int)error);
                    break;
            }
        }

        private void Fail(int code)
        {
            if (_stopping) return;
            Statistics.CountSocketError(code);
            _failed = true;
        }

        private void Reopen()
        {
            _socket.Close();
            if (_stop.WaitOne(_pause)) return;
            _pause = Math.Min(2 * _pause, LongestPause);
            _socket = Bound(_address);
            _failed = false;
        }
    }
}
