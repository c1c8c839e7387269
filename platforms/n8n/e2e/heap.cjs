// Loaded into n8n: on SIGUSR2 it collects all garbage and writes what is left, in bytes, to the file of HEAP_FILE.
// What the process holds beyond that says little: it is room that Node keeps.

const { renameSync, writeFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  // Whole, or not there at all.
  writeFileSync(`${process.env.HEAP_FILE}.part`, String(heapUsed + external));
  renameSync(`${process.env.HEAP_FILE}.part`, process.env.HEAP_FILE);
});
