using System.Collections.Generic;
using UnityEngine;

namespace AvatarDriver.Samples
{
    /// <summary>
    /// An avatar out of nothing: put it on an empty object and press Play. It makes a head with 52 blend shapes, two
    /// eyes and all that receives a face.
    /// </summary>
    [AddComponentMenu("Avatar Driver/Sample: Procedural Face")]
    public sealed class ProceduralFace : MonoBehaviour
    {
        [Tooltip("UDP port to listen on.")]
        [SerializeField] private int port = 39539;

        [Tooltip("The head's colour.")]
        [SerializeField] private Color skin = new Color(0.9f, 0.72f, 0.6f);

        [Tooltip("Turn the scene's main camera towards the face.")]
        [SerializeField] private bool frameCamera = true;

        private readonly List<Object> _made = new List<Object>();

        /// <summary>The head's renderer, once it is made.</summary>
        public SkinnedMeshRenderer Renderer { get; private set; }

        /// <summary>UDP port it listens on; to be set before Start.</summary>
        public int Port { get => port; set => port = value; }

        private void Start()
        {
            Transform head = Child("Head", transform, Vector3.zero);
            Transform left = Child("LeftEye", head, new Vector3(-0.14f, 0.1f, 0.33f));
            Transform right = Child("RightEye", head, new Vector3(0.14f, 0.1f, 0.33f));
            MakeFace(head);
            Material white = Coloured(Color.white), black = Coloured(Color.black);
            foreach (Transform eye in new[] { left, right })
            {
                Ball(eye, Vector3.zero, 0.12f, white);
                Ball(eye, new Vector3(0f, 0f, 0.05f), 0.05f, black);
            }
            gameObject.AddComponent<AvatarDriverReceiver>().Port = port;
            gameObject.AddComponent<BlendShapeBinder>();
            var headBinder = gameObject.AddComponent<HeadBinder>();
            headBinder.Avatar = transform;
            headBinder.Head = head;
            var eyes = gameObject.AddComponent<EyeBinder>();
            eyes.Avatar = transform;
            eyes.LeftEye = left;
            eyes.RightEye = right;
            if (frameCamera) FrameCamera();
        }

        private void OnDestroy()
        {
            foreach (Object made in _made) Destroy(made);
        }

        private static Transform Child(string name, Transform parent, Vector3 at)
        {
            Transform child = new GameObject(name).transform;
            child.SetParent(parent, false);
            child.localPosition = at;
            return child;
        }

        private void MakeFace(Transform head)
        {
            Mesh mesh = FaceMesh.Make();
            _made.Add(mesh);
            Renderer = head.gameObject.AddComponent<SkinnedMeshRenderer>();
            Renderer.sharedMesh = mesh;
            Renderer.sharedMaterial = Coloured(skin);
            Renderer.updateWhenOffscreen = true;
        }

        private static void Ball(Transform parent, Vector3 at, float size, Material material)
        {
            GameObject ball = GameObject.CreatePrimitive(PrimitiveType.Sphere);
            ball.transform.SetParent(parent, false);
            ball.transform.localPosition = at;
            ball.transform.localScale = new Vector3(size, size, size);
            ball.GetComponent<Renderer>().sharedMaterial = material;
        }

        // Built-in, universal and high definition pipelines name their standard shader differently.
        private Material Coloured(Color colour)
        {
            Shader shader = Shader.Find("Universal Render Pipeline/Lit");
            if (shader == null) shader = Shader.Find("HDRP/Lit");
            if (shader == null) shader = Shader.Find("Standard");
            var material = new Material(shader) { color = colour };
            _made.Add(material);
            return material;
        }

        private void FrameCamera()
        {
            Camera view = Camera.main;
            if (view == null) return;
            view.transform.position = transform.position + transform.forward * 1.8f;
            view.transform.LookAt(transform.position);
        }
    }
}
