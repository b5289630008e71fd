using System;
using System.Threading;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// Hands the newest value from one thread to one other. Neither ever waits, nothing is allocated, and what the
    /// reader holds is never written to: there is one slot for each thread and one between them.
    /// </summary>
    public sealed class TripleBuffer<T> where T : class
    {
        private const int Fresh = 4; // marks the slot between as not yet read
        private const int Slot = 3;

        private readonly T[] _slots;
        private int _back;
        private int _between = 1;
        private int _front = 2;

        /// <param name="make">Makes one of the three.</param>
        public TripleBuffer(Func<T> make)
        {
            _slots = new[] { make(), make(), make() };
        }

        /// <summary>The writer's slot, to be filled before <see cref="Publish"/>.</summary>
        public T Back => _slots[_back];

        /// <summary>The reader's slot: what it took last.</summary>
        public T Front => _slots[_front];

        /// <summary>Hands over what the writer has filled; from then on <see cref="Back"/> is another.</summary>
        /// <returns>Whether the value before was never read.</returns>
        public bool Publish()
        {
            int old = Interlocked.Exchange(ref _between, _back | Fresh);
            _back = old & Slot;
            return (old & Fresh) != 0;
        }

        /// <summary>Takes the newest value into <see cref="Front"/>; false if there is none since the last time.</summary>
        public bool Take()
        {
            if ((Volatile.Read(ref _between) & Fresh) == 0) return false;
            _front = Interlocked.Exchange(ref _between, _front) & Slot;
            return true;
        }
    }
}
