// What docs/platforms/zapier.md shows of Zapier's command line, in place of an editor that runs nowhere but at Zapier.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const DOCUMENT = fileURLToPath(new URL('../../../docs/platforms/zapier.md', import.meta.url));

/** The commands that it shows, each with the lines that it shows of what they print. */
export function shownCommands() {
  const [, block] = /^```console\n([\s\S]*?)^```$/m.exec(readFileSync(DOCUMENT, 'utf8'));
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...lines] = part.trimEnd().split('\n');
      return { command, lines };
    });
}

/** Holds what a command printed to the lines that are shown of it. A line of `…` stands for any others. */
export function assertShown(lines, printed) {
  const clean = stripVTControlCharacters(printed)
    .split('\n')
    .map((line) => line.trimEnd());
  const parts = lines
    .join('\n')
    .split(/^…$/m)
    .map((part) => part.trim());
  let rest = clean.join('\n');
  for (const part of parts.filter(Boolean)) {
    const at = rest.indexOf(part);
    assert.ok(at >= 0, `it does not print:\n${part}\nbut:\n${clean.join('\n')}`);
    rest = rest.slice(at + part.length);
  }
}
