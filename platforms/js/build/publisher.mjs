// Who publishes the packages, out of platforms/publisher.json, into each package.json: `npm run publisher`. With --check
// it says what differs instead. Directories want an author's address, and a place for sources and bugs.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

/** The members of a package.json that are the publisher's. */
function membersOf({ author, repository, n8nRepository, bugs }, folder) {
  // n8n takes a package from a repository of its own alone.
  const isN8n = folder === 'n8n';
  return {
    author,
    repository: { type: 'git', url: `git+${isN8n ? n8nRepository : repository}.git` },
    bugs: { url: isN8n ? `${n8nRepository}/issues` : bugs },
  };
}

/** The packages whose package.json is another than publisher.json makes it; `write` mends them. */
export function outdated({ write = false } = {}) {
  const publisher = read('publisher.json');
  return ['js', 'n8n', 'node-red', 'zapier'].filter((folder) => {
    const file = `${folder}/package.json`;
    const before = readFileSync(at(file), 'utf8');
    const after = `${JSON.stringify({ ...read(file), ...membersOf(publisher, folder) }, null, 2)}\n`;
    if (write && before !== after) writeFileSync(at(file), after);
    return before !== after;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isCheck = process.argv.includes('--check');
  const found = outdated({ write: !isCheck });
  if (isCheck && found.length > 0) {
    console.error(`Run "npm run publisher" in platforms/js: ${found.join(', ')} differ from platforms/publisher.json.`);
    process.exitCode = 1;
  }
}
