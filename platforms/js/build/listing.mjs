// What a package is listed by: its names, its icon, who publishes it. All of it comes from the bundle, whose files are
// texts by their names. It runs without Node.

const DATA = /^data:image\/svg\+xml(?:;charset=[\w-]+)?(;base64)?,(.*)$/s;

/** The pictures of a bundle. */
const FILES = { light: 'icon.svg', dark: 'icon.dark.svg' };

const LETTERS_OF_BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Colours for letters on both grounds. */
const GROUND = { light: '#44546a', dark: '#8fa3bf' };

/**
 * The plugin's pictures, as SVG for light and for dark grounds: those of its description, else those that lie in the
 * bundle as icon.svg and icon.dark.svg, else the first letters of its title.
 */
export function iconsOf({ title, icons = [] }, files) {
  const own = (theme) => svgOf(icons.find((icon) => icon.theme === theme)) ?? files[FILES[theme]];
  const any = svgOf(icons.find((icon) => icon.theme === undefined && DATA.test(icon.src)));
  const light = any ?? own('light') ?? monogram(title, 'light');
  return { light, dark: own('dark') ?? (any || own('light') ? light : monogram(title, 'dark')) };
}

/**
 * The members of a package.json that are the publisher's, out of publisher.json in the bundle. Without a licence nobody
 * is given one.
 */
export function publisherOf({ name }, files, { ofItsOwn = false } = {}) {
  const { author, license = 'UNLICENSED', ...told } = JSON.parse(files['publisher.json'] ?? '{}');
  // n8n takes a package from a repository of its own alone.
  const own = ofItsOwn && told.n8nRepository?.replaceAll('{name}', name);
  const repository = own || told.repository;
  const bugs = own ? `${own}/issues` : told.bugs;
  return {
    license,
    ...(author && { author }),
    ...(repository && { repository: git(repository) }),
    ...(bugs && { bugs: { url: bugs } }),
  };
}

/** What directories find the plugin by: `listing.json` of the bundle, which need not be there. */
export function listingOf(files) {
  const { keywords = [], categories = {} } = JSON.parse(files['listing.json'] ?? '{}');
  return { keywords, categories };
}

/** A title as the name of a class: "Google Sheets" is GoogleSheets. One without such letters has the plugin's name. */
export function className({ name, title }) {
  const joined = (text) => words(text).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const fromTitle = joined(title).join('');
  return /^[A-Z]/.test(fromTitle) ? fromTitle : joined(name).join('');
}

function words(text) {
  return text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
}

function svgOf(icon) {
  const [, isBase64, data] = DATA.exec(icon?.src ?? '') ?? [];
  if (data === undefined) return undefined;
  return decodeURIComponent(isBase64 ? escapedBytes(data) : data);
}

/** The bytes of a base64, as an address has them. */
function escapedBytes(data) {
  let [bits, count, bytes] = [0, 0, ''];
  for (const value of [...data].map((letter) => LETTERS_OF_BASE64.indexOf(letter)).filter((value) => value >= 0)) {
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += `%${((bits >> count) & 0xff).toString(16).padStart(2, '0')}`;
  }
  return bytes;
}

function monogram(title, theme) {
  const [first = '', second = ''] = title.split(/\s+/);
  const letters = second ? [...first].slice(0, 1).concat([...second].slice(0, 1)) : [...first].slice(0, 2);
  const text = letters.join('').replace(/[<&]/g, '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60">
  <rect width="60" height="60" rx="12" fill="${GROUND[theme]}"/>
  <text x="30" y="40" font-family="sans-serif" font-size="28" fill="#fff" text-anchor="middle">${text}</text>
</svg>
`;
}

function git(url) {
  return { type: 'git', url: `git+${url}.git` };
}
