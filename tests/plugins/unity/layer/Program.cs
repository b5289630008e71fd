// Runs the package's own tests, and its components as Unity's player loop would, against the stand-ins for Unity.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Threading;
using AvatarDriver;
using AvatarDriver.Editing;
using AvatarDriver.Protocol;
using AvatarDriver.Samples;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

static class Program
{
    static int Main(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        switch (arguments[0])
        {
            case "tests": return RunTests();
            case "tooltips": return ListFields();
            case "play": Playing.Run(); return 0;
            case "allocate": Playing.CountAllocations(); return 0;
            case "sample": Playing.DescribeSample(); return 0;
            default: return 2;
        }
    }

    static int RunTests()
    {
        int failed = 0;
        foreach (Type type in typeof(AvatarDriver.Tests.Spelled).Assembly.GetTypes())
        {
            MethodInfo[] tests = type.GetMethods().Where(one => Cases(one).Any()).ToArray();
            if (tests.Length == 0) continue;
            object fixture = Activator.CreateInstance(type); // one for all of them, as NUnit does
            foreach (MethodInfo method in tests)
                foreach (object[] given in Cases(method))
                    if (!RunTest(fixture, method, given)) failed++;
        }
        return failed == 0 ? 0 : 1;
    }

    static IEnumerable<object[]> Cases(MethodInfo method)
    {
        if (method.GetCustomAttribute<TestAttribute>() != null) yield return new object[0];
        foreach (TestCaseAttribute one in method.GetCustomAttributes<TestCaseAttribute>()) yield return one.Arguments;
    }

    static bool RunTest(object fixture, MethodInfo method, object[] given)
    {
        Type type = fixture.GetType();
        string name = type.Name + "." + method.Name + (given.Length == 0 ? "" : "(" + string.Join(", ", given) + ")");
        try
        {
            Call<SetUpAttribute>(fixture);
            try
            {
                method.Invoke(fixture, given);
            }
            finally
            {
                Call<TearDownAttribute>(fixture);
            }
            Console.WriteLine("ok " + name);
            return true;
        }
        catch (TargetInvocationException error)
        {
            Console.WriteLine("FAILED " + name + ": " + error.InnerException);
            return false;
        }
    }

    static void Call<T>(object fixture) where T : Attribute
    {
        foreach (MethodInfo one in fixture.GetType().GetMethods())
            if (one.GetCustomAttribute<T>() != null) one.Invoke(fixture, null);
    }

    // Every field that Unity would show, and its tooltip.
    static int ListFields()
    {
        foreach (Assembly assembly in new[] { typeof(AvatarDriverReceiver).Assembly, typeof(ProceduralFace).Assembly })
            foreach (Type type in assembly.GetTypes().Where(one => typeof(MonoBehaviour).IsAssignableFrom(one) || one.IsSerializable))
                foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    if ((field.IsPublic || field.GetCustomAttribute<SerializeField>() != null) && !type.IsEnum)
                        Console.WriteLine(type.Name + "." + field.Name + "\t" + field.GetCustomAttribute<TooltipAttribute>()?.tooltip);
        return 0;
    }
}
