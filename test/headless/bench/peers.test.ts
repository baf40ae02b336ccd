import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Warning } from '../../../src/main/headless/command';
import { goals, holdsPeers, judge } from '../../../src/main/headless/commands/bench/goals';
import { costsCheck, lossesCheck, startPeers, type PeersAsked } from '../../../src/main/headless/commands/bench/peers/contenders';
import { peerKinds, programOf, type PeerKind } from '../../../src/main/headless/commands/bench/peers/kinds';
import { packed, unpacked } from '../../../src/main/headless/commands/bench/peers/numbers';
import { peerPrograms } from '../../../src/main/headless/commands/bench/peers/peerFolder';
import { ordersOf } from '../../../src/main/headless/commands/bench/peers/training';
import { PeerProcess } from '../../../src/main/headless/commands/bench/peers/peerProcess';
import { closeAll, inTurn, rowsOf } from '../../../src/main/headless/commands/bench/rounds';
import type { BenchContext } from '../../../src/main/headless/commands/bench/work';
import type { TrainingCourse } from '../../../src/shared/models/network/course';
import { networkLayout } from '../../../src/shared/models/network/layout';
import { contextOf } from './standIns';

const standIn = (how: string) => ({ command: process.execPath, args: [join(import.meta.dirname, 'standInPeer.mjs'), how] });
const kindOf = (name: string): PeerKind => ({ name, library: 'torch', threads: 2, note: 'tuned', asInstalled: false });

/** Two sequences of two actions, and what the stand-in has to make of them. */
const actions = Float64Array.of(1, 2, 3, 4);
const asked = (...names: string[]): PeersAsked => ({
  id: 'W',
  kinds: names.map(kindOf),
  work: { work: 'sums' },
  check: costsCheck(actions, Float64Array.of(3, 7)),
  what: 'costs',
  limit: 1e-6,
});

async function start(question: PeersAsked) {
  const warnings: string[] = [];
  const context = contextOf({ peers: { python: undefined, onnx: undefined } });
  const world = { ...context.world, warn: ({ text }: Warning) => void warnings.push(text) };
  const started = await startPeers(question, { ...context, world }, ({ name }) => (name === 'nowhere' ? 'Bring it.' : standIn(name)));
  onTestFinished(() => closeAll(started.contenders));
  return { ...started, warnings, context };
}

describe('a peer', () => {
  test('is checked first, then timed by its own clock, and its processor time counts as ours', async () => {
    const { contenders, parity, warnings, context } = await start(asked('honest'));
    expect(parity).toEqual([{ what: 'W: costs of honest against float64', value: 0, limit: 1e-6, passed: true }]);
    expect(warnings).toEqual([]);
    expect(contenders.map(({ name, threads, note }) => [name, threads, note])).toEqual([['honest', 2, '9.8; as sums; tuned']]);
    expect(await contenders[0]!.once(7)).toBe(7);
    expect(await contenders[0]!.spentElsewhere!()).toBe(101);
    const ours = { name: 'ours', threads: 2, once: () => {} };
    const { rows } = rowsOf('W', await inTurn('W', [ours, contenders[0]!], { ...context, rounds: 2 }));
    expect(rows[1]!.samples).toBeGreaterThan(0);
    expect(rows[1]!.minMs).toBeGreaterThanOrEqual(2); // the numbers of the calls, that it answered as its times
  });
  test('that makes other numbers is not timed, and fails the parity', async () => {
    const { contenders, parity } = await start(asked('wrong'));
    expect(contenders).toEqual([]);
    expect(parity[0]).toMatchObject({ passed: false });
    expect(parity[0]!.value).toBeCloseTo(1e-3 / 3, 5);
  });
  test('that is absent is named with its reason, and neither timed nor passed', async () => {
    const { contenders, parity, warnings } = await start(asked('nowhere', 'lacks', 'dies', 'babbles', 'honest'));
    expect(contenders.map(({ name }) => name)).toEqual(['honest']);
    expect(parity).toHaveLength(1);
    expect(warnings).toEqual([
      'W: nowhere is absent: not installed. Bring it.',
      "W: lacks is absent: not installed. ModuleNotFoundError: No module named 'torch'",
      expect.stringContaining('out of memory'),
      expect.stringContaining('It answered no JSON: Hello.'),
    ]);
  });
  test('that ends in the middle keeps the rounds that it had', async () => {
    const { contenders, warnings, context } = await start(asked('tires'));
    const measured = await inTurn('W', [{ name: 'ours', threads: 2, once: () => {} }, ...contenders], { ...context, rounds: 2 });
    expect(measured[1]!.rounds.map(({ length }) => length)).toEqual([2, 0]);
    expect(warnings).toEqual([expect.stringContaining('tires is absent')]);
  });
  test('is checked by losses too', async () => {
    const losses = (truth: readonly number[]) => start({ ...asked('honest'), check: lossesCheck(truth), what: 'losses' });
    expect((await losses([2, 1])).parity[0]!.passed).toBe(true);
    expect((await losses([2, 1.1])).parity[0]!.passed).toBe(false);
  });
  test('does not start when nobody asked for peers', async () => {
    const context = contextOf() as BenchContext;
    expect(await startPeers(asked('honest'), context, () => standIn('dies'))).toEqual({ contenders: [], parity: [] });
  });
});

describe('the line protocol', () => {
  test('questions wait for each other', async () => {
    const { peer } = await PeerProcess.start(standIn('honest'));
    onTestFinished(() => peer.close());
    const times = await Promise.all([5, 6, 7].map((time) => peer.number({ ask: 'once', time }, 'milliseconds')));
    expect(times).toEqual([5, 6, 7]);
  });
  test('an error is told in the words of the peer, and the next question is answered', async () => {
    const { peer } = await PeerProcess.start(standIn('honest'));
    onTestFinished(() => peer.close());
    await expect(peer.ask({ ask: 'tea' })).rejects.toThrow('no tea');
    await expect(peer.number({ ask: 'losses' }, 'milliseconds')).rejects.toThrow('no milliseconds');
    expect(await peer.ask({ ask: 'losses' })).toEqual({ losses: [2, 1] });
  });
  test('who answers nothing is ended', async () => {
    const { peer } = await PeerProcess.start(standIn('silent'));
    await expect(peer.ask({ ask: 'once', time: 1 }, 50)).rejects.toThrow('did not answer within 0.05 s');
    await expect(peer.ask({ ask: 'spent' })).rejects.toThrow('did not answer');
    await peer.close();
  });
  test('a program that is not there is no crash', async () => {
    await expect(PeerProcess.start({ command: '/nowhere/python', args: [] })).rejects.toThrow('ENOENT');
  });
  test('numbers cross bit by bit', () => {
    for (const numbers of [Float64Array.of(Math.PI, -0, 1e-310), Float32Array.of(0.1, 3), Int32Array.of(-7, 1 << 30)])
      expect(unpacked(packed(numbers), numbers.length)).toEqual(Float64Array.from(numbers));
    expect(packed(new Float32Array(6).subarray(2, 6), [2, 2])).toMatchObject({ type: 'float32', shape: [2, 2] });
    expect(() => unpacked(packed(Float64Array.of(1)), 2)).toThrow('1 numbers; 2 were asked for');
    expect(() => unpacked({ type: 'float16', bytes: '' }, 0)).toThrow('no list of numbers');
  });
});

describe('what is brought', () => {
  test('a folder has programs once they are there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'upright-peers-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(peerPrograms(folder, 'linux')).toEqual({ python: undefined, onnx: undefined });
    mkdirSync(join(folder, 'python/bin'), { recursive: true });
    writeFileSync(join(folder, 'python/bin/python'), '');
    mkdirSync(join(folder, 'node/node_modules/onnxruntime-node'), { recursive: true });
    expect(peerPrograms(folder, 'linux')).toEqual({ python: join(folder, 'python/bin/python'), onnx: join(folder, 'node') });
  });
  test('a library is tuned unless it is shown as installed', () => {
    const programs = { python: '/p', onnx: '/n' };
    const { W1 } = peerKinds(2);
    const of = (name: string) =>
      programOf(
        W1.find((kind) => kind.name === name)!,
        programs,
        () => '/onnxPeer.js',
      );
    expect(of('PyTorch')).toMatchObject({
      command: '/p',
      args: [expect.stringMatching(/peer\.py$/), 'torch', '2'],
      environment: { OMP_NUM_THREADS: '2', MALLOC_TOP_PAD_: '268435456' },
    });
    expect(of('PyTorch as installed, 1 thread')).toMatchObject({ environment: { OMP_NUM_THREADS: '1' } });
    expect(of('PyTorch as installed')).not.toMatchObject({ environment: { MALLOC_TOP_PAD_: expect.anything() as string } });
    expect(of('onnxruntime')).toMatchObject({ command: process.execPath, args: ['/onnxPeer.js', '/n', '2'] });
  });
  test('what was not brought is told with the way to it', () => {
    for (const kind of Object.values(peerKinds(2)).flat())
      expect(programOf(kind, { python: undefined, onnx: undefined }, () => '')).toContain('npm run bench:peers');
  });
  test('the build makes the program that onnxruntime runs in', () => {
    const config = readFileSync(join(import.meta.dirname, '../../../electron.vite.config.ts'), 'utf8');
    expect(config).toContain("onnxPeer: 'src/main/headless/commands/bench/peers/onnxPeer.ts'");
  });
  test('every goal against a library has one that can be measured', () => {
    const kinds: Readonly<Record<string, readonly PeerKind[]>> = peerKinds(2);
    const held = goals.filter(({ peer }) => peer);
    expect(held.length).toBeGreaterThan(10);
    for (const { work, against } of held) expect(kinds[work]?.map(({ name }) => name)).toContain(against);
  });
});

test('the rows of a training cross as they are drawn: each once in a pass, another order for each member and pass', () => {
  const layout = networkLayout(2, 3, [4], 2);
  const course = { rows: 12, batch: 4, layout, bootstrap: false, seed: 3 } as TrainingCourse;
  const orders = ordersOf(course, 3, 2);
  const passes = [0, 12, 24, 36].map((from) => [...orders.subarray(from, from + 12)]);
  for (const pass of passes) expect([...pass].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, row) => row));
  expect(new Set(passes.map(String)).size).toBe(4);
});

test('ratios against libraries hold where they were measured, and are printed elsewhere', () => {
  expect(holdsPeers({ cores: 2, vector: 'avx2' })).toBe(true);
  expect([holdsPeers({ cores: 8, vector: 'avx2' }), holdsPeers({ cores: 2, vector: 'neon' })]).toEqual([false, false]);
  const goal = { id: 'G', work: 'W', against: 'them', floor: 2, goal: 3, peer: true } as const;
  const gated = (peersToo: boolean) => judge([{ work: 'W', against: 'them', threads: 2, samples: [1] }], true, [goal], peersToo)[0];
  expect([gated(true)!.gated, gated(false)!.gated]).toEqual([true, false]);
  expect(gated(false)).toMatchObject({ value: 1, passed: false });
});
