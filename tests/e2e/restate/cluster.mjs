// A Restate cluster of three nodes on this machine, from npm.

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../ports.mjs';
import { start, until } from '../processes.mjs';

const VERSION = '1.7.12';
const SDK_VERSION = '1.17.2';
const NODES = 3;
const PARTITIONS = 8;

/** Installs the server, and gives the path of the program itself: killing npm's wrapper would not kill it. */
export function install(work) {
  const platform = `restate-server-${process.platform}-${process.arch}`;
  const folder = join(work, `restate-${VERSION}`);
  const program = join(folder, 'node_modules', '@restatedev', platform, 'bin', 'restate-server');
  if (!existsSync(program)) installPackage(folder, `@restatedev/restate-server@${VERSION}`);
  return program;
}

/** Installs the SDK that services are written with, and gives its folder. */
export function installSdk(work) {
  const folder = join(work, `sdk-${SDK_VERSION}`);
  if (!existsSync(join(folder, 'node_modules'))) installPackage(folder, `@restatedev/restate-sdk@${SDK_VERSION}`);
  return folder;
}

function installPackage(folder, name) {
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel', 'error', name];
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', args, { stdio: 'inherit' });
}

/** The key with which the cluster signs its requests: a file for it, and the public half as people pass it on. */
export function identity(folder) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const file = join(folder, 'identity.pem');
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  return { file, publicKey: `publickeyv1_${base58(raw)}` };
}

function base58(bytes) {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = letters[Number(number % 58n)] + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = letters[0] + text;
  }
  return text;
}

export class Cluster {
  /** Starts the nodes, and waits until each takes calls. */
  static async start(program, folder, identityFile) {
    const ports = await freePorts(NODES * 3);
    const nodes = Array.from({ length: NODES }, (_, index) => {
      const [fabric, ingress, admin] = ports.slice(index * 3);
      const url = (port) => `http://127.0.0.1:${port}`;
      return { name: `n${index + 1}`, fabric: url(fabric), ingress: url(ingress), admin: url(admin) };
    });
    const addresses = nodes.map((node) => node.fabric);
    for (const [index, node] of nodes.entries()) {
      const file = join(folder, `${node.name}.toml`);
      const whole = { first: index === 0, addresses, replication: 2, attempts: ATTEMPTS };
      writeFileSync(file, config(node, whole, identityFile));
      const args = ['--no-logo', '--config-file', file, '--base-dir', join(folder, node.name)];
      node.process = start(program, args, {}, join(folder, `${node.name}.log`));
    }
    const healthy = async (node) => (await fetch(`${node.ingress}/restate/health`)).ok;
    await Promise.all(nodes.map((node) => until(`${node.name} taking calls`, 60, () => healthy(node))));
    const cluster = new Cluster();
    Object.assign(cluster, { nodes });
    await cluster.complete();
    return cluster;
  }

  get alive() {
    return this.nodes.filter((node) => !node.process.gone());
  }

  /** Makes the actions behind an address known. */
  register(uri) {
    return register(this.alive[0].admin, uri);
  }

  /** Asks the admin API of a node that is alive: GET, or POST of a body. */
  admin(path, body) {
    return ask(this.alive[0].admin, path, body);
  }

  /** How many partitions a node leads. */
  async leads(node) {
    const metrics = await (await fetch(`${node.fabric}/metrics`)).text();
    return Number(/^restate_num_active_partition_leaders\{.*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
  }

  /** Waits until the nodes that are alive lead all partitions. */
  complete() {
    return until('all partitions having a leader', 60, async () => {
      const leads = await Promise.all(this.alive.map((node) => this.leads(node)));
      return leads.reduce((sum, n) => sum + n) === PARTITIONS;
    });
  }

  /** Rows of Restate's own tables; it refuses while a partition moves. */
  query(query) {
    return rows(() => this.alive[0].admin, query);
  }
}

/** A server alone, which is killed and comes back with what it has on its disk. */
export class Node {
  /** Starts it, and waits until it takes calls. */
  static async start(program, folder, identityFile) {
    const [fabric, ingress, admin] = (await freePorts(3)).map((port) => `http://127.0.0.1:${port}`);
    const node = Object.assign(new Node(), { program, folder, name: 'n1', fabric, ingress, admin });
    // Such a server repeats until it succeeds, as Restate does by itself.
    const alone = { first: true, addresses: [fabric], replication: 1, attempts: '' };
    writeFileSync(join(folder, 'n1.toml'), config(node, alone, identityFile));
    await node.begin();
    return node;
  }

  async begin() {
    const args = ['--no-logo', '--config-file', join(this.folder, 'n1.toml'), '--base-dir', join(this.folder, 'n1')];
    this.process = start(this.program, args, {}, join(this.folder, 'n1.log'));
    await until('Restate taking calls', 60, async () => (await fetch(`${this.ingress}/restate/health`)).ok);
  }

  async kill() {
    await this.process.stop('SIGKILL');
    await this.begin();
  }

  /** Makes the services behind an address known. */
  register(uri) {
    return register(this.admin, uri);
  }

  /** Rows of Restate's own tables. */
  query(query) {
    return rows(() => this.admin, query);
  }
}

function register(admin, uri) {
  return until('registering services', 60, () => ask(admin, '/deployments', { uri }), 500);
}

function rows(admin, query) {
  return until(query, 30, async () => (await ask(admin(), '/query', { query })).rows, 1000);
}

/** Asks an admin API: GET, or POST of a body. */
async function ask(admin, path, body) {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(admin + path, { ...request, signal: AbortSignal.timeout(30_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

// A server that soon gives up, so that it shows if plugin-host left it to the server.
const ATTEMPTS = `
[default-retry-policy]
max-attempts = 3
on-max-attempts = "kill"
`;

function config({ name, fabric, ingress, admin }, { first, addresses, replication, attempts }, identityFile) {
  const port = (url) => new URL(url).port;
  return `
cluster-name = "fire"
node-name = "${name}"
bind-ip = "127.0.0.1"
bind-port = ${port(fabric)}
listen-mode = "tcp"
default-replication = ${replication}
default-num-partitions = ${PARTITIONS}
auto-provision = ${first}
rocksdb-total-memory-size = "256 MiB"
disable-telemetry = true
log-format = "compact"
log-disable-ansi-codes = true

[metadata-client]
addresses = ${JSON.stringify(addresses)}

[ingress]
bind-port = ${port(ingress)}

[admin]
bind-port = ${port(admin)}

[worker.invoker]
request-identity-private-key-pem-file = ${JSON.stringify(identityFile)}
${attempts}`;
}
