/** The bundle of a plugin whose triggers say what the credential tells them to say. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlugin } from 'plugin-engine';
import { telling } from '../../js/test/telling';

export async function writeTelling(folder: string): Promise<void> {
  const { wasm, sha256 } = await telling();
  const description = await (await loadPlugin({ wasm, sha256 })).describe();
  const files = {
    'telling.wasm': wasm,
    'extism.json': JSON.stringify({ wasm: [{ path: 'telling.wasm', hash: sha256 }] }),
    'describe.json': JSON.stringify(description),
    'THIRD-PARTY-NOTICES.txt': 'None.\n',
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}
