// plugin-host as a service of a real Restate cluster: its manners, and what is left after a fire.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../checks.mjs';
import { install } from './cluster.mjs';
import * as events from './events.mjs';
import * as fire from './fire.mjs';
import * as manners from './manners.mjs';
import { stopAll } from '../processes.mjs';
import { World } from './world.mjs';
import { suite } from '../suite.mjs';

const { PLUGIN_HOST: pluginHost, SANDBOX: sandbox, JUSTCLICK_BUNDLE: bundle, SANDBOX_LOGIN: login, E2E_WORK } = process.env;

async function main() {
  const there = [pluginHost, sandbox, bundle].every((path) => existsSync(path ?? ''));
  check(there && login && E2E_WORK, 'run it as `cargo xtask e2e restate`');
  const restate = install(E2E_WORK);
  const folder = join(E2E_WORK, 'run');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const orders = [...manners.ORDERS, ...fire.ORDERS];
  const world = await World.start({ folder, restate, pluginHost, sandbox, bundle, login }, orders);

  await manners.isDiscovered(world);
  await manners.answersAndRefuses(world);
  await manners.waitsAsLongAsAsked(world);
  await manners.endsGracefully(world);
  const requests = await fire.burns(world);
  await fire.allHaveEnded(world);
  await fire.ordersAreRight(world, requests);
  await fire.nothingLeaked(world);
  await stopAll();

  await events.becomeInvocations({ folder: join(folder, 'events'), work: E2E_WORK, restate, pluginHost, sandbox, bundle, login });
}

await suite('restate', main);
