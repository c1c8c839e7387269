// What n8n's scan of published packages says of the packed one. The scan itself fetches a package from the registry, and
// wants provenance and the source that it names: there is neither before it is published. Its rules run here.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, run } from '../support.mjs';

const SCAN = '@n8n/scan-community-package@0.32.0';

/** What stays: a rule for n8n Cloud. `npm run lint` has the list of what is imported, and why. */
const CLOUD = ['@n8n/community-nodes/no-restricted-imports'];

export async function directory(work, tarball) {
  await check("n8n's scan finds nothing in the packed package but imports that n8n Cloud alone forbids", async () => {
    const folder = join(work, 'unpacked');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await run('tar', ['xzf', tarball, '-C', folder, '--strip-components=1']);
    for (const name of ['LICENSE-MIT', 'THIRD-PARTY-NOTICES.txt']) {
      assert.ok(readFileSync(join(folder, 'dist', name), 'utf8').length > 0, name);
    }

    const tool = join(work, 'scan');
    if (!existsSync(join(tool, 'node_modules/@n8n/scan-community-package'))) {
      mkdirSync(tool, { recursive: true });
      writeFileSync(join(tool, 'package.json'), '{"private": true, "type": "module"}');
      await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', SCAN], {
        cwd: tool,
        timeoutMs: 600_000,
      });
    }
    const script = `
      import { analyzePackage } from '@n8n/scan-community-package/scanner/scanner.mjs';
      const { passed, details = '', message } = await analyzePackage(process.argv[1]);
      console.log(JSON.stringify({ passed, details, message }));`;
    writeFileSync(join(tool, 'scan.mjs'), script.replace('process.argv[1]', 'process.argv[2]'));
    const output = await run('node', [join(tool, 'scan.mjs'), folder], { cwd: tool, timeoutMs: 300_000 });
    const { details } = JSON.parse(output.trim().split('\n').at(-1));
    const rules = [...details.matchAll(/\s(?:error|warning)\s.*\s(\S+)$/gm)].map(([, rule]) => rule);
    assert.deepEqual([...new Set(rules)], CLOUD, details);
  });
}
