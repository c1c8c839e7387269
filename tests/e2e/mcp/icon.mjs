// The picture of the MCP bundle: JustClick's icon, drawn as a PNG.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inBrowser, pictured } from '../browser.mjs';
import { check, same } from '../checks.mjs';

const DRAWN = 'manifest/icon.svg';
const PNG = 'manifest/icon.png';
const SIDE = 512;

const read = (path) => readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)));
const inline = (type, content) => `data:image/${type};base64,${content.toString('base64')}`;

/** Draws it, if UPDATE_SCREENSHOT is set; and looks whether it shows what the icon in SVG does. */
export async function showsTheIcon(work, bundle) {
  const svg = inline('svg+xml', read(DRAWN));
  await inBrowser(work, [SIDE, SIDE], async (page) => {
    await page.setContent(`<body style="margin:0"><img width="${SIDE}" height="${SIDE}" style="display:block" src="${svg}">`);
    await page.evaluate(() => document.querySelector('img').decode());
    await pictured(page, work, PNG, { omitBackground: true });
    const [drawn, kept] = await page.evaluate(seen, { pictures: [svg, inline('png', read(PNG))], side: SIDE });
    check(drawn.covered > 0.1 && drawn.covered < 0.9, `the icon covers ${drawn.covered} of its square`);
    same([kept.width, kept.height], [SIDE, SIDE], `the size of ${PNG}`);
    check(Math.abs(kept.covered - drawn.covered) < 0.01 && kept.apart < 2, `${PNG} is not ${DRAWN}: UPDATE_SCREENSHOT=1`);
  });
  if (!process.env.UPDATE_SCREENSHOT) {
    check(readFileSync(join(bundle, 'icon.png')).equals(read(PNG)), `the bundle has another icon than ${PNG}`);
  }
}

/** In the page: of each picture its own size, how much of its square is covered, and how far it is from the first. */
async function seen({ pictures, side }) {
  const drawn = [];
  for (const src of pictures) {
    const image = Object.assign(new Image(), { src });
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    drawn.push({ width: image.naturalWidth, height: image.naturalHeight, data });
  }
  const [first] = drawn;
  return drawn.map(({ width, height, data }) => {
    let [covered, apart] = [0, 0];
    for (let at = 0; at < data.length; at += 1) {
      if (at % 4 === 3 && data[at] > 127) covered += 1;
      apart += Math.abs(data[at] - first.data[at]);
    }
    return { width, height, covered: covered / (side * side), apart: apart / data.length };
  });
}
