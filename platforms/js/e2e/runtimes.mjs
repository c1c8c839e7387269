// Where the same program runs: Node.js, Deno, Bun, and a page in headless Chromium.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const TIMEOUT_MS = 120_000;

/** What the program says, by runtime. */
export async function everywhere(work, program) {
  const bin = installed(work);
  const said = async (command, args) => {
    const { stdout } = await promisify(execFile)(command, [...args, program], { timeout: TIMEOUT_MS });
    return JSON.parse(stdout);
  };
  return {
    'Node.js': await said(process.execPath, []),
    // It needs the network and nothing else.
    Deno: await said(join(bin, 'deno'), ['run', '--no-prompt', '--no-config', '--allow-net']),
    Bun: await said(join(bin, 'bun'), ['run']),
    Chromium: await inChromium(program),
  };
}

function installed(work) {
  const folder = join(work, 'runtimes');
  const bin = join(folder, 'node_modules', '.bin');
  if (!existsSync(join(bin, 'bun')) || !existsSync(join(bin, 'deno'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    const options = ['--no-audit', '--no-fund', '--ignore-scripts=false'];
    execFileSync('npm', ['install', ...options, 'deno@2.9.6', 'bun@1.4.5'], { cwd: folder, stdio: 'inherit' });
  }
  return bin;
}

/** Opens a page that runs it, and waits for what the page sends back. */
async function inChromium(program) {
  const profile = mkdtempSync(join(tmpdir(), 'js-e2e-'));
  let browser;
  const server = createServer(async (request, response) => {
    const script = { 'content-type': 'text/javascript' };
    if (request.url === '/program.js') response.writeHead(200, script).end(readFileSync(program));
    else if (request.method === 'POST') server.emit('results', Buffer.concat(await request.toArray()).toString());
    else response.setHeader('content-type', 'text/html').end('<script type="module" src="/program.js"></script>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise((resolve, reject) => {
      server.on('results', (text) => resolve(JSON.parse(text)));
      const page = `http://127.0.0.1:${server.address().port}/`;
      browser = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, page], { stdio: 'ignore' });
      browser.on('error', reject);
      setTimeout(() => reject(new Error('Chromium has said nothing.')), TIMEOUT_MS).unref();
    });
  } finally {
    const ended = browser?.pid && new Promise((resolve) => browser.on('exit', resolve));
    browser?.kill();
    await ended;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
