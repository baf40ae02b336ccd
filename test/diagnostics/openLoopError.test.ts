import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLog } from '../../src/main/storage/readLog';
import { constantVelocity, nothingMoves, openLoopErrors, type Step } from '../../src/shared/diagnostics/openLoopError';
import { pendulum } from '../../src/shared/plants/pendulum';
import { onGrid, type GridStretch } from '../../src/shared/recordings/grid';
import { readMapping, readPartnerRule } from '../../src/shared/recordings/mapping';
import { readRecordingSpec } from '../../src/shared/recordings/recordingSpec';
import { realData, whyNoData } from '../recordings/dfki';

/** A pendulum that turns steadily: angle = rate t, many turns, so that predictions cross ±π again and again. */
function rolling(rate: number, count: number, period: number): GridStretch {
  const states = Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? rate * (i / 2) * period : rate));
  return {
    from: 0,
    count,
    states,
    actions: new Float64Array(count - 1),
    recorded: new Map([['angle', Float64Array.from({ length: count }, (_, k) => rate * k * period)]]),
  };
}

test('constant velocity predicts a steady turn without error, however often it passes the top and the bottom', () => {
  const errors = openLoopErrors(constantVelocity(pendulum, 0.02), [rolling(13, 200, 0.02)], [1, 10, 25, 50], pendulum);
  for (const { angleRmse } of errors) expect(angleRmse).toBeLessThan(1e-12);
});

test('an error is the shortest way round the circle', () => {
  // After k steps of 0.02 s at 13 rad/s the pendulum is 0.26 k rad on; nothing moves is off by that, wrapped.
  const steps = [1, 10, 20, 24, 25];
  const errors = openLoopErrors(nothingMoves, [rolling(13, 200, 0.02)], steps, pendulum);
  const wrapped = steps.map((k) => Math.abs(Math.atan2(Math.sin(0.26 * k), Math.cos(0.26 * k))));
  errors.forEach(({ angleRmse }, i) => expect(angleRmse).toBeCloseTo(wrapped[i]!, 10));
});

test('predictions start wherever the whole horizon lies inside one stretch, and never cross into the next', () => {
  const seen: number[] = [];
  const counting: Step = (_states, _actions, count) => void seen.push(count);
  const errors = openLoopErrors(counting, [rolling(1, 30, 0.02), rolling(1, 12, 0.02)], [10, 25], pendulum);
  expect(errors.map(({ starts }) => starts)).toEqual([30 - 10 + (12 - 10), 30 - 25]);
  expect(seen).toEqual([...Array.from({ length: 25 }, (_, i) => 29 - i), ...Array.from({ length: 11 }, (_, i) => 11 - i)]);
});

test('each start is carried on under the actions that were recorded after it', () => {
  const stretch = { ...rolling(0, 40, 0.1), actions: Float64Array.from({ length: 39 }, (_, k) => k) };
  // A "model" that adds the action to the angle: after 3 steps from k it stands at k + (k+1) + (k+2) = 3k + 3.
  const adding: Step = (states, actions, count) => {
    for (let i = 0; i < count; i++) states[2 * i] += actions[i]!;
  };
  const recorded = new Map([['angle', Float64Array.from({ length: 40 }, (_, k) => (k < 3 ? 0 : 3 * (k - 3) + 3))]]);
  const [error] = openLoopErrors(adding, [{ ...stretch, recorded }], [3], pendulum);
  expect(error!.angleRmse).toBeLessThan(1e-12);
});

test('a prediction that is not finite is counted and leaves no figure that would flatter', () => {
  const exploding: Step = (states, _actions, count) => {
    if (count < 190) states[0] = NaN;
  };
  const [early, late] = openLoopErrors(exploding, [rolling(1, 200, 0.02)], [5, 25], pendulum);
  expect(early).toMatchObject({ diverged: 0, starts: 195 });
  expect(late).toMatchObject({ diverged: 1, starts: 175, angleRmse: undefined });
});

test('a horizon longer than every stretch has no start and no figure', () => {
  expect(openLoopErrors(nothingMoves, [rolling(1, 10, 0.02)], [25], pendulum)).toEqual([
    { channel: 'angle', steps: 25, angleRmse: undefined, starts: 0, diverged: 0 },
  ]);
});

test.skipIf(realData === undefined)(
  `on a real ring-down the baselines are what an independent computation found (${realData === undefined ? whyNoData : 'pd1nm'})`,
  async () => {
    const spec = readRecordingSpec(`${join(realData!, 'pd1nm_measured.csv')}@12.2:16.5+action=desired.torque`);
    const mapping = readMapping(['time=time:s,position=angle:rad:zero=down,velocity=rate:rad/s'], pendulum);
    const { log } = await readLog(spec, mapping, [readPartnerRule('desired=_measured:_desired')], pendulum);
    const { stretches } = onGrid(log, spec.windows, [], 0, { period: 0.02, smooth: 0.03 }, pendulum);
    const horizons = [10, 25, 50];
    const still = openLoopErrors(nothingMoves, stretches, horizons, pendulum);
    const straight = openLoopErrors(constantVelocity(pendulum, 0.02), stretches, horizons, pendulum);
    const wanted = [
      [0.334, 0.151],
      [0.72, 0.85],
      [0.77, 1.98],
    ] as const;
    wanted.forEach(([stillRmse, straightRmse], i) => {
      expect(Math.abs(still[i]!.angleRmse! / stillRmse - 1)).toBeLessThan(0.01);
      expect(Math.abs(straight[i]!.angleRmse! / straightRmse - 1)).toBeLessThan(0.01);
    });
  },
);
