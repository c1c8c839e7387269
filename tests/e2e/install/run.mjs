// `plugin-host install` with what is real: Debian's registry of container images, minisign itself, a server with
// TLS, and a person at a terminal.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { check, proved, same } from '../checks.mjs';
import { programs, ran } from '../debian.mjs';
import { suite } from '../suite.mjs';
import { PASSWORD, authorization, basic, digest, push, registry, tokens } from './registry.mjs';

const { PLUGIN_HOST: pluginHost, SHOP_BUNDLE: bundle, SHOP_URL: shop, SHOP_TOKEN: token, E2E_WORK: work } = process.env;

async function main() {
  check(existsSync(pluginHost ?? '') && bundle && shop && token && work, 'run it as `cargo xtask e2e install`');
  const folder = join(work, 'run');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [minisign] = programs(work, 'minisign', ['minisign']);
  const [server] = programs(work, 'docker-registry', ['docker-registry']);
  const published = publisher(minisign, folder);
  const [first, second] = [published('first'), published('second', 'a note')];

  const host = await registry(server, join(folder, 'open'));
  const pinned = await push(host, 'plugins/shop', '1', first.layout);
  const locator = `oci:${host}/plugins/shop:1`;
  const own = world(folder, 'own');
  const trusting = ['--key', first.key, '--yes'];
  const installed = await own('install', locator, ...trusting);
  check(installed.stderr.includes('"shop, by its publisher"'), installed.stderr);
  const [listed] = JSON.parse((await own('--json', 'list')).stdout);
  same([listed.manifest, listed.digest], [pinned, digest(readFileSync(join(first.folder, 'SHA256SUMS')))], 'the digests in the lock');
  proved('a plugin comes out of a real registry, with the signature of the real minisign');

  const called = await own('--env-prefix', 'SHOP', 'check');
  check(called.stdout.includes('The connection works'), called.stdout);
  proved('another command finds it and calls its service');
  const store = join(folder, 'own', listed.digest.replace(':', '-'));
  ran(minisign, ['-V', '-p', first.pub, '-m', join(store, 'SHA256SUMS')]);
  ran('sha256sum', ['-c', '--strict', '--quiet', 'SHA256SUMS'], store);
  proved('minisign and sha256sum agree on what is installed');

  const moved = await push(host, 'plugins/shop', '1', second.layout);
  check(moved !== pinned, 'the tag has moved');
  const other = world(folder, 'other');
  mkdirSync(join(folder, 'other'));
  cpSync(join(folder, 'own', 'plugins.lock'), join(folder, 'other', 'plugins.lock'));
  await other('install');
  same(JSON.parse((await other('--json', 'list')).stdout)[0].manifest, pinned, 'what the lock names');
  await other('describe');
  proved('a lock gives the same bytes on another machine after the tag has moved');
  await own('update');
  same(JSON.parse((await own('--json', 'list')).stdout)[0].manifest, moved, 'what the tag names now');
  check((await own('update')).stdout.includes('is up to date'), 'there is nothing more to update');
  proved('an update follows the tag');
  await own('remove', 'shop');
  await own('install', `oci:${host}/plugins/shop@${pinned}`, ...trusting);
  check((await own('update')).stdout.includes('its locator is pinned to a digest'), 'it is pinned');
  await own('remove', 'shop');
  proved('a digest in the locator is what is installed, for good');

  await refused(other, 'ok    installed shop: all files', 'doctor');
  await refused(own, 'answered 404', 'install', `oci:${host}/plugins/shop:2`, ...trusting);
  await refused(own, 'answered 404', 'install', `oci:${host}/plugins/nothing:1`, ...trusting);
  proved('what is not there is told as such');

  const asked = (answer) => terminal(own.env, ['install', locator, '--key', first.key], answer);
  const no = asked('n');
  check(no.includes('It may') && no.includes('Install it? [y/N]') && no.includes('nothing was changed'), no);
  same(JSON.parse((await own('--json', 'list')).stdout), [], 'what is installed after a no');
  const yes = asked('y');
  check(yes.includes('Installed shop'), yes);
  await own('remove', 'shop');
  proved('a person at a terminal is asked, and their answer counts');

  const closed = await registry(server, join(folder, 'closed'), basic(join(folder, 'closed')));
  await push(closed, 'shop', '1', first.layout, { authorization: authorization() });
  const issuer = await tokens(join(folder, 'bearer'), certificate(folder, 'issuer'));
  const bearer = await registry(server, join(folder, 'bearer'), issuer.auth);
  const may = await fetch(`${issuer.auth.token.realm}?scope=repository:shop:pull,push`, { headers: { authorization: authorization() } });
  await push(bearer, 'shop', '1', first.layout, { authorization: `Bearer ${(await may.json()).token}` });
  for (const [which, locator, allow] of [
    ['a password', `oci:${closed}/shop:1`, []],
    ['a token', `oci:${bearer}/shop:1`, ['--allow', issuer.origin]],
  ]) {
    const args = [...allow, 'install', locator, ...trusting];
    await refused(own, 'answered 401', ...args);
    login(own.env, new URL(`http://${locator.slice(4)}`).host, 'another password');
    await refused(own, 'answered 401', ...args);
    login(own.env, new URL(`http://${locator.slice(4)}`).host, PASSWORD);
    await own(...args);
    await own('remove', 'shop');
    proved(`a registry that wants ${which} is shown what docker login has written down, and nobody else is`);
  }
  same(issuer.asked.at(-1), 'repository:shop:pull', 'what a token is asked for');
  await refused(own, '--allow', 'install', `oci:${bearer}/shop:1`, ...trusting);
  proved('a password goes to no private address that the operator did not name');

  const { key, certificate: cert } = certificate(folder, 'server');
  const https = createServer({ key, cert }, (request, response) => {
    if (request.url === '/shop.tar.gz') return response.end(readFileSync(first.archive));
    return response.writeHead(302, { location: '/shop.tar.gz' }).end();
  });
  await new Promise((ready) => https.listen(0, '127.0.0.1', ready));
  const address = `https://localhost:${https.address().port}/latest?key=hunter2`;
  await refused(own, 'not secure', 'install', address, ...trusting);
  await own('--ca-file', join(folder, 'server.pem'), 'install', address, ...trusting);
  check(!(await own('list')).stdout.includes('hunter2'), 'the query of an address is not shown');
  proved('an archive comes over TLS, from an authority that is known and from no other');
}

/** Makes bundles that are signed by the real minisign, and what is handed out of them. */
function publisher(minisign, folder) {
  const [pub, secret] = [join(folder, 'key.pub'), join(folder, 'key.sec')];
  ran(minisign, ['-G', '-W', '-p', pub, '-s', secret]);
  return (name, notes) => {
    const published = join(folder, 'published', name);
    cpSync(bundle, published, { recursive: true });
    const sums = join(published, 'SHA256SUMS');
    if (notes) {
      writeFileSync(join(published, 'NOTES.txt'), notes);
      writeFileSync(sums, `${readFileSync(sums, 'utf8')}${digest(Buffer.from(notes)).slice(7)}  NOTES.txt\n`);
    }
    ran(minisign, ['-S', '-s', secret, '-m', sums, '-t', 'shop, by its publisher']);
    const packed = join(folder, 'packed', name);
    const archives = ['oci', 'archive'].map((kind) => JSON.parse(ran(pluginHost, ['--json', 'package', kind, published, '--out', packed])).package);
    const layout = join(packed, 'layout');
    mkdirSync(layout);
    ran('tar', ['-xf', archives[0], '-C', layout]);
    return { folder: published, layout, archive: archives[1], pub, key: readFileSync(pub, 'utf8').trim().split('\n').at(-1) };
  };
}

/** The command with a folder of installed plugins of its own. */
function world(folder, name) {
  const home = join(folder, `${name}-home`);
  mkdirSync(join(home, '.docker'), { recursive: true });
  const env = { PATH: process.env.PATH, HOME: home, PLUGIN_HOST_PLUGINS: join(folder, name), SHOP_ADDRESS: shop, SHOP_TOKEN: token };
  const command = async (...args) => {
    const ended = await tried(env, args);
    check(ended.status === 0, `plugin-host ${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
    return ended;
  };
  return Object.assign(command, { env });
}

/** Runs a command while this process goes on: it is some of the servers that are asked. */
async function tried(env, args) {
  const child = spawn(pluginHost, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (said[name] += data));
  const status = await new Promise((done) => child.once('close', done));
  const secrets = [PASSWORD, Buffer.from(PASSWORD).toString('base64').slice(0, 10), 'hunter2'];
  check(!secrets.some((secret) => (said.stdout + said.stderr).includes(secret)), 'a secret is shown');
  return { status, ...said };
}

/** A command that fails, with what it says. */
async function refused({ env }, says, ...args) {
  const { status, stdout, stderr } = await tried(env, args);
  check(status === 3 && (stdout + stderr).includes(says), `${args.join(' ')}: ${says} is not in ${status} ${stdout}${stderr}`);
}

/** What a person sees at a terminal who gives this answer. */
function terminal(env, args, answer) {
  const quoted = [pluginHost, ...args].map((part) => `'${part}'`).join(' ');
  const { stdout } = spawnSync('script', ['-qec', quoted, '/dev/null'], { env, encoding: 'utf8', input: `${answer}\n` });
  return stdout;
}

/** Writes down who somebody is, as `docker login` does. */
function login(env, host, password) {
  const auth = Buffer.from(`merchant:${password}`).toString('base64');
  writeFileSync(join(env.HOME, '.docker', 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
}

/** A key, and a certificate for this machine that it has signed itself. */
function certificate(folder, name) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE'];
  ran('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`, ...names, '-keyout', key, '-out', cert]);
  return { key: readFileSync(key, 'utf8'), certificate: readFileSync(cert, 'utf8') };
}

suite('install', main);
