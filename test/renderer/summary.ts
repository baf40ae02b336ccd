import { noMarks, type RecordingSummary } from '../../src/shared/episodes/library';

/** A whole recording of eight seconds; what is given differs. */
export const summary = (given: Partial<RecordingSummary> = {}): RecordingSummary => ({
  name: '2026-11-27T12-00-00-cartPole-light-episode-1.mcap',
  state: 'whole',
  reason: '',
  bytes: 220_000,
  startedAt: '2026-11-27T12:00:00.000Z',
  rig: 'simulated',
  plant: 'cartPole',
  setup: 'light',
  hash: '3f9c2a1',
  seed: 1,
  episode: 0,
  software: '0.1.0',
  period: 0.05,
  rows: 161,
  seconds: 8,
  cost: 284,
  uprightFrom: NaN,
  random: false,
  ended: '',
  thumbnail: Float32Array.of(3, 1, 0),
  marks: noMarks,
  ...given,
});
