// Loads a .vrm, .glb or .gltf from an address or from a file of the person's own, and wraps what drives it.

import { VRMLoaderPlugin } from '@pixiv/three-vrm';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

import { makeDefaultHead } from './default-head.js';
import { MorphAvatar } from './morph-avatar.js';
import { VrmAvatar } from './vrm-avatar.js';

// What a model may ask for that this page does not carry, as their decoders are WebAssembly, which it forbids itself.
const COMPRESSIONS = {
  KHR_draco_mesh_compression: 'Draco',
  EXT_meshopt_compression: 'meshopt',
  KHR_texture_basisu: 'Basis',
};

/** The built-in head. */
export function defaultAvatar() {
  return new MorphAvatar(makeDefaultHead());
}

/** The avatar at an address, relative to the page. Throws Error with a sentence. */
export async function fetchAvatar(address) {
  const url = new URL(address, document.baseURI);
  const response = await fetch(url).catch(() => {
    throw new Error(`cannot fetch ${url.href}: nothing answers there, or it may not be read from this page`);
  });
  if (!response.ok) {
    throw new Error(`cannot fetch ${url.href}: the server answers ${response.status}`);
  }
  return parseAvatar(await response.arrayBuffer(), new URL('.', url).href);
}

/** The avatar in a File that a person chose. It is read here and goes nowhere. Throws Error with a sentence. */
export async function openAvatar(file) {
  return parseAvatar(await file.arrayBuffer(), '');
}

async function parseAvatar(buffer, folder) {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  let gltf;
  try {
    gltf = await loader.parseAsync(buffer, folder);
  } catch (error) {
    throw new Error(`not a model this page can show: ${reason(error)}`);
  }
  if (gltf.userData.vrm) {
    return new VrmAvatar(gltf.userData.vrm);
  }
  const avatar = new MorphAvatar(gltf.scene);
  if (avatar.names.size === 0) {
    avatar.dispose();
    throw new Error("the model has no morph targets with ARKit's names, such as jawOpen, and is no VRM");
  }
  return avatar;
}

function reason(error) {
  const text = error instanceof Error ? error.message : String(error);
  const [, kind] =
    Object.entries(COMPRESSIONS).find(([name, word]) => text.includes(name) || text.includes(word)) ?? [];
  return kind ? `it is compressed with ${kind}; export it without` : text;
}
