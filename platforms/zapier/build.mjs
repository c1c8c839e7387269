// Makes index.js. Zapier's command line runs this before it validates, builds or pushes.

import { buildIntegration } from './esbuild.mjs';

await buildIntegration(new URL('index.js', import.meta.url));
