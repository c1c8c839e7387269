// Prints what makes packages, with the shells in it, as JSON: the script of each platform by its name. It is the same
// wherever and whenever it is made, and travels in `plugin-host`: `node shells.mjs`.

const PLATFORMS = ['n8n', 'node-red', 'zapier'];

const scripts = {};
for (const name of PLATFORMS) {
  const { maker } = await import(`../../${name}/build.mjs`);
  scripts[name] = await maker();
}
process.stdout.write(`${JSON.stringify(scripts)}\n`);
