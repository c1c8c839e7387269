// Measures the engine against a sandbox that is started for it: `npm run bench`.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundle } from '../build/bundle.mjs';
import { startSandbox } from '../test/service.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const outfile = at('../.test/bench.cjs');
await bundle({ entryPoints: [at('calls.ts')], outfile });
const sandbox = await startSandbox();
const { status } = spawnSync(process.execPath, [outfile], {
  stdio: 'inherit',
  env: { ...process.env, ...sandbox.env },
});
sandbox.process.kill();
process.exitCode = status ?? 1;
