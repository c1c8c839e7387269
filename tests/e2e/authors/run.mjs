// Runs docs/first-plugin.md as it stands, in an empty folder: its commands in their order, its files where they are
// said to be, and what it shows is what was printed.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proved } from '../checks.mjs';
import { suite } from '../suite.mjs';

const DOCUMENT = fileURLToPath(new URL('../../../docs/first-plugin.md', import.meta.url));
const { E2E_WORK, PLUGIN_HOST, PATH, XTASK_TOOLCHAIN } = process.env;
// As the project itself is built here.
const TOOLCHAIN = XTASK_TOOLCHAIN === undefined ? {} : { PLUGIN_TOOLCHAIN: XTASK_TOOLCHAIN };

/** The blocks of code, each with its language and, if it is a file, its path. */
function blocks(text) {
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, language, path, content]) => ({
    language,
    path,
    content,
  }));
}

await suite('authors', () => {
  mkdirSync(E2E_WORK, { recursive: true });
  const folder = mkdtempSync(join(E2E_WORK, 'first-'));
  // What was printed by the commands since the last one that is shown.
  let printed = '';
  try {
    for (const { language, path, content } of blocks(readFileSync(DOCUMENT, 'utf8'))) {
      if (path !== undefined) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
        proved(`${path} is written`);
      } else if (language === 'sh') {
        printed = '';
        for (const line of content.trim().split('\n')) {
          const env = { ...process.env, ...TOOLCHAIN, PATH: `${dirname(PLUGIN_HOST)}:${PATH}` };
          const options = { cwd: folder, encoding: 'utf8', env };
          printed += execFileSync('bash', ['-c', `${line} 2>&1`], options);
          proved(line);
        }
      } else {
        for (const line of content.trim().split('\n')) {
          if (!printed.includes(line.trim())) throw new Error(`"${line}" was not printed, but:\n${printed}`);
          proved(`it prints: ${line.trim()}`);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
