// Builds the tests and runs them: `npm test`.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from 'plugin-engine/build';
import { WITH_SERVICES } from '../../js/test/service.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BUILT = fileURLToPath(new URL('../.test/', import.meta.url));

rmSync(BUILT, { recursive: true, force: true });
const tests = readdirSync(HERE).filter((name) => name.endsWith('.test.ts'));
await bundle({
  entryPoints: tests.map((name) => join(HERE, name)),
  outdir: BUILT,
  sourcemap: 'inline',
  outExtension: { '.js': '.cjs' },
});
const files = tests.map((name) => join(BUILT, name.replace(/\.ts$/, '.cjs')));
const options = ['--enable-source-maps', ...WITH_SERVICES, '--test', '--test-reporter=spec'];
// Servers on this machine, and a time zone that is not the machine's.
const env = { ...process.env, PLUGIN_ALLOW_PRIVATE: '*', TZ: 'Europe/Moscow' };
process.exitCode = spawnSync(process.execPath, [...options, ...files], { stdio: 'inherit', env }).status ?? 1;
