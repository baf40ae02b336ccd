/**
 * Opens a page in Chromium and takes its picture: `node scripts/look.mjs ADDRESS [--out DIR] [--name NAME]
 * [--sizes 1440x900,1920x1080] [--themes dark,light] [--wait SECONDS] [--keys k,v] [--local NAME=VALUE] [--all]`.
 * ADDRESS is what `upright serve` prints, or any page. `--all` skips the first start's guide. What the page complains
 * about is printed, and text that is cut or lies over other text.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

/** A Chromium, wherever there is one: CHROMIUM, or the one inside an npm package. */
export async function launchChromium() {
  const { chromium } = await import('playwright-core');
  const common = ['--lang=en-US', '--font-render-hinting=none'];
  if (process.env.CHROMIUM)
    return chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--enable-unsafe-swiftshader', ...common] });
  const { default: packaged } = await import('@sparticuz/chromium');
  packaged.setGraphicsMode = true;
  return chromium.launch({ executablePath: await packaged.executablePath(), args: [...packaged.args, ...common] });
}

/** Runs in the page: text that its box cuts off, and boxes outside the window. */
export function findCutText() {
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('.hidden-label, [hidden], select, svg, .overlay') !== null) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    const style = getComputedStyle(element);
    if (own && style.overflowX === 'hidden' && element.scrollWidth > element.clientWidth + 1)
      found.push(`cut: "${element.textContent.trim().slice(0, 60)}"`);
    const scroller = element.closest('.forms');
    if (own && scroller === null && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1))
      found.push(`outside: "${element.textContent.trim().slice(0, 60)}"`);
  }
  return [...new Set(found)];
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: '/tmp/upright-look' },
      name: { type: 'string', default: 'look' },
      sizes: { type: 'string', default: '1440x900,1920x1080' },
      themes: { type: 'string', default: 'dark,light' },
      wait: { type: 'string', default: '4' },
      keys: { type: 'string', default: '' },
      view: { type: 'string', default: '{}' },
      all: { type: 'boolean', default: false },
    },
  });
  const [address] = positionals;
  if (address === undefined) throw new Error('Say which page to look at: the address that `upright serve` printed.');
  mkdirSync(values.out, { recursive: true });
  for (const theme of values.themes.split(',')) {
    for (const size of values.sizes.split(',')) {
      const [width, height] = size.split('x').map(Number);
      const browser = await launchChromium(); // one for each picture: the packaged one is a single process
      const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1, colorScheme: theme });
      page.on('pageerror', (error) => console.log(`${theme} ${size} error: ${error.stack ?? error.message}`));
      page.on(
        'console',
        (message) =>
          message.type() !== 'log' && message.type() !== 'debug' && console.log(`${theme} ${size} ${message.type()}: ${message.text()}`),
      );
      const remembered = JSON.stringify({ theme, ...(values.all ? { guide: false } : {}), ...JSON.parse(values.view) });
      await page.addInitScript((text) => localStorage.setItem('upright.view', text), remembered);
      await page.goto(address);
      await page.waitForSelector('.bar', { timeout: 20_000 });
      await page.waitForTimeout(1000 * Number(values.wait));
      for (const key of values.keys.split(',').filter(Boolean)) {
        await page.keyboard.press(key);
        await page.waitForTimeout(600);
      }
      const file = join(values.out, `${values.name}-${theme}-${size}.png`);
      await page.screenshot({ path: file });
      for (const line of await page.evaluate(findCutText)) console.log(`${theme} ${size} ${line}`);
      console.log(file);
      await browser.close();
    }
  }
}
if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
