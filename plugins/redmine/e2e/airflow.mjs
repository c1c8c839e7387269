// The package for Python, in a real Airflow.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check, proved, same } from '../../../tests/e2e/checks.mjs';

const SCRIPT = fileURLToPath(new URL('airflow.py', import.meta.url));

export async function inAirflow(bundle, redmine, work, shared) {
  mkdirSync(work, { recursive: true });
  const { base_url, api_key } = redmine.account('dev');
  const env = { ...process.env, REDMINE_BASE_URL: base_url, REDMINE_API_KEY: api_key };
  const told = execFileSync('python3', [SCRIPT, bundle, work, shared], { env, maxBuffer: 1 << 26, encoding: 'utf8' });
  const { code, said } = JSON.parse(told.trim().split('\n').at(-1));
  same(code, 0, `the Dag's run (${said.slice(-2000)})`);
  const [issue, ...others] = await redmine.ofSubject('From a Dag: redmine');
  check(issue && others.length === 0, `the issue of the Dag (${said.slice(-2000)})`);
  same(issue.custom_fields[0].value, '42', 'its custom field, which was a template');
  check(!said.includes(api_key), 'Airflow printed the key');
  proved('Airflow: a Dag creates an issue of templates, and finds it');
}
