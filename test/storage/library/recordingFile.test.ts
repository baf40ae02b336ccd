import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bases } from '../../../src/shared/controllers/controller';
import { decodePlanFrame } from '../../../src/shared/episodes/planFrame';
import { FileRefused } from '../../../src/shared/recordings/refusal';
import { EpisodeFiles } from '../../../src/main/storage/episodeFiles';
import { RecordingFile } from '../../../src/main/storage/library/recordingFile';
import { readEpisodeFile } from '../../../src/main/storage/readEpisodeFile';
import { recordInto } from '../../support/recordedPendulum';

const folder = mkdtempSync(join(tmpdir(), 'upright-recording-'));
let path: string;
beforeAll(async () => {
  const files = new EpisodeFiles(
    folder,
    ({ episode }) => `episode-${episode + 1}`,
    (text) => expect.fail(text),
  );
  await recordInto(files, 'light', {}, 6);
  path = files.written.at(-1)!;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withFile = <T>(work: (file: RecordingFile) => T, at = path): T => {
  const file = RecordingFile.open(at);
  try {
    return work(file);
  } finally {
    file.close();
  }
};

describe('any part of a recording', () => {
  test('all of it is what a reader of the whole file finds, to the last bit', () => {
    const { header, periods } = readEpisodeFile(path);
    withFile((file) => {
      const { every, rows } = file.rowsBetween(0, file.seconds, 20_000);
      expect(every).toBe(1);
      expect(file.header).toEqual(header);
      expect([file.rows, rows.count]).toEqual([periods.length, periods.length]);
      expect(file.seconds).toBeCloseTo(periods.at(-1)!.time, 9);
      expect(rows.firstStep).toBe(0);
      expect(Array.from(rows.times)).toEqual(periods.map(({ time }) => time));
      expect(Array.from(rows.states)).toEqual(periods.flatMap(({ state }) => state));
      expect(Array.from(rows.truths)).toEqual(periods.flatMap(({ truth }) => truth!));
      expect(Array.from(rows.costs)).toEqual(periods.flatMap(({ costs }) => costs));
      expect(Array.from(rows.applied)).toEqual(periods.map(({ applied }) => applied));
      expect(Array.from(rows.commands)).toEqual(periods.map(({ decided }) => decided?.sent ?? NaN));
      expect(Array.from(rows.basis)).toEqual(
        periods.map(({ decided }) => (decided === undefined ? 4 : bases.indexOf(decided.basis as never))),
      );
      expect(rows.commands.at(-1)).toBeNaN();
    });
  });
  test.each([
    [0, 0],
    [0.5, 1.5],
    [0.51, 0.54],
    [0.99, 1.001],
    [-5, 0.2],
    [2, 1e6],
  ])('from %d to %d s: the rows with these times, both ends included', (from, to) => {
    const wanted = readEpisodeFile(path).periods.filter(({ time }) => time >= from && time <= to);
    const { rows } = withFile((file) => file.rowsBetween(from, to, 20_000));
    expect(Array.from(rows.times)).toEqual(wanted.map(({ time }) => time));
    expect(rows.firstStep).toBe(wanted[0]?.step ?? 0);
  });
  test.each([2, 7, 20, 50])('of more than %d rows evenly chosen ones, the first always', (most) => {
    const { periods } = readEpisodeFile(path);
    const { every, rows } = withFile((file) => file.rowsBetween(0, file.seconds, most));
    expect(every).toBe(Math.ceil(periods.length / most));
    expect(Array.from(rows.times)).toEqual(periods.filter(({ step }) => step % every === 0).map(({ time }) => time));
    expect(rows.count).toBeLessThanOrEqual(most);
  });
  test('plans come as they were drawn, in order, evenly chosen where they are too many', () => {
    const { fanCount } = readEpisodeFile(path);
    expect(fanCount).toBeGreaterThan(4);
    withFile((file) => {
      expect(file.plans).toBe(fanCount);
      const all = file.plansBetween(0, file.seconds + 1, 400).map(decodePlanFrame);
      expect(all.length).toBe(fanCount);
      expect(all.every(({ time, rollouts, size }, i) => rollouts > 0 && size === 4 && (i === 0 || time > all[i - 1]!.time))).toBe(true);
      const few = file.plansBetween(0, file.seconds + 1, 3).map(decodePlanFrame);
      expect(few.length).toBeLessThanOrEqual(3);
      expect(few.every(({ id }) => all.some((plan) => plan.id === id))).toBe(true);
      const part = file.plansBetween(all[1]!.time, all[3]!.time, 400).map(decodePlanFrame);
      expect(part.map(({ id }) => id)).toEqual(all.slice(1, 4).map(({ id }) => id));
    });
  });
  test('what happened stands at its time, and the end is the last', () => {
    withFile((file) => {
      const moments = file.moments();
      expect(moments.at(-1)).toMatchObject({ kind: 'end', label: 'end' });
      expect(moments.every(({ time }) => time >= 0 && time <= file.seconds)).toBe(true);
      expect(file.ended()).not.toBe('');
    });
  });
});

describe('what is not whole', () => {
  const spoilt = join(folder, 'spoilt.mcap');
  const refusal = (work: () => unknown): FileRefused => {
    try {
      work();
    } catch (error) {
      if (error instanceof FileRefused) return error;
      throw error;
    }
    return expect.fail('It was not refused.');
  };
  const readAll = () =>
    withFile(
      (file) => [file.rowsBetween(0, 1e3, 20_000), file.rowsBetween(0, 1e3, 9), file.plansBetween(0, 1e3, 400), file.moments()],
      spoilt,
    );

  test('a file that was cut anywhere is refused in a sentence that says what to do', () => {
    const { length } = readFileSync(path);
    for (let share = 0; share < 1; share += 0.013) {
      copyFileSync(path, spoilt);
      truncateSync(spoilt, Math.floor(length * share));
      expect(refusal(readAll).sentence).toMatch(/upright recover|Check the path/);
    }
  });
  test('one flipped bit anywhere: refused, or nothing that was asked for is altered', () => {
    const whole = readFileSync(path);
    copyFileSync(path, spoilt);
    const right = readAll();
    let refused = 0;
    for (let at = 3; at < whole.length; at += Math.floor(whole.length / 400)) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      writeFileSync(spoilt, bytes);
      try {
        expect(readAll()).toEqual(right);
      } catch (error) {
        if (!(error instanceof FileRefused)) throw error;
        expect(error.sentence).toMatch(/upright (recover|convert)/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(300); // messages make up nearly all of the file
  }, 60_000);
  test('a file of another kind, and one of another program', () => {
    writeFileSync(spoilt, 'time,angle\n0,1\n');
    expect(refusal(readAll).sentence).toMatch(/was not ended|begin as MCAP/);
    expect(refusal(() => RecordingFile.open(join(folder, 'nothing.mcap'))).sentence).toMatch(/no such file/);
  });
});
