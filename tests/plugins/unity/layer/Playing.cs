using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using AvatarDriver;
using AvatarDriver.Editing;
using AvatarDriver.Protocol;
using AvatarDriver.Samples;
using UnityEditor;
using UnityEngine;

// The sample's avatar, played by orders on standard input.
static class Playing
{
    private static ProceduralFace _face;
    private static AvatarDriverReceiver _receiver;

    // Orders: "step N SECONDS [pause]", "set PROPERTY VALUE", "occupy", "free", "off", "on". After each a line of state.
    public static void Run()
    {
        Start(FreePort());
        UdpClient occupant = null;
        for (string line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            string[] order = line.Split(' ');
            switch (order[0])
            {
                case "step": Step(int.Parse(order[1]), float.Parse(order[2]), order.Length > 3 ? int.Parse(order[3]) : 0); break;
                case "set": Set(order[1], order[2]); break;
                case "off": Stub.SetEnabled(_receiver, false); break;
                case "on": Stub.SetEnabled(_receiver, true); break;
                case "occupy": occupant = new UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)); break;
                case "move-there": _receiver.Port = ((System.Net.IPEndPoint)occupant.Client.LocalEndPoint).Port; break;
                case "free": occupant.Close(); break;
                case "inspect": Inspect(); break;
                case "log": foreach (string said in Stub.Log) Console.WriteLine(said); break;
                default: throw new ArgumentException(line);
            }
            Console.WriteLine(State());
            Console.Out.Flush();
        }
        Stub.Clear();
    }

    public static void DescribeSample()
    {
        Start(FreePort());
        Mesh mesh = _face.Renderer.sharedMesh;
        for (int i = 0; i < mesh.blendShapeCount; i++)
            Console.WriteLine(mesh.GetBlendShapeName(i) + " " + mesh.Deltas[i].Max(one => one.magnitude));
        int inward = 0;
        for (int i = 0; i < mesh.triangles.Length; i += 3)
        {
            Vector3 a = mesh.vertices[mesh.triangles[i]], b = mesh.vertices[mesh.triangles[i + 1]], c = mesh.vertices[mesh.triangles[i + 2]];
            if (Vector3.Dot(Vector3.Cross(b - a, c - a), a + b + c) < -1e-6f) inward++;
        }
        Console.WriteLine("triangles turned inward: " + inward);
        Stub.Clear();
    }

    // How many bytes ten thousand frames allocate, once the first has been shown.
    public static void CountAllocations()
    {
        Start(FreePort());
        var face = new AvatarDriver.Tests.FaceAssembly();
        face.Send("/VMC/Ext/Bone/Pos", "Head", 0f, 0f, 0f, 0f, 0.5f, 0f, 0.5f);
        foreach (string name in ArkitShapes.Names) face.Send("/VMC/Ext/Blend/Val", name, 0.5f);
        FaceFrame frame = face.Apply();
        var binders = _face.gameObject.GetComponent<Transform>().GetComponentsInChildren<FaceBinder>(true);
        var allocated = (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), typeof(GC).GetMethod(
            "GetAllocatedBytesForCurrentThread", (System.Reflection.BindingFlags)(-1)));
        long before = 0;
        for (int i = -10; i < 10000; i++)
        {
            if (i == 0) before = allocated();
            foreach (FaceBinder binder in binders) binder.Drive(frame, 1f);
        }
        Console.WriteLine(binders.Length + " " + (allocated() - before) + " " + _face.Renderer.GetBlendShapeWeight(17));
        Stub.Clear();
    }

    private static void Start(int port)
    {
        _face = new GameObject("Face").AddComponent<ProceduralFace>();
        _face.Port = port;
        Stub.Step(0.01f);
        _receiver = _face.GetComponent<AvatarDriverReceiver>();
        Stub.Step(0.01f);
        Console.WriteLine(State());
        Console.Out.Flush();
    }

    private static void Step(int count, float seconds, int pause)
    {
        for (int i = 0; i < count; i++)
        {
            Thread.Sleep(pause);
            Stub.Step(seconds);
        }
    }

    private static void Set(string property, string value)
    {
        var found = typeof(AvatarDriverReceiver).GetProperty(property);
        found.SetValue(_receiver, found.PropertyType.IsEnum ? Enum.Parse(found.PropertyType, value)
            : Convert.ChangeType(value, found.PropertyType));
    }

    // What both inspectors would show.
    private static void Inspect()
    {
        EditorGUILayout.Shown.Clear();
        new ReceiverEditor { target = _receiver }.OnInspectorGUI();
        new BlendShapeBinderEditor { target = _face.GetComponent<BlendShapeBinder>() }.OnInspectorGUI();
        foreach (string shown in EditorGUILayout.Shown) Console.WriteLine("shown " + shown);
    }

    private static string State()
    {
        Mesh mesh = _face.Renderer.sharedMesh;
        Transform head = _face.Renderer.transform;
        Vector3 way = head.forward;
        return "state " + _receiver.Port + " " + (_receiver.IsListening ? 1 : 0) + " " + (_receiver.IsReceiving ? 1 : 0) + " "
            + _receiver.PresenceNow + " " + (_receiver.Frame == null ? 0 : _receiver.Frame.Number) + " "
            + way.x + " " + way.y + " " + way.z + " " + Stopwatch.GetTimestamp() + " "
            + string.Join(" ", Enumerable.Range(0, mesh.blendShapeCount).Select(i => _face.Renderer.GetBlendShapeWeight(i)));
    }

    private static int FreePort()
    {
        using (var probe = new UdpFaceReceiver(0)) return probe.Port;
    }
}
