// The API key, wherever n8n may have put it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../support.mjs';
import { KEY } from '../sandbox.mjs';

export async function secrets(n8n) {
  await check("the API key is in no file of n8n's: no execution, no log", () => {
    const files = [n8n.log, ...filesIn(join(n8n.userFolder, '.n8n'))];
    const holding = (text) => files.filter((file) => readFileSync(file).includes(text));
    assert.deepEqual(holding(KEY), []);
    // It is a search that finds: what is no secret is in the log, and in the database with its executions.
    assert.ok(holding('JustClick has no such order').length >= 2);
    return `${files.length} files`;
  });
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => !path.includes('node_modules') && statSync(path).isFile());
}
