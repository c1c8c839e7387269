// plugin-host itself: from its archive, and from its Debian package with the service.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, proved, same } from '../checks.mjs';
import { start } from '../processes.mjs';
import { account, below, emptied, key, login, needed, newOrder, order, outcome, ran, sandbox, unpacked, work } from './world.mjs';

/** How much a service may be exposed, as systemd counts: from 0 to 10. */
const MOST_EXPOSED = 2.0;

/** Installs the signed bundle with a program and changes an order, with nothing else. */
async function call(program, bundle, id) {
  const cwd = emptied('empty');
  const env = { PLUGIN_ENV_PREFIX: 'JUSTCLICK', ...account('JUSTCLICK') };
  ran(program, ['install', bundle.archive, '--key', bundle.key, '--yes'], { cwd });
  await newOrder(id);
  ran(program, ['check'], { cwd, env });
  ran(program, ['call', 'update_order_status', '--field', `bill_id=${id}`, '--field', 'status=cancel'], { cwd, env });
  same((await order(id)).status, 'cancel', `order ${id}`);
}

/** The archive, in an empty folder. */
export async function checkArchive(files, version, bundle) {
  const name = readdirSync(files).find((it) => it.startsWith(`plugin-host-${version}-`) && it.endsWith('.tar.gz'));
  const folder = join(unpacked(join(files, name), 'archive'), name.slice(0, -'.tar.gz'.length));
  await call(join(folder, 'plugin-host'), bundle, '710001');
  const inside = Object.keys(below(folder));
  for (const file of ['README.md', 'LICENSE-MIT', 'THIRD-PARTY-NOTICES.txt', 'man/plugin-host-call.1', 'completions/_plugin-host', 'examples/plugin-host.service']) {
    check(inside.includes(file), `${file} is not in the archive`);
  }
  ran('bash', ['-n', join(folder, 'completions/plugin-host.bash')]);
  check(readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8').includes('\nwasmtime '), 'the notices do not name wasmtime');
  proved('the archive, unpacked in an empty folder, installs the signed bundle and makes a call');
}

/** The Debian package: what it holds, that it can be installed, its program, and its service. */
export async function checkDebian(files, version, bundle) {
  const package_ = join(files, readdirSync(files).find((it) => it.endsWith('.deb')));
  const field = (name) => ran('dpkg-deb', ['-f', package_, name]).trim();
  same([field('Package'), field('Version')], ['plugin-host', version], 'the package');
  const root = emptied('root');
  installed(package_, root);
  check(!existsSync(join(root, 'etc/systemd/system/multi-user.target.wants/plugin-host.service')), 'the service begins by itself');
  await call(join(root, 'usr/bin/plugin-host'), bundle, '710002');
  proved('dpkg installs the Debian package into an empty root; its program does the same, and no service is enabled');

  const unit = join(root, 'usr/lib/systemd/system/plugin-host.service');
  checkUnit(unit, root);
  await serve(unit, root, bundle);
}

/** Installed by dpkg into a root of its own, its scripts among it. */
function installed(package_, root) {
  mkdirSync(join(root, 'var/lib/dpkg/info'), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), '');
  const args = [`--root=${root}`, '--force-script-chrootless', '--force-not-root', '--force-depends', '--log=/dev/null', '-i', package_];
  ran('dpkg', args, { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
  check(ran('dpkg', [`--root=${root}`, '-s', 'plugin-host']).includes('Status: install ok installed'), 'dpkg has not installed it');
}

/** What systemd says of the unit. */
function checkUnit(unit, root) {
  const analyze = needed('systemd-analyze', 'systemd');
  const exposed = outcome(analyze, ['security', '--offline=true', '--no-pager', `--threshold=${MOST_EXPOSED * 10}`, unit]);
  check(exposed.status === 0, `the unit is exposed too much: ${exposed.stdout.trim().split('\n').at(-1)}`);
  // With this system's targets, and the program where it is.
  const here = join(emptied('unit'), 'plugin-host.service');
  writeFileSync(here, readFileSync(unit, 'utf8').replace('ExecStart=/usr', `ExecStart=${join(root, 'usr')}`));
  const told = outcome(analyze, ['verify', '--man=no', here]);
  same([told.status, told.stderr.trim()], [0, ''], 'what systemd says of the unit');
  proved(`systemd takes the unit, and counts its exposure as at most ${MOST_EXPOSED}`);
}

/** Begins what the unit begins, with the files that it names, and makes a call over HTTP. */
async function serve(unit, root, bundle) {
  const [credentials, state] = ['run/credentials', 'var/lib/plugin-host'].map((it) => join(root, it));
  [credentials, state].forEach((it) => mkdirSync(it, { recursive: true }));
  const text = readFileSync(unit, 'utf8');
  const plugins = join(root, /^Environment=PLUGIN_HOST_PLUGINS=(.*)$/m.exec(text)[1]);
  ran(join(root, 'usr/bin/plugin-host'), ['--plugins', plugins, 'install', bundle.archive, '--key', bundle.key, '--yes']);
  const example = readFileSync(join(root, 'usr/share/doc/plugin-host/examples/connections.toml'), 'utf8');
  const filled = (whole, values) => Object.entries(values).reduce((all, [name, value]) => all.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${JSON.stringify(value)}`), whole);
  writeFileSync(join(credentials, 'connections.toml'), filled(example, { login, api_key: key, base_url: sandbox }), { mode: 0o600 });
  const line = /^ExecStart=(.*)$/m.exec(text)[1];
  const words = line.replace('${CREDENTIALS_DIRECTORY}', credentials).replace('$OPTIONS', '--listen 127.0.0.1:0').split(' ');
  const [program, ...args] = words.map((word) => (/^\/(usr|etc)\//.test(word) ? join(root, word) : word));
  const server = start(program, args, { PLUGIN_HOST_PLUGINS: plugins, STATE_DIRECTORY: state, HOME: '/nonexistent', XDG_CACHE_HOME: join(root, 'var/cache') }, join(work, 'service.log'));
  const [, base] = await server.printed(/on (http:\/\/\S+)\n/);
  await newOrder('710003');
  const answer = await fetch(`${base}/v1/connections/my-shop/actions/update_order_status`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bill_id: '710003', status: 'cancel' }),
  });
  check(answer.ok, `the service: ${answer.status} ${await answer.text()}`);
  same((await order('710003')).status, 'cancel', 'the order');
  same(await server.stop('SIGTERM'), 0, 'the end of the service');
  proved('what the unit begins, with the example filled in, serves a call, and ends when it is told to');
}
