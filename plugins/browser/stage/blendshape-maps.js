// A Vite plugin: `import map from 'blendshape-map:vrm1'` gives blendshape_maps/vrm1.yaml as data.
// The maps are read when the page is built, so what the page computes cannot drift from what the driver computes.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';

const PREFIX = 'blendshape-map:';

/** `folder` is where the YAML files lie. */
export function blendshapeMaps(folder) {
  return {
    name: 'blendshape-maps',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) {
        return undefined;
      }
      const file = path.join(folder, `${id.slice(PREFIX.length + 1)}.yaml`);
      this.addWatchFile(file);
      const { limits = [0, 1], terms = {}, parameters } = parse(await readFile(file, 'utf-8'), { uniqueKeys: true });
      return `export default ${JSON.stringify({ limits, terms, parameters })};`;
    },
  };
}
