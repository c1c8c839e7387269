// JSON, read strictly. AssemblyScript has no exceptions: functions tell whether they could.

export const DIGITS = '0123456789';
const TOO_LONG = '/...';
let source = '';
let at = 0;

export type Values = Map<string, string>;

/** Finds all values of an object by their JSON pointers: texts behind a `"`, `{` and `[`, numbers and words. */
export function parse(json: string, found: Values): bool {
  source = json;
  at = 0;
  return read('', found, 0) && next() < 0 && found.get('') == '{';
}

/** A text as JSON has it. */
export function quote(text: string): string {
  const parts = ['"'];
  let begun = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 32 && code != 34 && code != 92) continue;
    parts.push(text.substring(begun, i) + '\\u' + code.toString(16).padStart(4, '0'));
    begun = i + 1;
  }
  return parts.concat([text.substring(begun), '"']).join('');
}

/** A text as bytes. Half a character of UTF-16 becomes one that says so. */
export function utf8(text: string): ArrayBuffer {
  return String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE);
}

/** Where a character stands in a set of them. */
function place(set: string, code: i32): i32 {
  for (let i = 0; i < set.length; i++) if (set.charCodeAt(i) == code) return i;
  return -1;
}

/** Whether a text has no other characters than these. */
export function isOf(set: string, text: string): bool {
  for (let i = 0; i < text.length; i++) if (place(set, text.charCodeAt(i)) < 0) return false;
  return true;
}

/** Passes characters of a set: how many. */
function run(set: string, most: i32 = i32.MAX_VALUE): i32 {
  const begun = at;
  while (at < source.length && at - begun < most && place(set, source.charCodeAt(at)) >= 0) at++;
  return at - begun;
}

/** The next character that is no blank; -1 at the end. */
function next(): i32 {
  run(' \t\r\n');
  return source.charCodeAt(at);
}

function skip(code: i32): bool {
  return next() == code && ++at > 0;
}

function read(path: string, found: Values, depth: i32): bool {
  const first = next();
  let value: string | null = String.fromCharCode(first);
  if (first == 123 || first == 91) {
    at++;
    for (let more = next() != first + 2, count = 0; more; more = skip(44)) {
      const name = first == 123 ? readText() : '#' + (count++).toString();
      if (name === null || (first == 123 && !skip(58)) || depth == 64) return false;
      const inner = path + '/' + name.substr(1, 99).replaceAll('~', '~0').replaceAll('/', '~1');
      if (!read(inner.length < 99 ? inner : TOO_LONG, found, depth + 1)) return false;
    }
    if (!skip(first + 2)) return false;
  } else value = first == 34 ? readText() : readPlain();
  if (value === null || (found.has(path) && path != TOO_LONG)) return false;
  found.set(path, value);
  return true;
}

function readText(): string | null {
  const codes: i32[] = [34];
  if (!skip(34)) return null;
  while (at < source.length) {
    let code = source.charCodeAt(at++);
    if (code == 34) return String.UTF8.decode(utf8(String.fromCharCodes(codes)));
    if (code < 32) return null;
    if (code == 92) {
      const letter = place('"\\/bfnrtu', source.charCodeAt(at++));
      if (letter < 0 || (letter == 8 && run(DIGITS + 'abcdefABCDEF', 4) < 4)) return null;
      code = letter < 8 ? '"\\/\b\f\n\r\t'.charCodeAt(letter) : <i32>parseInt(source.substring(at - 4, at), 16);
    }
    codes.push(code);
  }
  return null;
}

function readPlain(): string | null {
  const begun = at;
  if (run('aeflnrstu') > 0) {
    const word = source.substring(begun, at);
    return ['true', 'false', 'null'].includes(word) ? word : null;
  }
  run('-', 1);
  if (run('0', 1) == 0 && run(DIGITS) == 0) return null;
  if (run('.', 1) > 0 && run(DIGITS) == 0) return null;
  if (run('eE', 1) > 0 && (run('+-', 1) > 1 || run(DIGITS) == 0)) return null;
  return source.substring(begun, at);
}
