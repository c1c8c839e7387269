// Runs docs/first-plugin.md as it stands, in an empty folder: its commands in their order, its files where they are
// said to be, and what it shows is what was printed. Then the plugin that came of it is changed.

import { spawnSync } from 'node:child_process';
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

/** Runs a line of a shell, and gives what it printed and its exit code. */
function sh(cwd, line) {
  const env = { ...process.env, ...TOOLCHAIN, PATH: `${dirname(PLUGIN_HOST)}:${PATH}` };
  const ended = spawnSync('bash', ['-c', `${line} 2>&1`], { cwd, encoding: 'utf8', env });
  return { printed: ended.stdout, code: ended.status };
}

function edit(file, change) {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing was changed in ${file}`);
  writeFileSync(file, after);
}

/** What `dev` says of a plugin that asks for something else than was recorded. */
function changed(folder) {
  edit(join(folder, 'parcel/src/lib.rs'), (text) => text.replace('"/parcels/', '"/parcel/'));
  const dev = 'plugin-host dev parcel --once --call track_parcel --case parcel/cases/track_parcel.json';
  const { printed, code } = sh(folder, dev);
  const told = 'not as recorded: makes another request 1: its address is "https://api.example.com/parcel/80080000000001"';
  if (code !== 3 || !printed.includes(told)) throw new Error(`dev ended with ${code} and printed:\n${printed}`);
  proved('dev tells that a request is another than the recorded one');
}

/** The kit of another plugin-host is replaced by this one's. */
function renewed(folder) {
  const source = join(folder, 'parcel/vendor/plugin-kit/src/lib.rs');
  const own = readFileSync(source, 'utf8');
  writeFileSync(source, 'compile_error!("older");');
  const { printed, code } = sh(folder, 'plugin-host vendor parcel');
  if (code !== 0 || readFileSync(source, 'utf8') !== own) throw new Error(`vendor ended with ${code}: ${printed}`);
  proved('vendor puts the kit back that this plugin-host has');
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
          const ended = sh(folder, line);
          printed += ended.printed;
          if (ended.code !== 0) throw new Error(`"${line}" ended with ${ended.code}:\n${printed}`);
          proved(line);
        }
      } else {
        for (const line of content.trim().split('\n')) {
          if (!printed.includes(line.trim())) throw new Error(`"${line}" was not printed, but:\n${printed}`);
          proved(`it prints: ${line.trim()}`);
        }
      }
    }
    changed(folder);
    renewed(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
