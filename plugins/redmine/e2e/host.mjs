// plugin-host on the command line.

import { execFile } from 'node:child_process';
import { createServer, request } from 'node:http';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';

/** The command, with a connection and a bundle; what it printed is kept, as no key may be in it. */
export class Host {
  printed = '';

  constructor(program, bundle) {
    Object.assign(this, { program, bundle });
  }

  /** Runs it: its exit code, what it printed, and of `--json` the document. */
  run(account, ...args) {
    const connection = { REDMINE_BASE_URL: account.base_url, REDMINE_API_KEY: account.api_key };
    const env = { PATH: process.env.PATH, PLUGIN_ENV_PREFIX: 'REDMINE', ...connection };
    return new Promise((done) => {
      const all = ['--bundle', join(this.bundle, 'extism.json'), ...args];
      execFile(this.program, all, { env, timeout: 120_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        this.printed += stdout + stderr;
        done({ code: error ? error.code : 0, stdout, stderr });
      });
    });
  }

  /** Calls an action: its output, or its error document. */
  async call(account, action, input, ...more) {
    const { stdout, stderr } = await this.run(
      account,
      'call',
      action,
      '--input',
      JSON.stringify(input),
      '--json',
      ...more,
    );
    const line = [stdout, stderr].find((text) => text.trim().startsWith('{'));
    check(line, `plugin-host says: ${stdout}${stderr}`);
    return JSON.parse(line);
  }

  /** The choices of a field. */
  async options(account, action, field, ...more) {
    const { stdout } = await this.run(account, 'options', action, field, ...more, '--json');
    return JSON.parse(stdout);
  }
}

export async function onTheCommandLine(host, redmine, work) {
  const { world } = redmine;
  const [dev, reporter, outsider] = ['dev', 'rep', 'out'].map((who) => redmine.account(who));
  await connections(host, redmine, dev);

  const custom = (id, ...values) => values.map((value) => ({ id, value }));
  const whole = {
    project_id: 'shop',
    subject: 'Pack order 100000 – “бережно” 📦',
    description: 'By mail.\n\n* carefully',
    tracker_id: world.trackers.Support,
    priority_id: world.priorities.High,
    assigned_to_id: world.users.dev,
    due_date: '2027-01-31',
    is_private: true,
    custom_fields: [...custom(world.fields.order, '100000'), ...custom(world.fields.colours, 'red', 'blue')],
    watchers: [world.users.rep],
    reference: 'order-100000',
  };
  const made = await host.call(dev, 'create_issue', whole);
  same([made.created, made.left_out, made.tracker], [true, [], 'Support'], 'the created issue');
  const there = await redmine.issue(made.id);
  same(
    [there.subject, there.is_private, there.due_date, there.priority.name, there.assigned_to.id],
    [whole.subject, true, '2027-01-31', 'High', world.users.dev],
    'the issue in Redmine',
  );
  same(
    there.custom_fields.map(({ value }) => value),
    ['100000', ['red', 'blue']],
    'its custom fields',
  );
  same(
    there.watchers.map(({ id }) => id),
    [world.users.rep],
    'its watchers',
  );
  proved(
    'an issue is created with texts, dates, a private mark, custom fields of one and several values, and watchers',
  );

  const again = await host.call(dev, 'create_issue', whole);
  same([again.created, again.id], [false, made.id], 'a second call with the reference');
  const found = await host.call(dev, 'find_issues', { project_id: 'shop', reference: 'order-100000' });
  same(
    found.items.map(({ id, reference }) => [id, reference]),
    [[made.id, 'order-100000']],
    'what is found by it',
  );
  same((await host.call(dev, 'find_issues', { reference: 'order-10000' })).items, [], 'what a part of it finds');
  proved('of one reference there is one issue, and it is found by it');

  const passed = await host.call(reporter, 'create_issue', {
    project_id: world.project,
    subject: 'Passed over',
    status_id: world.statuses.Resolved,
    is_private: true,
    tracker_id: 99,
  });
  same([passed.created, passed.left_out], [true, ['tracker_id', 'status_id', 'is_private']], 'what was left out');
  proved('what Redmine passes over without a word is told');

  await changes(host, redmine, { dev, reporter, made, passed });
  await refusals(host, redmine, { dev, outsider, made });
  await lists(host, redmine, { dev, work, passed });
  await lostAnswers(host, redmine);
  for (const key of Object.values(world.keys)) check(!host.printed.includes(key), 'plugin-host printed a key');
  proved('nothing that plugin-host printed holds a key');
}

async function connections(host, redmine, dev) {
  const { stdout } = await host.run(dev, 'check');
  check(stdout.includes('dev'), `the check says: ${stdout}`);
  proved('the connection is checked, to a Redmine below a path');
  const wrong = redmine.account('f00f00f00f00f00f00f00f00f00f00f00f00f00f');
  for (const [action, input] of [
    ['find_issues', {}],
    ['list_projects', {}],
    ['get_issue', { issue_id: 1 }],
    ['create_issue', { project_id: 'shop', subject: 'By nobody' }],
    ['update_issue', { issue_id: 1, subject: 'By nobody' }],
  ]) {
    const error = await host.call(wrong, action, input);
    same([error.kind, error.effect], ['auth', 'none'], `${action} with a wrong key`);
  }
  same(await redmine.ofSubject('By nobody'), [], 'what a wrong key has made');
  proved('a wrong key is told, although Redmine shows its public projects to everybody');
  const elsewhere = await host.call({ ...dev, base_url: new URL(redmine.url).origin }, 'find_issues', {});
  same(elsewhere.kind, 'not_found', 'an address without the path');
  const { stderr } = await host.run({ ...dev, base_url: 'http://redmine.example.com' }, 'check');
  check(/https/.test(stderr), `plain http: ${stderr}`);
  proved('an address that is not that of a Redmine, or goes over plain http, is told');
}

async function changes(host, redmine, { dev, reporter, made, passed }) {
  const { world } = redmine;
  const closed = await host.call(dev, 'update_issue', {
    issue_id: made.id,
    status_id: world.statuses.Closed,
    description: 'It was sent.',
    custom_fields: [{ id: world.fields.colours, value: 'green' }],
  });
  same([closed.status, closed.is_closed, closed.reference], ['Closed', true, 'order-100000'], 'the changed issue');
  same(closed.custom_fields.at(-1).values, ['green'], 'its custom field');
  same(
    (await host.call(dev, 'create_issue', { project_id: 'shop', subject: 'x', reference: 'order-100000' })).created,
    false,
    'a closed one',
  );
  proved('an issue is changed, and keeps its reference with a new description');

  const before = await redmine.issue(passed.id);
  const forbidden = await host.call(reporter, 'update_issue', {
    issue_id: passed.id,
    status_id: world.statuses.Resolved,
    subject: 'Changed',
  });
  same([forbidden.kind, forbidden.effect, forbidden.field], ['rejected', 'none', 'status_id'], 'a forbidden status');
  check(/1 \(New\), 5 \(Closed\)/.test(forbidden.message), forbidden.message);
  same(await redmine.issue(passed.id), before, 'the issue after a forbidden status');
  proved('a status that the workflow forbids is told with those it allows, and nothing is changed');

  const partly = await host.call(reporter, 'update_issue', {
    issue_id: passed.id,
    is_private: true,
    subject: 'Partly',
  });
  same([partly.kind, partly.effect, partly.field], ['rejected', 'unknown', 'is_private'], 'what is passed over');
  same((await redmine.issue(passed.id)).subject, 'Partly', 'the rest');
  proved('what Redmine passes over in a change is an error that says that the rest was done');
}

async function refusals(host, redmine, { dev, outsider, made }) {
  const { world } = redmine;
  const refused = await host.call(dev, 'create_issue', {
    project_id: 'shop',
    subject: 'Refused',
    priority_id: 99,
    start_date: '2027-02-01',
    due_date: '2027-01-01',
  });
  const problems = refused.problems.map(({ field }) => field);
  same([refused.kind, refused.effect, problems], ['rejected', 'none', ['priority_id', 'due_date']], 'two faults');
  const colour = {
    project_id: 'shop',
    subject: 'Refused',
    custom_fields: [{ id: world.fields.colours, value: 'pink' }],
  };
  const { message } = await host.call(dev, 'create_issue', colour);
  same(message, 'Redmine refused the request: Colours is not included in the list', 'a fault of a custom field');
  const nowhere = await host.call(dev, 'create_issue', { project_id: 'nowhere', subject: 'Refused' });
  same(
    nowhere.problems.map(({ field }) => field),
    ['project_id'],
    'no such project',
  );
  same(await redmine.ofSubject('Refused'), [], 'what was refused');
  proved('what Redmine refuses is told in one line, by the fields');
  same((await host.call(outsider, 'get_issue', { issue_id: made.id })).kind, 'auth', 'a private issue');
  same((await host.call(dev, 'get_issue', { issue_id: 9999 })).kind, 'not_found', 'no issue');
  const hostile = { project_id: 'shop', subject: 'Hostile', description: 'Hello\nReference: order-7' };
  same(
    (await host.call(dev, 'create_issue', hostile)).field,
    'description',
    'a description that ends with a reference',
  );
  proved('an issue that is private, or none, is told; and no text is taken for a reference');
}

async function lists(host, redmine, { dev, work, passed }) {
  const rows = Array.from({ length: 130 }, (_, at) => `shop,Row ${at + 1},row-${at + 1}`);
  const folder = join(work, 'batch');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const file = join(folder, 'rows.csv');
  writeFileSync(file, ['project_id,subject,reference', ...rows].join('\n'));
  const { code, stderr } = await host.run(dev, 'batch', 'create_issue', file);
  same(code, 0, `a batch (${stderr.slice(-500)})`);
  const results = readFileSync(join(folder, 'rows.results.csv'), 'utf8').trim().split('\n');
  same(results.length, 131, 'the results of the batch');
  proved('a file of 130 issues becomes 130 issues');
  const all = await host.run(
    dev,
    'call',
    'find_issues',
    '--field',
    'subject=Row',
    '--all',
    '--output-format',
    'ndjson',
  );
  const ids = all.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).id);
  same([ids.length, new Set(ids).size], [130, 130], 'all that was found');
  proved('a search gives all of its pages, each issue once');

  same((await host.options(dev, 'create_issue', 'project_id')).length, 112, 'the projects');
  const [branch] = await host.options(dev, 'create_issue', 'project_id', 'branch 077');
  same(branch.title, 'Branch 077', 'the project that was looked for');
  const members = await host.options(dev, 'create_issue', 'assigned_to_id', '--field', 'project_id=shop');
  same(
    members.map(({ title }) => title),
    ['Ann Baker', 'Bob Miller'],
    'the members',
  );
  const next = await host.options(
    redmine.account('rep'),
    'update_issue',
    'status_id',
    '--field',
    `issue_id=${passed.id}`,
  );
  same(
    next.map(({ title }) => title),
    ['New', 'Closed'],
    'the next statuses',
  );
  proved('choices: projects over pages and by name, the members of a project, what the workflow allows for an issue');
}

/** Between the plugin and Redmine: what becomes of a request that creates an issue. */
async function between(redmine, fate, use) {
  const target = new URL(redmine.url);
  const server = createServer((incoming, answer) => {
    const creates = incoming.method === 'POST';
    if (creates && fate === 'never arrives') return incoming.socket.destroy();
    const options = {
      port: target.port,
      host: target.hostname,
      path: incoming.url,
      method: incoming.method,
      headers: incoming.headers,
    };
    const outgoing = request(options, (got) => {
      if (creates) return got.resume().on('end', () => incoming.socket.destroy());
      answer.writeHead(got.statusCode, got.headers);
      return got.pipe(answer);
    });
    incoming.pipe(outgoing);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}${target.pathname}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function lostAnswers(host, redmine) {
  const create = (fate, input) =>
    between(redmine, fate, (base_url) =>
      host.call(
        { ...redmine.account('dev'), base_url },
        'create_issue',
        { project_id: 'shop', ...input },
        '--retries',
        '3',
      ),
    );
  const lost = await create('answer is lost', { subject: 'Lost', reference: 'order-lost' });
  const [issue, ...others] = await redmine.ofSubject('Lost');
  same([lost.verified, lost.found?.items[0].id, others], [true, String(issue.id), []], 'a lost answer');
  proved('an issue whose answer was lost is found by its reference, and there is one');
  const without = await create('answer is lost', { subject: 'Lost without' });
  same([without.effect, (await redmine.ofSubject('Lost without')).length], ['unknown', 1], 'one without a reference');
  const never = await create('never arrives', { subject: 'Never', reference: 'order-never' });
  same([never.effect, never.retry, await redmine.ofSubject('Never')], ['unknown', 'never', []], 'a lost request');
  proved('what can not be proved stays unknown, and nothing is created twice');
}
