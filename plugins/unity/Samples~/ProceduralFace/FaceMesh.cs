using System.Collections.Generic;
using AvatarDriver.Protocol;
using UnityEngine;

namespace AvatarDriver.Samples
{
    /// <summary>
    /// A head made by formula: an egg that looks along +z, with all 52 ARKit shapes. Each shape is a few soft bumps, so
    /// that every one of them can be seen. One unit is about a head.
    /// </summary>
    public static class FaceMesh
    {
        private const int Rings = 48;
        private const int Segments = 64;

        /// <summary>Makes the mesh; the caller owns it.</summary>
        public static Mesh Make()
        {
            var mesh = new Mesh { name = "Procedural face" };
            Vector3[] vertices = Vertices();
            mesh.vertices = vertices;
            mesh.triangles = Triangles();
            mesh.RecalculateNormals();
            mesh.RecalculateBounds();
            var none = new Vector3[vertices.Length];
            foreach (string shape in ArkitShapes.Names)
                mesh.AddBlendShapeFrame(shape, 100f, Moved(vertices, FaceBumps.Of(shape)), none, none);
            return mesh;
        }

        private static Vector3[] Vertices()
        {
            var vertices = new List<Vector3>();
            for (int ring = 0; ring <= Rings; ring++)
            {
                float down = Mathf.PI * ring / Rings;
                for (int segment = 0; segment <= Segments; segment++)
                {
                    float round = 2f * Mathf.PI * segment / Segments;
                    float width = Mathf.Sin(down) * (1f - 0.15f * Mathf.Sin(down / 2f));
                    vertices.Add(new Vector3(
                        0.38f * width * Mathf.Sin(round), 0.5f * Mathf.Cos(down), 0.42f * width * Mathf.Cos(round)));
                }
            }
            return vertices.ToArray();
        }

        // Unity draws the side on which a triangle's corners run clockwise.
        private static int[] Triangles()
        {
            var corners = new List<int>();
            for (int ring = 0; ring < Rings; ring++)
                for (int segment = 0; segment < Segments; segment++)
                {
                    int here = ring * (Segments + 1) + segment, below = here + Segments + 1;
                    corners.AddRange(new[] { here, below, here + 1, here + 1, below, below + 1 });
                }
            return corners.ToArray();
        }

        private static Vector3[] Moved(Vector3[] vertices, List<FaceBump> bumps)
        {
            var moved = new Vector3[vertices.Length];
            for (int i = 0; i < vertices.Length; i++)
                foreach (FaceBump bump in bumps) moved[i] += bump.Move(vertices[i]);
            return moved;
        }
    }
}
