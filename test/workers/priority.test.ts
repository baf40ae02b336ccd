import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildEntry } from '../support/buildEntry';

const isLinux = process.platform === 'linux';
let entry = '';
beforeAll(async () => {
  if (isLinux) entry = await buildEntry('keepTimeProbe', 'test/support/keepTimeProbe.ts');
}, 60_000);
afterAll(() => rmSync(dirname(entry), { recursive: true, force: true }));

/** Whether this user may give a thread a real-time priority. */
function mayHurry(): boolean {
  try {
    execFileSync('chrt', ['--rr', '1', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// on one core there is none to leave to the loop
test.runIf(isLinux && (mayHurry() || availableParallelism() > 1))(
  'planner threads go before others while the loop keeps time, also those that are born later, and no longer',
  () => {
    const { strict, patient, everywhere } = JSON.parse(
      execFileSync(process.execPath, [entry], { encoding: 'utf8', timeout: 20_000 }),
    ) as Record<'strict' | 'patient', { policy: number; cores: string }[]> & { everywhere: string };
    if (mayHurry()) expect(strict.map(({ policy }) => policy)).toEqual([2, 2]);
    else for (const { cores } of strict) expect(cores).not.toBe(everywhere);
    expect(patient).toEqual([
      { policy: 0, cores: everywhere },
      { policy: 0, cores: everywhere },
    ]);
  },
  30_000,
);
