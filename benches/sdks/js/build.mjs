// Builds the contenders in JavaScript, the plugin inside: `node benches/sdks/js/build.mjs OUT.cjs`.

import { fileURLToPath } from 'node:url';
import { bundle } from '../../../platforms/js/build/bundle.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
await bundle({
  entryPoints: [at('contender.ts')],
  outfile: process.argv[2],
  // Beside what is built: its worker is a file of its own.
  external: ['@extism/extism'],
  alias: { 'plugin-engine': at('../../../platforms/js/src/index.ts') },
});
