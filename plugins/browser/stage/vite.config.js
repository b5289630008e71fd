import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { blendshapeMaps } from './blendshape-maps.js';

export default defineConfig({
  base: './', // relative paths: the page works from any folder of any server
  plugins: [blendshapeMaps(fileURLToPath(new URL('../../../blendshape_maps', import.meta.url)))],
  server: { host: '127.0.0.1', fs: { allow: ['..'] } }, // the client lies beside this folder
  preview: { host: '127.0.0.1' },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false }, // would be one script more, and every browser with WebGL 2 knows it
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000, // kB; three.js and three-vrm are most of it
  },
});
