using System;
using System.Collections.Generic;

namespace NUnit.Framework
{
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class TestAttribute : Attribute { }

    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    public sealed class TestCaseAttribute : Attribute
    {
        public readonly object[] Arguments;
        public TestCaseAttribute(params object[] arguments) { Arguments = arguments; }
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class SetUpAttribute : Attribute { }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class TearDownAttribute : Attribute { }

    public sealed class AssertionException : Exception { public AssertionException(string message) : base(message) { } }

    public static class Assert
    {
        public static void IsTrue(bool condition, string message = "") { if (!condition) Fail("expected true. " + message); }
        public static void IsFalse(bool condition, string message = "") { if (condition) Fail("expected false. " + message); }
        public static void IsNull(object found) { if (!(found == null)) Fail("expected null, found " + found); }

        public static void AreEqual(object expected, object actual, string message = "")
        {
            if (!Equals(expected, actual)) Fail("expected " + expected + ", found " + actual + ". " + message);
        }

        public static void AreEqual(double expected, double actual, double delta, string message = "")
        {
            if (!(Math.Abs(expected - actual) <= delta)) Fail("expected " + expected + ", found " + actual + ". " + message);
        }

        public static void Fail(string message) { throw new AssertionException(message); }
    }

    public static class CollectionAssert
    {
        public static void AreEqual(IEnumerable<string> expected, IEnumerable<string> actual, string message = "")
        {
            Assert.AreEqual(string.Join("\n", expected), string.Join("\n", actual), message);
        }
    }
}
