using System;
using System.Collections.Generic;

namespace AvatarDriver.Protocol
{
    /// <summary>
    /// The blend shapes of one mesh, and which name that is received drives each of them. A name written exactly alike
    /// comes first, then one that differs in case and separators, then the ARKit shape the mesh's name says. Where
    /// several shapes of the mesh say the same ARKit shape, those with the fewest other words do.
    /// </summary>
    public sealed class MeshShapes
    {
        private readonly ShapeName[] _shapes;
        private readonly bool[] _bySense;
        private readonly List<int>[] _sources; // numbers of received names, best first
        private readonly List<int>[] _ranks;
        private NameTable _table;
        private int _known;

        /// <param name="names">What the mesh calls its shapes.</param>
        public MeshShapes(IReadOnlyList<string> names)
        {
            _shapes = new ShapeName[names.Count];
            _bySense = new bool[names.Count];
            _sources = new List<int>[names.Count];
            _ranks = new List<int>[names.Count];
            var fewest = new Dictionary<int, int>();
            for (int i = 0; i < names.Count; i++)
            {
                ShapeName shape = _shapes[i] = new ShapeName(names[i]);
                _sources[i] = new List<int>();
                _ranks[i] = new List<int>();
                bool better = !fewest.TryGetValue(shape.ArkitWithin, out int words) || shape.ExtraWords < words;
                if (better) fewest[shape.ArkitWithin] = shape.ExtraWords;
            }
            for (int i = 0; i < names.Count; i++)
                _bySense[i] = _shapes[i].ArkitWithin >= 0 && _shapes[i].ExtraWords == fewest[_shapes[i].ArkitWithin];
        }

        /// <summary>How many shapes the mesh has.</summary>
        public int Count => _shapes.Length;

        /// <summary>A shape's name.</summary>
        public ShapeName this[int shape] => _shapes[shape];

        /// <summary>Takes in names that are new since the last call; false when there are none.</summary>
        public bool Learn(NameTable received)
        {
            if (received != _table) Forget(received);
            int count = received.Count;
            if (count == _known) return false;
            for (int number = _known; number < count; number++)
                for (int shape = 0; shape < _shapes.Length; shape++)
                    Rank(received[number], number, shape);
            _known = count;
            return true;
        }

        /// <summary>Whether any received name drives a shape.</summary>
        public bool IsDriven(int shape)
        {
            return _sources[shape].Count > 0;
        }

        /// <summary>Whether a received name drives any shape.</summary>
        public bool Drives(int number)
        {
            return Array.Exists(_sources, sources => sources.Contains(number));
        }

        /// <summary>
        /// The weight a frame has for a shape and the number of the name it came under. A sender may write one shape
        /// in two ways, or change from one to the other: the best of those in this frame counts.
        /// </summary>
        /// <returns>False if no name drives the shape. A driven one that is not in this frame is at rest, 0.</returns>
        public bool TryRead(FaceFrame frame, int shape, out float weight, out int number)
        {
            List<int> sources = _sources[shape];
            weight = 0f;
            number = -1;
            for (int i = 0; i < sources.Count; i++)
            {
                number = sources[i];
                if (frame.TryWeight(number, out weight)) return true;
            }
            return sources.Count > 0;
        }

        // Another table has other numbers: the port was opened anew.
        private void Forget(NameTable received)
        {
            _table = received;
            _known = 0;
            foreach (List<int> sources in _sources) sources.Clear();
            foreach (List<int> ranks in _ranks) ranks.Clear();
        }

        private void Rank(ShapeName received, int number, int shape)
        {
            ShapeName own = _shapes[shape];
            int rank = 0;
            if (string.Equals(received.Text, own.Text, StringComparison.Ordinal)) rank = 3;
            else if (received.Folded.Length > 0 && received.Folded == own.Folded) rank = 2;
            else if (_bySense[shape] && received.Arkit == own.ArkitWithin) rank = 1;
            if (rank == 0) return;
            int place = _ranks[shape].FindIndex(other => other < rank);
            if (place < 0) place = _ranks[shape].Count;
            _ranks[shape].Insert(place, rank);
            _sources[shape].Insert(place, number);
        }
    }
}
