// Pages in headless Chromium, and the pictures of them that the documents show.

import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './checks.mjs';
import { apt } from './debian.mjs';
import { installed } from './packages.mjs';

const PLAYWRIGHT = 'playwright-core@1.64.1';
const SHARP = 'sharp@0.35.5';

/** How Chromium is started. */
export const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but this machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** A picture of a document has at most so many bytes. */
const LARGEST = 60_000;

/** Shows a page of this size to `use`, and gives what that gives. What a failed one showed is in `failed.png`. */
export async function inBrowser(work, [width, height], use, locale = 'en-US') {
  const load = createRequire(join(installed(work, 'playwright', [PLAYWRIGHT]), 'here.js'));
  const browser = await load('playwright-core').chromium.launch({ executablePath: chromium(), args: ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width, height }, locale, reducedMotion: 'reduce' });
    page.setDefaultTimeout(60_000);
    return await use(page).catch(async (error) => {
      await page.screenshot({ path: join(work, 'failed.png') });
      throw error;
    });
  } finally {
    await browser.close();
  }
}

/** Takes a picture, of a page or a part of it, for a document; its path is from the project's root. */
export async function pictured(shown, work, document, options = {}) {
  const path = join(work, basename(document));
  await shown.screenshot({ path, animations: 'disabled', ...options });
  await kept(work, path, document);
}

/** Puts a picture where a document has it, with UPDATE_SCREENSHOT alone: no two runs give the same bytes. */
export async function kept(work, path, document) {
  const there = fileURLToPath(new URL(`../../${document}`, import.meta.url));
  if (process.env.UPDATE_SCREENSHOT) await packed(work, path, there);
  check(existsSync(there), `${document} is missing: UPDATE_SCREENSHOT=1 makes it`);
  check(statSync(there).size <= LARGEST, `${document} has more than ${LARGEST} bytes: let it show less`);
}

/** The part of a page from the top of one element to the bottom of another, or of itself, for a picture of all of it. */
export async function spanned(first, last = first, margin = 16) {
  // Scrolled to the top, both are where they are on the whole page.
  await first.page().evaluate(() => scrollTo(0, 0));
  const [{ x, y, width }, end] = [await first.boundingBox(), await last.boundingBox()];
  const clip = { x: x - margin, y: y - margin, width: width + 2 * margin, height: end.y + end.height - y + 2 * margin };
  return { clip, fullPage: true };
}

/** Writes a picture with a palette, in which screens lose nothing that is seen, and less than half of their bytes. */
async function packed(work, from, to) {
  const load = createRequire(join(installed(work, 'sharp', [SHARP]), 'here.js'));
  await load('sharp')(from).png({ palette: true, dither: 0, effort: 10 }).toFile(to);
}

/** Chromium's program, which is installed where this user may. */
export function chromium() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (existsSync(path)) return path;
  check(process.getuid?.() === 0, `There is no ${path}: install Debian's "chromium", or name another in CHROMIUM.`);
  apt(['install', '--yes', 'chromium']);
  return path;
}
