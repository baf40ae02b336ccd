import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchBrowser } from '../../../src/main/headless/commands/bench/browser';
import { W1 } from '../../../src/main/headless/commands/bench/networkWorks';
import { contextOf } from './standIns';

test.each([
  ['is not installed', 'It needs a clone.', 'not installed. It needs a clone.'],
  [
    'ends before it answers',
    { command: process.execPath, args: [join(import.meta.dirname, 'standInPeer.mjs'), 'dies'] },
    expect.stringContaining('out of memory'),
  ],
] as const)('a browser that %s is named, and has no row and no ratio', async (_how, program, reason) => {
  const warnings: string[] = [];
  const context = contextOf();
  const world = {
    ...context.world,
    warn: ({ text }: { readonly text: string }) => void warnings.push(text.replace('Chromium is absent: ', '')),
  };
  expect(await benchBrowser({ ...context, world }, W1, program)).toEqual({ rows: [], ratios: [], parity: [] });
  expect(warnings).toEqual([reason]);
});
