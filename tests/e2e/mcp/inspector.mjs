// The MCP inspector's command line, from npm.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed } from '../packages.mjs';

const VERSION = '2.12.0';
const TOOL = 'update_order_status';

/** The protocol with a handshake, and the one without. */
export const ERAS = ['legacy', 'modern'];

/** Installs the inspector, and gives the path of its program. */
export const install = (work) =>
  join(installed(work, `inspector-${VERSION}`, [`@modelcontextprotocol/inspector@${VERSION}`]), '.bin', 'mcp-inspector');

export class Inspector {
  /** All that it has printed. */
  printed = '';

  constructor(program, folder) {
    Object.assign(this, { program, folder });
  }

  /** A server that the inspector starts for each question, as clients do: from a file with its command. */
  started(command, args, env) {
    const file = join(this.folder, 'mcp.json');
    const use = () => writeFileSync(file, JSON.stringify({ mcpServers: { justclick: { command, args, env } } }));
    return new Server(this, ['--config', file, '--server', 'justclick'], use);
  }

  /** A server that runs. */
  at(address, token) {
    const header = token ? ['--header', `Authorization: Bearer ${token}`] : [];
    return new Server(this, [address, '--transport', 'http', '--stored-auth-only', ...header]);
  }

  /** Runs it: its result, or the code of its refusal. */
  async run(args) {
    const env = { PATH: process.env.PATH, HOME: this.folder, MCP_INSPECTOR_SECRET_STORE: 'memory' };
    const { stdout, stderr } = await finished(this.program, ['--cli', ...args, '--format', 'json'], env);
    this.printed += stdout + stderr;
    const line = (text) => text.split('\n').find((line) => /^\{"(result|error)":/.test(line));
    if (line(stdout)) return JSON.parse(line(stdout)).result;
    if (!line(stderr)) throw new Error(`the inspector does not say how it went: ${stderr}`);
    return { refusal: JSON.parse(line(stderr)).error.code };
  }
}

/** Waits for a program's end. Its exit code says no more than what it prints. */
const finished = (program, args, env) =>
  new Promise((done, fail) => {
    execFile(program, args, { env, timeout: 120_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') fail(error);
      else done({ stdout, stderr });
    });
  });

/** A server, and what it can be asked. */
class Server {
  constructor(inspector, reach, use = () => {}) {
    Object.assign(this, { inspector, reach, use });
  }

  /** The same, asked in one of the protocol's eras. */
  in(era) {
    return new Server(this.inspector, [...this.reach, '--protocol-era', era], this.use);
  }

  tools() {
    return this.#ask('tools/list', ['--strict']);
  }

  /** Calls a tool: its output, its error document, or why the inspector does not call it. */
  async call(input, tool = TOOL) {
    const result = await this.#ask('tools/call', ['--tool-name', tool, '--tool-args-json', JSON.stringify(input)]);
    if (result.refusal) return result;
    const document = JSON.parse(result.content[0].text);
    if (result.isError) return { error: document };
    // The text is for those that do not know structured content, and says the same.
    return JSON.stringify(document) === JSON.stringify(result.structuredContent) ? { output: document } : result;
  }

  /** Calls the tool many times, some at once, and counts. */
  load(input, requests, atOnce) {
    const args = ['--load', '--load-requests', String(requests), '--load-concurrency', String(atOnce)];
    return this.#ask('tools/call', ['--tool-name', TOOL, '--tool-args-json', JSON.stringify(input), ...args]);
  }

  #ask(method, args) {
    this.use();
    return this.inspector.run([...this.reach, '--method', method, ...args]);
  }
}
