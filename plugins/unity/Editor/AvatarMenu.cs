using UnityEditor;
using UnityEngine;

namespace AvatarDriver.Editing
{
    /// <summary>Puts all that an avatar needs on the selected object, in one step that can be undone.</summary>
    public static class AvatarMenu
    {
        private const string Path = "GameObject/Avatar Driver/Drive This Avatar";

        /// <summary>Adds a receiver and the binders for blend shapes and head to what is selected.</summary>
        [MenuItem(Path, false, 10)]
        public static void DriveSelected()
        {
            GameObject avatar = Selection.activeGameObject;
            if (avatar == null) return;
            AddOnce<AvatarDriverReceiver>(avatar);
            AddOnce<BlendShapeBinder>(avatar);
            AddOnce<HeadBinder>(avatar);
        }

        [MenuItem(Path, true)]
        private static bool IsAvatarSelected()
        {
            return Selection.activeGameObject != null;
        }

        private static void AddOnce<T>(GameObject avatar) where T : Component
        {
            if (avatar.GetComponent<T>() == null) Undo.AddComponent<T>(avatar);
        }
    }
}
