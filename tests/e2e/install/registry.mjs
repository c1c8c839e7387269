// Debian's registry of container images, and what is put into it.

import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { check } from '../checks.mjs';
import { freePorts } from '../ports.mjs';
import { start, until } from '../processes.mjs';

export const USER = 'merchant';
export const PASSWORD = 'correct horse';
/** The password as `htpasswd -B` writes it. */
const BCRYPT = '$2b$04$1D5e8Q9Pett.g3hINKe6.etH80u0hO8tMWzwzr8C.O.3pqI/H2gyq';

/** Starts a registry of its own on a free port. `auth` is its configuration's part of that name. */
export async function registry(program, folder, auth) {
  mkdirSync(folder, { recursive: true });
  const [port] = await freePorts(1);
  const config = join(folder, 'config.yml');
  const storage = { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ version: 0.1, log: { level: 'warn' }, storage, http: { addr: `127.0.0.1:${port}` }, auth }));
  const server = start(program, ['serve', config], {}, join(folder, 'registry.log'));
  await until('the registry answering', 60, async () => {
    check(!server.gone(), 'it ended');
    return [200, 401].includes((await fetch(`http://127.0.0.1:${port}/v2/`)).status);
  });
  return `127.0.0.1:${port}`;
}

/** The part of a registry's configuration that lets in who knows the password. */
export function basic(folder) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'htpasswd');
  writeFileSync(path, `${USER}:${BCRYPT}\n`);
  return { htpasswd: { realm: 'shop', path } };
}

/** The same of one that lets in who has a token, and the server that gives tokens to who knows the password. */
export async function tokens(folder, { key, certificate }) {
  mkdirSync(folder, { recursive: true });
  const [path, issuer, service] = [join(folder, 'issuer.pem'), 'issuer of e2e', 'registry of e2e'];
  writeFileSync(path, certificate);
  const asked = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://issuer');
    const scope = searchParams.get('scope') ?? '';
    asked.push(scope);
    const [type, name, actions] = scope.split(':');
    if (request.headers.authorization !== authorization()) return response.writeHead(401).end();
    const now = Math.floor(Date.now() / 1000);
    const access = name ? [{ type, name, actions: actions.split(',') }] : [];
    const claims = { iss: issuer, sub: USER, aud: service, exp: now + 300, nbf: now - 10, iat: now, jti: randomUUID(), access };
    return response.end(JSON.stringify({ token: signed(claims, key, certificate) }));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const realm = `http://127.0.0.1:${server.address().port}/token`;
  return { auth: { token: { realm, service, issuer, rootcertbundle: path } }, origin: new URL(realm).origin, asked };
}

/** A JSON Web Token, with the certificate of who has signed it. */
function signed(claims, key, certificate) {
  const der = certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', alg: 'RS256', x5c: [der] })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), createPrivateKey(key)).toString('base64url')}`;
}

export const authorization = () => `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

/** Puts what is in an OCI image layout into a registry, to the byte. Gives the manifest's digest. */
export async function push(host, repository, tag, layout, headers = {}) {
  const base = `http://${host}/v2/${repository}`;
  const content = (digest) => readFileSync(join(layout, 'blobs', ...digest.split(':')));
  const [named] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
  const manifest = content(named.digest);
  const { config, layers } = JSON.parse(manifest);
  for (const { digest } of [config, ...layers]) await blob(base, content(digest), headers);
  const put = await fetch(`${base}/manifests/${tag}`, { method: 'PUT', body: manifest, headers: { ...headers, 'content-type': named.mediaType } });
  check(put.status === 201, `the manifest: ${put.status} ${await put.text()}`);
  return named.digest;
}

async function blob(base, content, headers) {
  const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers });
  check(begun.status === 202, `an upload: ${begun.status} ${await begun.text()}`);
  const place = new URL(begun.headers.get('location'), base);
  place.searchParams.set('digest', digest(content));
  const put = await fetch(place, { method: 'PUT', body: content, headers: { ...headers, 'content-type': 'application/octet-stream' } });
  check(put.status === 201, `a blob: ${put.status} ${await put.text()}`);
}

export const digest = (content) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
