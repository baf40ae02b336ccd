import { fork } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { entryFile, forkUnderNode } from '../../src/main/workers/fork';
import type { ChildProcessHandle } from '../../src/main/workbench/children';
import { bundle } from '../support/bundle';

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'upright-fork-'));
const entry = join(folder, 'child.mjs');

beforeAll(async () => {
  const sources = join(here, '../../src/main/workers');
  await bundle(folder, { parent: join(sources, 'parent.ts'), fork: join(sources, 'fork.ts') }, { format: 'es', extension: 'mjs' });
  cpSync(join(here, 'child.mjs'), entry);
  cpSync(join(here, 'grandparent.mjs'), join(folder, 'grandparent.mjs'));
});

interface Said {
  readonly kind: string;
  readonly pid?: number;
  readonly [name: string]: unknown;
}
const next = (child: ChildProcessHandle) => new Promise<Said>((done) => child.onMessage((message) => done(message as Said)));
const end = (child: ChildProcessHandle) => new Promise<string>((done) => child.onExit(done));

test('values cross in both directions as they are: typed arrays, NaN, Infinity, undefined', async () => {
  const child = forkUnderNode(entry);
  expect((await next(child)).pid).toBe(child.pid);
  child.send({ kind: 'echo', states: Float64Array.of(1, NaN, -Infinity), cost: Infinity, none: undefined });
  const answer = await next(child);
  expect(answer.states).toEqual(Float64Array.of(1, NaN, -Infinity));
  expect(answer.cost).toBe(Infinity);
  expect(answer).toHaveProperty('none', undefined);
  expect(answer.pool).toBe('16');
  child.kill();
  expect(await end(child)).toBe('was killed (SIGKILL)');
});

test('the end is told once, in words, also to who asks late; sending afterwards is harmless', async () => {
  const child = forkUnderNode(entry);
  await next(child);
  child.send({ kind: 'exit', code: 70 });
  expect(await end(child)).toBe('ended with code 70');
  expect(await end(child)).toBe('ended with code 70');
  for (let i = 0; i < 10; i++) child.send({ kind: 'echo' });
  child.kill();
});

test('an uncaught error in a child ends the child only', async () => {
  const child = forkUnderNode(entry);
  await next(child);
  child.send({ kind: 'throw' });
  expect(await end(child)).toBe('ended with code 1');
});

test.each(['SIGKILL', 'SIGINT'] as const)('children of a parent that ends by %s are gone soon after', async (signal) => {
  const parent = fork(join(folder, 'grandparent.mjs'), [entry], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const pid = await new Promise<number>((done) => parent.on('message', (message) => done(message as number)));
  process.kill(parent.pid!, signal);
  const gone = () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  const until = performance.now() + 3000;
  while (!gone() && performance.now() < until) await new Promise((done) => setTimeout(done, 10));
  expect(gone()).toBe(true);
});

test('Ctrl+C in a terminal reaches the child too, and it leaves the decision to its parent', async () => {
  const child = forkUnderNode(entry);
  await next(child);
  process.kill(child.pid!, 'SIGINT');
  child.send({ kind: 'echo' });
  expect((await next(child)).kind).toBe('echo');
  child.kill();
});

test('a missing entry is told with its place and what to do', () => {
  expect(existsSync(join(folder, 'none.js'))).toBe(false);
  expect(() => entryFile('none', folder)).toThrow(/none\.js is missing\. Build it again/);
});
