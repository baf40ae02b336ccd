import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Converted } from '../../src/main/storage/convert/convertFile';
import { buildEntry } from '../support/buildEntry';

const WANTED_GB = Number(process.env['UPRIGHT_BIG_CSV_GB'] ?? 10);
/** Above idle, whatever the size of the file. */
const MOST_MEGABYTES = 300;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'upright-big-'));
const big = join(folder, 'big.csv');
const free = statfsSync(folder);
/** The file itself, and the largest that is made of it. */
const gigabytes = free.bavail * free.bsize > 4 * WANTED_GB * 1e9 ? WANTED_GB : Math.min(3, WANTED_GB);
let rows = 0;
let probe = '';

beforeAll(async () => {
  probe = await buildEntry('convertProbe', 'test/support/convertProbe.ts');
  const file = openSync(big, 'w');
  writeSync(file, '# title: a long run\n# units: s,rad,rad/s,N m,1,1\ntime,angle,rate,action,mode,ok\n');
  for (let size = 0; size < gigabytes * 1e9;) {
    const lines: string[] = [];
    for (let i = 0; i < 20_000; i++, rows++) {
      const t = rows / 1000;
      lines.push(`${t},${Math.sin(t)},${Math.cos(t)},${rows % 11 === 0 ? '' : Math.sin(7 * t)},mode ${rows % 5},${rows % 2 === 0}`);
    }
    size += writeSync(file, `${lines.join('\n')}\n`);
  }
  closeSync(file);
}, 3_600_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (probe !== '') rmSync(dirname(probe), { recursive: true, force: true });
});

test.each(['parquet', 'mcap', 'csv'])('a large CSV becomes .%s within 300 MB above idle', async (kind) => {
  const to = join(folder, `out.${kind}`);
  const { stdout } = await run(process.execPath, [probe, big, to]);
  const said = JSON.parse(stdout) as { done: Converted; seconds: number; idleMegabytes: number; peakMegabytes: number };
  const above = said.peakMegabytes - said.idleMegabytes;
  const sizes = [big, to].map((path) => `${(statSync(path).size / 1e9).toFixed(2)} GB`);
  rmSync(to);
  console.log(
    `${sizes[0]} CSV, ${rows} rows, to ${sizes[1]} ${kind}: ${said.seconds.toFixed(0)} s, peak ${said.peakMegabytes.toFixed(0)} MB, ${above.toFixed(0)} MB above idle`,
  );
  expect(said.done).toMatchObject({ kind: 'table', rows, columns: 6 });
  expect(above).toBeLessThan(MOST_MEGABYTES);
});
