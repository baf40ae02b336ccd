import { describe, expect, test } from 'vitest';
import { bytesText, isOf, linesOf, matches, recordingKinds, shortTitleOf, titleOf } from '../../src/renderer/state/recordingList';
import { thumbnailPath } from '../../src/renderer/panels/recordings/thumbnail';
import { lengthText, tagsOf, uprightText } from '../../src/renderer/panels/recordings/words';
import { summary } from './summary';

describe('what is listed', () => {
  test('a search wants each word somewhere: in name, setup, tags, note, how it ended', () => {
    const one = summary({
      setup: 'light',
      seed: 7,
      ended: 'The time was over.',
      marks: { tags: ['bench 2'], note: 'new belt', heldOut: false },
    });
    for (const found of ['', '  ', 'LIGHT', 'bench belt', 'seed 7', 'time over', 'episode-1'])
      expect(matches(found, one), found).toBe(true);
    for (const missed of ['pilco', 'light pilco', 'seed 8']) expect(matches(missed, one), missed).toBe(false);
  });
  test('each kind is one question', () => {
    const held = summary({ marks: { tags: [], note: '', heldOut: true } });
    const part = summary({ name: 'x.mcap.part', state: 'part' });
    expect(recordingKinds.filter((kind) => isOf(kind, held))).toEqual(['all', 'simulated', 'heldOut']);
    expect(recordingKinds.filter((kind) => isOf(kind, part))).toEqual(['all', 'simulated', 'needsRecovery']);
    expect(recordingKinds.filter((kind) => isOf(kind, summary({ rig: 'imported' })))).toEqual(['all', 'imported']);
    expect(isOf('needsRecovery', summary({ state: 'open' }))).toBe(false);
  });
  test('days head the list, once each, in the time of the reader', () => {
    const today = new Date(2026, 10, 27, 18);
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
    const all = [at(27, 12), at(27, 1), at(26, 23), at(3, 12)].map((startedAt) => summary({ startedAt }));
    const words = linesOf([...all, summary({ startedAt: 'never' })], today).map((line) => (line.kind === 'day' ? line.label : line.at));
    expect(words).toEqual(['Today', 0, 1, 'Yesterday', 2, '3 November 2026', 3, 'Without a date', 4]);
  });
  test('names lose their ending, sizes and lengths have units', () => {
    expect(titleOf('a.mcap')).toBe('a');
    expect(titleOf('a.mcap.part')).toBe('a');
    expect(shortTitleOf('2026-11-27T18-25-02-cartPole-light-episode-12.mcap')).toEqual({ time: '18:25:02', rest: 'cartPole-light 12' });
    expect(shortTitleOf('cartPole-light-seed-1-episode-1.mcap')).toEqual({ time: '', rest: 'cartPole-light-seed-1 1' });
    expect(shortTitleOf('mine.mcap')).toEqual({ time: '', rest: 'mine' });
    expect([0, 999, 1000, 220_000, 99_600_000, 214e6, 3.21e12].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '220 kB',
      '100 MB',
      '214 MB',
      '3.2 TB',
    ]);
    expect(lengthText(summary({ seconds: 8 }))).toBe('8.0 s');
    expect(lengthText(summary({ seconds: 3600 }))).toBe('60.0 min');
    expect(lengthText(summary({ rows: 0 }))).toBe('–');
    expect(uprightText(summary({ uprightFrom: 1.65 }))).toBe('1.65 s');
    expect(uprightText(summary({ uprightFrom: NaN }))).toBe('never');
    expect(uprightText(summary({ uprightFrom: NaN, random: true }))).toBe('never, random');
    expect(uprightText(summary({ state: 'part' }))).toBe('–');
    expect(tagsOf(' a, b ,, a ,c d')).toEqual(['a', 'b', 'c d']);
  });
  test('the small picture is lifted where the angle goes round, and holds its box', () => {
    expect(thumbnailPath(new Float32Array(0), 88, 18)).toBe('');
    expect(thumbnailPath(Float32Array.of(0, 3.1, -3.1, NaN, 0), 88, 18).match(/M/g)).toHaveLength(3);
    const numbers = thumbnailPath(Float32Array.of(-Math.PI, Math.PI, 0), 88, 18)
      .match(/[\d.]+/g)!
      .map(Number);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(88);
  });
});
