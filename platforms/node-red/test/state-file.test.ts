import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { StateFile } from '../src/state-file';

const WORK = mkdtempSync(join(tmpdir(), 'node-red-state-'));
after(() => rmSync(WORK, { recursive: true }));

test('each save ends with a state that is no older, in a file for nobody else', async () => {
  const path = join(WORK, 'deep/er/one.json');
  let at = 0;
  const file = new StateFile(path, () => ({ at }));
  const saves = [1, 2, 3, 4].map((n) => {
    at = n;
    return file.save();
  });
  await saves[0];
  assert.ok(JSON.parse(readFileSync(path, 'utf8')).at >= 1);
  await Promise.all(saves);
  assert.deepEqual(StateFile.read(path, assert.fail), { at: 4 });
  if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.ok(!existsSync(`${path}.new`));
  await file.remove();
  assert.equal(StateFile.read(path, assert.fail), undefined);
});

test('a file that is damaged is put aside and told', () => {
  const path = join(WORK, 'two.json');
  writeFileSync(path, '{"half":');
  const told: string[] = [];
  assert.equal(
    StateFile.read(path, (message) => told.push(message)),
    undefined,
  );
  assert.match(told.join(), /two\.json is damaged/);
  assert.equal(readFileSync(`${path}.damaged`, 'utf8'), '{"half":');
});

test('a save that fails is told, and the next is tried all the same', async () => {
  const path = join(WORK, 'file');
  writeFileSync(path, '');
  const file = new StateFile(join(path, 'three.json'), () => 1);
  await assert.rejects(file.save(), /ENOTDIR|EEXIST/);
  rmSync(path);
  await file.save();
  assert.equal(StateFile.read(join(path, 'three.json'), assert.fail), 1);
});
