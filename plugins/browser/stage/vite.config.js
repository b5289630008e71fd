import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { blendshapeMaps } from './blendshape-maps.js';

export default defineConfig({
  base: './', // relative paths: the page works from any folder of any server
  plugins: [blendshapeMaps(fileURLToPath(new URL('../../../blendshape_maps', import.meta.url)))],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false }, // would be one script more, and every browser with WebGL 2 knows it
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000, // kB; three.js and three-vrm are most of it
  },
});
