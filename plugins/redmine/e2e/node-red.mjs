// The package for Node-RED, in the real one.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { install, start } from '../../../platforms/node-red/e2e/platform.mjs';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';
import { packaged } from '../../../tests/e2e/packages.mjs';

const VERSION = '4.1.15';

export async function inNodeRed(bundle, redmine, work, shared) {
  mkdirSync(work, { recursive: true });
  const tarball = packaged('node-red', bundle, work);
  const program = install(join(shared, 'node-red', `node-red-${VERSION}`), [`node-red@${VERSION}`]);
  const platform = await start({ program, node: process.execPath, work, tarballs: [tarball] });
  try {
    const { base_url, api_key } = redmine.account('dev');
    const message = (names) => Object.fromEntries(names.map((key) => [key, { type: 'msg', value: `payload.${key}` }]));
    await platform.deploy([
      { id: 'the-redmine', type: 'redmine-connection', base_url, allow_http: false, credentials: { api_key } },
      ...flow('create', 'create_issue', message(['project_id', 'subject', 'custom_fields', 'watchers'])),
      ...flow('find', 'find_issues', message(['subject', 'limit'])),
    ]);
    const post = async (name, payload) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${platform.url}/${name}`, { method: 'POST', headers, body: JSON.stringify(payload) });
      return answer.json();
    };
    const { fields, users } = redmine.world;
    const custom_fields = ['red', 'green'].map((value) => ({ id: fields.colours, value }));
    const made = await post('create', {
      project_id: 'shop',
      subject: 'From a flow',
      custom_fields,
      watchers: [users.dev],
    });
    const issue = await redmine.issue(made.id);
    same([issue.subject, issue.custom_fields[1].value], ['From a flow', ['red', 'green']], 'the issue');
    const found = await post('find', { subject: 'Row', limit: 120 });
    same(found.length, 120, 'what a search gives');
    const asked = { connection: 'the-redmine', of: 'create_issue', field: 'project_id', search: 'branch 042' };
    const { choices } = await platform.admin('/redmine-connection/choices', asked);
    same(
      choices.map(({ label }) => label),
      ['Branch 042'],
      'the choices in the editor',
    );
    const members = { ...asked, field: 'assigned_to_id', search: '', values: { project_id: 'shop' } };
    const { choices: people } = await platform.admin('/redmine-connection/choices', members);
    same(
      people.map(({ label }) => label),
      ['Ann Baker', 'Bob Miller'],
      'the members of the chosen project',
    );
    check(!platform.log.includes(api_key), 'the key is in the log');
    proved(
      'Node-RED: a flow creates an issue and finds 120 over pages, and the editor is told the projects and their members',
    );
  } finally {
    await platform.stop();
  }
}

/** `POST /NAME` calls an action and answers with its output. */
function flow(name, action, fields) {
  const id = (part) => `${name}-${part}`;
  const z = id('tab');
  return [
    { id: z, type: 'tab', label: name },
    { id: id('in'), z, type: 'http in', url: `/${name}`, method: 'post', x: 120, y: 80, wires: [[id('node')]] },
    {
      id: id('node'),
      z,
      type: 'redmine',
      connection: 'the-redmine',
      action,
      fields,
      x: 340,
      y: 80,
      wires: [[id('out')]],
    },
    { id: id('out'), z, type: 'http response', statusCode: '200', x: 560, y: 80, wires: [] },
  ];
}
