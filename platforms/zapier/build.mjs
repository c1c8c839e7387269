// Makes index.js. Zapier's command line runs this before it validates, builds or pushes.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { copyLicences } from '../js/build/bundle.mjs';
import { buildIntegration } from './esbuild.mjs';

await buildIntegration(new URL('index.js', import.meta.url));
const licences = fileURLToPath(new URL('licences', import.meta.url));
mkdirSync(licences, { recursive: true });
copyLicences(licences);
