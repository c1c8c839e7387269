// Loads an unpacked build.zip as Zapier's runtime does, and answers each event (a line of JSON on standard input) with
// what its handler gives: { results }, or { error: { name, message } }. The process stays the same for all events.

const { join } = require('node:path');
const { createInterface } = require('node:readline');

const { handler } = require(join(process.argv[2], 'zapierwrapper.js'));

// Zapier's core prints what it measures; this output is for answers alone.
const answer = process.stdout.write.bind(process.stdout);
console.log = console.info = (...line) => console.error(...line);

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const given = await handler(JSON.parse(line)).then(
      ({ results }) => ({ results }),
      ({ name, message }) => ({ error: { name, message } }),
    );
    answer(`${JSON.stringify(given)}\n`);
  }
})();
