// 2,000 updates of 200 orders while replicas are killed, the service fails and recovers, and one of
// three Restate nodes is killed.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { check, note, proved, same } from '../checks.mjs';
import { read, sleep } from '../processes.mjs';

const UPDATES = 10;
/** Those with a date, by which updates are told apart. The last one of an order has a tracking number, too. */
const STATUSES = ['paid', 'sent'];
/** The orders that burn. */
export const ORDERS = Array.from({ length: 200 }, (_, index) => String(200_000 + index));
const ALL = ORDERS.flatMap((_, index) => Array.from({ length: UPDATES }, (_, step) => [index, step]));

/** No two updates are alike, so each can be told from what was changed. */
function update(index, step) {
  const status = STATUSES[step % STATUSES.length];
  const date = 1_700_000_000 + index * 100 + step;
  return status === 'sent' ? { status, date, rpo: `RA${index}X${step}` } : { status, date };
}

const persist = (world, index, step, how) =>
  world.persist(ORDERS[index], update(index, step), `fire-${index}-${step}`, how);

/** All updates of one order: every other caller waits for results, the rest only for Restate's receipt. */
async function caller(world, index) {
  const waits = index % 2 === 0;
  for (let step = 0; step < UPDATES; step += 1) {
    await persist(world, index, step, waits ? '' : '/send');
    await sleep((waits ? 5000 : 2500) * Math.random());
  }
}

/** Kills one replica after the other until told to end; how many. */
async function killReplicas({ replicas }, state) {
  let kills = 0;
  for (; !state.over; kills += 1) {
    const index = kills % replicas.count;
    await replicas.end(index, 'SIGKILL');
    await sleep(700);
    await replicas.restart(index);
    await sleep(1300);
  }
  return kills;
}

/** Makes the service fail and recover. In between its answers are slow, so that kills hit calls. */
async function burn(world) {
  for (const [misbehaviour, seconds] of [['http-503', 3], ['drop-after', 3], ['drop-before', 2], ['http-429', 1]]) {
    await world.misbehave('slow');
    await sleep(4000);
    if (misbehaviour === 'drop-before') await killNode(world.cluster);
    await world.misbehave(misbehaviour);
    await sleep(seconds * 1000);
  }
  await world.misbehave('slow');
}

/** Kills the node that leads most partitions. It stays away. */
async function killNode(cluster) {
  const leads = await Promise.all(cluster.nodes.map((node) => cluster.leads(node)));
  const most = Math.max(...leads);
  check(most > 0, 'no node leads a partition');
  const node = cluster.nodes[leads.indexOf(most)];
  await node.process.stop('SIGKILL');
  note(`killed: node ${node.name}, which led ${most} of ${leads.reduce((sum, n) => sum + n)} partitions`);
}

export async function burns(world) {
  const before = await world.requests();
  const state = { over: false };
  const begun = Date.now();
  const seconds = () => ((Date.now() - begun) / 1000).toFixed(0);
  await world.misbehave('slow');
  const kills = killReplicas(world, state);
  await Promise.all([burn(world), ...ORDERS.map((_, index) => caller(world, index))]);
  // The same once more: each gives the result that is recorded, as soon as there is one.
  const results = await Promise.all(ALL.map(([index, step]) => persist(world, index, step, '')));
  state.over = true;
  note(`killed: ${await kills} replicas, in ${seconds()} s`);
  note(`${world.unanswered} requests to Restate had no answer and were made again`);
  await world.misbehave(null);
  for (const [n, [index, step]] of ALL.entries()) {
    const output = { bill_id: ORDERS[index], ...update(index, step), message: 'order status changed' };
    same(results[n], output, `the result of update ${step} of order ${ORDERS[index]}`);
  }
  proved(`${ALL.length} updates of ${ORDERS.length} orders have their results, read with the idempotency keys`);
  return (await world.requests()) - before;
}

export async function allHaveEnded({ cluster }) {
  await cluster.complete();
  same(cluster.alive.length, 2, 'the nodes that are left');
  const ended = 'select status, completion_result, count(*) as n from sys_invocation';
  const rows = await cluster.query(`${ended} where idempotency_key like 'fire-%' group by status, completion_result`);
  same(rows, [{ status: 'completed', completion_result: 'success', n: ALL.length }], 'the invocations');
  const open = await cluster.query("select id, status from sys_invocation where status <> 'completed'");
  same(open, [], 'invocations that have not ended');
  proved(`Restate has ${ALL.length} invocations of these updates, all ended with success, none open, and two nodes that lead it all`);
}

/**
 * What can be promised: Restate runs one invocation of an order at a time, so two different updates
 * never overlap, and none overtakes another. An attempt whose replica or node died, or whose
 * partition moved to another node, is made again, because nobody can know whether it reached the
 * service: the same update once more, directly after itself. Its first request may still be under
 * way by then. That can't be excluded without the service's help, and changes nothing: setting the
 * same data twice is setting it once.
 */
export async function ordersAreRight(world, requests) {
  let [changes, overlaps] = [0, 0];
  for (const [index, bill] of ORDERS.entries()) {
    const order = await world.ask(`/orders/${bill}`);
    const asked = Array.from({ length: UPDATES }, (_, step) => update(index, step));
    const { status, date, rpo } = order;
    same({ status, date, rpo }, asked.at(-1), `order ${bill} at the end`);
    const distinct = order.changes.filter((change, n) => !isDeepStrictEqual(change, order.changes[n - 1]));
    same(distinct, asked.map((change) => ({ rpo: null, ...change })), `the changes of order ${bill}`);
    same(order.most_different_at_once, 1, `different requests at once on order ${bill}`);
    changes += order.changes.length;
    overlaps += order.most_at_once > 1 ? 1 : 0;
  }
  proved('every order has the status, date and tracking number asked for last');
  proved('every order went through its updates as they were asked for, each repeated only directly after itself');
  proved('no two updates of one order were ever under way at once');
  const [again, more] = [changes - ALL.length, requests - ALL.length];
  check(again > 0 && more > again, 'nothing was repeated: that was no fire');
  note(`repeated: ${more} requests more than updates; ${again} of them made a change that had been made`);
  note(`on ${overlaps} of ${ORDERS.length} orders a repetition began before the request it repeats had ended`);
}

export async function nothingLeaked({ cluster, replicas, folder, key }) {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  same(logs.length, 1 + replicas.count + cluster.nodes.length, 'the number of logs');
  for (const log of logs) check(!(await read(join(folder, log))).includes(key), `the API key is in ${log}`);
  // Texts stand in the journal as they are, inputs and outputs as lists of bytes.
  const bytes = (text) => [...Buffer.from(text)].join(',');
  const holding = async (text) => {
    const like = [text, bytes(text)].map((part) => `entry_json like '%${part}%'`).join(' or ');
    const [row] = await cluster.query(`select count(*) as n from sys_journal where ${like}`);
    return row.n;
  };
  for (const shown of [`berlin:${ORDERS[0]}`, 'order status changed']) {
    check((await holding(shown)) > 0, `the journal can't be searched: it does not show ${shown}`);
  }
  same(await holding(key), 0, 'entries with the API key');
  proved('the API key is in no journal and no log');
}
