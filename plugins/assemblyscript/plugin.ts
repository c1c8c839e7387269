// Two actions of the made-up shop (../shop/service), by docs/contract.md.

import { config, fail, hide, input, request, status, succeed } from './host';
export { describe } from './host';
import { Values, isOf, parse, quote } from './json';

const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A field of an input: what it must be, in words; how long at most; of which characters, if not of any. */
class Field {
  constructor(public name: string, public rule: string, public most: i32, public set: string, public isNeeded: bool) {}
}

let address = '', token = '', changes = false;

/** Fails. `members` are further ones of the error document. */
function failed(kind: string, message: string, mayHaveChanged: bool, members: string): i32 {
  const retry = kind == 'throttled' || kind == 'unavailable' ? 'later' : 'never';
  const effect = changes && mayHaveChanged ? 'unknown' : 'none';
  return fail(`{"kind":"${kind}","message":${quote(message)},"retry":"${retry}","effect":"${effect}"${members}}`);
}

/** Refuses an input or a connection. A problem is a field, a tab, and what is wrong with it. */
function refused(kind: string, problems: string[]): i32 {
  const fields = problems.map<string>((it) => quote(it.substring(0, it.lastIndexOf('\t'))));
  const messages = problems.map<string>((it) => it.replaceAll('\t', ' '));
  const told = messages.map<string>((it) => quote(it));
  for (let i = 0; i < told.length; i++) told[i] = `{"field":${fields[i]},"message":${told[i]}}`;
  return failed(kind, messages.join('; '), false, `,"field":${fields[0]},"problems":[${told.join(',')}]`);
}

/** Fails where the shop keeps no promise of its own. */
function unexpected(): i32 {
  return failed('unexpected_reply', 'The shop answered otherwise than it promises.', true, '');
}

/** Begins a call: reads the connection and the input. Its numbers become texts, and blank fields are not there. */
function begin(isChange: bool, fields: Field[], values: Values): i32 {
  changes = isChange;
  address = config('address');
  token = config('token');
  hide(token.length < 8 ? '' : token);
  const problems: string[] = [], known: string[] = [''], all = new Map<string, string>();
  const isSafe = address.startsWith('https://') || address.startsWith('http://127.0.0.1:');
  if (!isSafe || address.endsWith('/')) problems.push('address\tmust begin with https://, and end without a /');
  if (token.length < 8 || !isOf(DIGITS + LETTERS + '-._', token)) problems.push('token\tis none that the shop gives');
  if (problems.length > 0) return refused('invalid_connection', problems);
  const isRead = fields.length == 0 || parse(input(), all);
  if (!isRead) return failed('invalid_input', 'The input is no JSON object.', false, '');
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i], pointer = '/' + field.name, json = given(all, pointer, 'null');
    const isText = json.startsWith('"'), value = isText ? json.substring(1).trim() : json == 'null' ? '' : json;
    const isOfSet = isText ? field.set == '' || isOf(field.set, value) : isOf(DIGITS, value);
    if (value != '' && isOfSet && value.length <= field.most) values.set(field.name, value);
    else if (value != '') problems.push(field.name + '\tmust be ' + field.rule);
    else if (field.isNeeded) problems.push(field.name + '\tis missing');
    known.push(pointer);
  }
  for (let i = 0, names = all.keys(); i < names.length; i++) {
    const isUnknown = problems.length < 20 && names[i].lastIndexOf('/') < 1 && !known.includes(names[i]);
    if (isUnknown) problems.push(names[i].substring(1) + '\tis no field of this action');
  }
  return problems.length > 0 ? refused('invalid_input', problems) : 0;
}

/** Makes a request whose answer has to be an object. */
function send(method: string, path: string, body: string, answer: Values): i32 {
  const headers = `{"authorization":${quote(token)},"content-type":"application/json"}`;
  const head = `{"method":"${method}","url":${quote(address + path)},"headers":${headers}}`;
  const text = request(head, body), isObject = parse(text, answer), code = status();
  if (code >= 200 && code < 300) return isObject ? 0 : unexpected();
  const upstream = `,"upstream":{"http_status":${code}}`;
  const isUnsent = ['not_allowed', 'dns', 'connect', 'tls', 'not_sent'].includes(text);
  if (code == 0) return failed('unavailable', 'The shop gave no answer.', !isUnsent, upstream);
  const isDown = code >= 500 || code == 408 || code == 423 || code == 425;
  if (isDown) return failed('unavailable', `The shop is in trouble (HTTP ${code}).`, true, upstream);
  if (code < 400) return failed('unexpected_reply', `The shop answered with HTTP ${code}.`, true, upstream);
  const isMissing = code == 404 || code == 410, isAuth = code == 401 || code == 403;
  const kind = code == 429 ? 'throttled' : isAuth ? 'auth' : isMissing ? 'not_found' : 'rejected';
  const why = member(answer, '/error', '"') == '' ? `HTTP ${code}` : answer.get('/error').substr(1, 200);
  return failed(kind, `The shop refused it: ${why}.`, false, upstream);
}

/** A member of the answer as JSON, if it begins so; else nothing. */
function member(answer: Values, pointer: string, kind: string): string {
  const value = answer.has(pointer) ? answer.get(pointer) : '';
  return !value.startsWith(kind) ? '' : kind == '"' ? quote(value.substring(1)) : value;
}

export function check_connection(): i32 {
  heap.reset();
  const answer: Values = new Map();
  if (begin(false, [], answer) || send('GET', '/me', '', answer)) return 1;
  const name = member(answer, '/name', '"');
  return name == '' ? unexpected() : succeed(`{"name":${name}}`);
}

export function find_customers(): i32 {
  heap.reset();
  const values: Values = new Map(), answer: Values = new Map(), fields = [
    new Field('name', 'at most 40 characters', 40, '', false),
    new Field('limit', 'a whole number from 1 to 100', 3, DIGITS, false),
    new Field('cursor', 'the nextCursor of another page', 10, DIGITS + '.', false),
  ];
  if (begin(false, fields, values)) return 1;
  // A cursor has its page's size in it, as a host may ask for fewer on a later page.
  const name = encodeURIComponent(given(values, 'name', '')), limit = whole(given(values, 'limit', '50'));
  const cursor = given(values, 'cursor', '1.' + limit.toString()).split('.');
  const page = whole(cursor[0]), per = cursor.length == 2 ? whole(cursor[1]) : 0;
  if (limit < 1 || limit > 100) return refused('invalid_input', ['limit\tmust be a whole number from 1 to 100']);
  if (page < 1 || per < 1 || per > 100) return refused('invalid_input', ['cursor\tis of no other page']);
  if (send('GET', `/customers?name=${name}&page=${page}&per_page=${per}`, '', answer)) return 1;
  const items: string[] = [], total = member(answer, '/total', '');
  while (answer.has('/items/' + items.length.toString())) {
    const at = '/items/' + items.length.toString(), city = member(answer, at + '/city', '"');
    const id = member(answer, at + '/id', '"'), name = member(answer, at + '/name', '"');
    if (id == '' || name == '' || city == '') return unexpected();
    items.push(`{"id":${id},"name":${name},"city":${city}}`);
  }
  if (member(answer, '/items', '[') == '' || total == '' || !isOf(DIGITS, total)) return unexpected();
  const more = items.length > 0 && page * per < whole(total) ? `,"nextCursor":"${page + 1}.${per}"` : '';
  return succeed(`{"items":[${items.join(',')}]${more}}`);
}

export function create_order(): i32 {
  heap.reset();
  const values: Values = new Map(), answer: Values = new Map(), fields = [
    new Field('request_id', 'at most 36 letters, digits and -', 36, DIGITS + LETTERS + '-', true),
    new Field('customer', 'digits', 12, DIGITS, true),
    new Field('sku', 'at most 20 characters', 20, '', true),
    new Field('count', 'a whole number from 1 to 999', 3, DIGITS, true),
  ];
  if (begin(true, fields, values)) return 1;
  const count = whole(values.get('count')), goods = `[{"sku":${quote(values.get('sku'))},"count":${count}}]`;
  if (count == 0) return refused('invalid_input', ['count\tmust be a whole number from 1 to 999']);
  const order = `{"request_id":"${values.get('request_id')}","customer":"${values.get('customer')}","goods":${goods}}`;
  if (send('POST', '/orders', order, answer)) return 1;
  const id = member(answer, '/id', '"'), repeated = member(answer, '/repeated', '');
  if (id == '' || (repeated != 'true' && repeated != 'false')) return unexpected();
  return succeed(`{"id":${id},"repeated":${repeated}}`);
}

function given(values: Values, name: string, otherwise: string): string {
  return values.has(name) ? values.get(name) : otherwise;
}

function whole(digits: string): i32 {
  return digits.length < 9 && isOf(DIGITS, digits) ? <i32>parseInt('0' + digits) : 0;
}
