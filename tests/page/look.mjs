// Opens pages that relight wrote in a real Chromium: each says what it should, runs nothing, fetches nothing, and is
// readable for everybody, by light, in the dark and on paper.
//
//   node look.mjs FOLDER      the pages of that folder, and below each name what it must say: NAME.html, NAME.txt
//
// Pictures of them are left beside them. playwright-core and axe-core are found from the working directory.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.cwd(), 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const folder = resolve(process.argv[2]);
const wrong = [];
const options = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: options });
const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
if (pages.length === 0) wrong.push(`no page in ${folder}`);

for (const name of pages) {
  const url = pathToFileURL(join(folder, name)).href;
  const complain = (text) => wrong.push(`${name}: ${text}`);
  for (const colorScheme of ['light', 'dark']) {
    // The page's own policy is out of the way only for axe, which is a script.
    for (const bypassCSP of [false, true]) {
      const context = await browser.newContext({ colorScheme, bypassCSP, viewport: { width: 900, height: 1200 } });
      const page = await context.newPage();
      page.on('request', (request) => request.url() === url || complain(`asks for ${request.url()}`));
      page.on('dialog', (dialog) => { complain(`ran a script: ${dialog.message()}`); dialog.dismiss(); });
      page.on('pageerror', (error) => complain(`${error}`));
      await page.goto(url);
      if (bypassCSP) {
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
        if (passes.length < 10) complain(`axe tried ${passes.length} rules only`);
        for (const it of violations) complain(`${colorScheme}: ${it.id}: ${it.help}: ${it.nodes[0].html}`);
      } else {
        const text = (await page.innerText('body')).replace(/\s+/g, ' ');
        for (const line of readFileSync(join(folder, name.replace(/html$/, 'txt')), 'utf8').split('\n')) {
          if (line && !text.includes(line)) complain(`does not say: ${line}`);
        }
        // The style is let in by its hash: else the page would be the browser's black on white.
        const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        if (paper !== (colorScheme === 'dark' ? 'rgb(22, 22, 22)' : 'rgb(255, 255, 255)')) complain(`${colorScheme}: paper is ${paper}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) complain(`is ${wide} pixels too wide`);
        const elements = await page.evaluate(() => document.querySelectorAll('script, img, iframe, link, object, a').length);
        if (elements > 0) complain(`has ${elements} elements that run, fetch or lead away`);
        await page.screenshot({ path: join(folder, name.replace(/html$/, `${colorScheme}.png`)), fullPage: true });
        if (colorScheme === 'light') await page.pdf({ path: join(folder, name.replace(/html$/, 'pdf')) });
      }
      await context.close();
    }
  }
}
await browser.close();
wrong.forEach((text) => console.error(text));
console.log(`${pages.length} pages, ${wrong.length} complaints`);
process.exit(wrong.length === 0 ? 0 : 1);
