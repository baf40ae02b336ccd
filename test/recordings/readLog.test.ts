import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLog } from '../../src/main/storage/readLog';
import { pendulum } from '../../src/shared/plants/pendulum';
import { readMapping, readPartnerRule } from '../../src/shared/recordings/mapping';
import { readRecordingSpec } from '../../src/shared/recordings/recordingSpec';
import { FileRefused, MappingError } from '../../src/shared/recordings/refusal';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'upright-logs-'))));
afterAll(() => rm(folder, { recursive: true }));

const standard = 't=time:s,a=angle:rad:zero=up,w=rate:rad/s,u=action:Nm';
function read(name: string, content: string | Uint8Array, { map = standard, tail = '', partner = [] as string[] } = {}) {
  writeFileSync(join(folder, name), content);
  return readLog(readRecordingSpec(join(folder, name) + tail), readMapping([map], pendulum), partner.map(readPartnerRule), pendulum);
}
async function refusalOf(promise: Promise<unknown>): Promise<FileRefused | MappingError> {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof FileRefused || error instanceof MappingError) return error;
  throw new Error(`not refused: ${String(error)}`);
}
const local = (error: FileRefused) => error.sentence.replaceAll(`${folder}/`, '');

describe('a log in SI and in the signs of the house', () => {
  test('units, sign, zero, ignored columns', async () => {
    const { log, ignoredColumns, actionColumn } = await read('a.csv', 't,deg,rpm,mNm,note\n0,0,60,500,x\n10,90,-60,250,y\n', {
      map: 't=time:ms,deg=angle:deg:zero=down:sign=-1,rpm=rate:rpm:sign=-1,mNm=action:mNm:sign=-1',
    });
    expect([...log.time]).toEqual([0, 0.01]);
    expect([...log.channels.get('angle')!]).toEqual([Math.PI, Math.PI - Math.PI / 2]);
    expect(log.channels.get('rate')![0]).toBeCloseTo(-2 * Math.PI, 12);
    expect([...log.action]).toEqual([-0.5, -0.25]);
    expect([ignoredColumns, actionColumn]).toEqual([['note'], 'mNm']);
  });

  test('an angle that was recorded within one turn is unwrapped, and says so', async () => {
    const turning = Array.from({ length: 100 }, (_, i) => 0.3 * i);
    const wrapped = turning.map((a) => Math.atan2(Math.sin(a), Math.cos(a)));
    for (const [range, values] of [
      ['pi', wrapped],
      ['2pi', wrapped.map((a) => (a < 0 ? a + 2 * Math.PI : a))],
    ] as const) {
      for (const option of ['', `:wrap=${range}`]) {
        const { log } = await read('w.csv', `t,a,u\n${values.map((a, i) => `${i},${a},0`).join('\n')}\n`, {
          map: `t=time:s,a=angle:rad:zero=up${option},u=action:Nm`,
        });
        log.channels.get('angle')!.forEach((angle, i) => expect(angle - turning[i]!).toBeCloseTo(0, 9));
        expect(log.notes.some(({ code }) => code === 'unwrapped')).toBe(option === '');
      }
    }
  });

  test('an angle that goes on beyond a turn is left alone; a claim that it is wrapped is contradicted', async () => {
    const text = `t,a,u\n${Array.from({ length: 20 }, (_, i) => `${i},${4 * i},0`).join('\n')}\n`;
    const { log } = await read('u.csv', text, { map: 't=time:s,a=angle:rad:zero=up,u=action:Nm' });
    expect(log.channels.get('angle')![19]).toBe(76);
    expect((await refusalOf(read('u.csv', text, { map: 't=time:s,a=angle:rad:zero=up:wrap=pi,u=action:Nm' }))).message).toContain(
      'is not wrapped as stated: it reads 4 rad',
    );
  });

  test("a zero that nobody stated is assumed and told; so is a drive's unit", async () => {
    const { log } = await read('z.csv', 't,a,u\n0,0,1\n1,0,1\n', { map: 't=time:s,a=angle:rad,u=action:V' });
    expect(log.notes.map(({ code }) => code)).toEqual(['zeroAssumed', 'driveUnit']);
  });

  test('stamps in nanoseconds since 1970', async () => {
    const { log } = await read('ns.csv', 't,a,u\n1700000000000000000,0,0\n1700000000020000000,0,0\n', {
      map: 't=time:ns,a=angle:rad:zero=up,u=action:Nm',
    });
    expect(log.samplePeriod).toBeCloseTo(0.02, 6);
  });

  test('repeated times are kept and told', async () => {
    const { log } = await read('d.csv', 't,a,w,u\n0,0,0,0\n0.1,0,0,0\n0.1,0,0,0\n0.1,0,0,0\n0.2,0,0,0\n');
    expect(log.rows).toBe(5);
    expect(log.notes).toEqual([
      { code: 'duplicateTime', text: '2 rows repeat the time of the row before, the first in line 4; all were kept.' },
    ]);
  });

  test('the action of the recording wins over the mapping, and keeps its sign when it is the mapped column', async () => {
    const text = 't,a,w,u,v\n0,0,0,1,5\n1,0,0,2,6\n';
    expect([...(await read('r.csv', text, { tail: '+action=v:mNm' })).log.action]).toEqual([0.005, 0.006]);
    expect([...(await read('r.csv', text, { tail: '+action=u', map: standard.replace('Nm', 'Nm:sign=-1') })).log.action]).toEqual([-1, -2]);
  });
});

describe('partners', () => {
  const main = 't,a,w,u\n0,0,0,0\n0.1,0,0,0\n0.2,0,0,0\n';
  const partner = ['desired=_measured:_desired'];

  test('with the same number of rows go row by row, whatever their clock says', async () => {
    writeFileSync(join(folder, 'x_desired.csv'), 't,torque\n5,1\n6,2\n7,3\n');
    const { log, ignoredColumns } = await read('x_measured.csv', main, { tail: '+action=desired.torque', partner });
    expect([...log.action]).toEqual([1, 2, 3]);
    expect(ignoredColumns).toEqual(['u']);
  });

  test('with another number of rows go by time, within half a sample', async () => {
    writeFileSync(join(folder, 'y_desired.csv'), 't,torque\n-0.03,1\n0.06,9\n0.11,2\n0.19,3\n0.5,4\n');
    expect([...(await read('y_measured.csv', main, { tail: '+action=desired.torque', partner })).log.action]).toEqual([1, 2, 3]);
  });

  test('too far away in time are refused', async () => {
    writeFileSync(join(folder, 'z_desired.csv'), 't,torque\n0,1\n0.1,2\n');
    expect(local((await refusalOf(read('z_measured.csv', main, { tail: '+action=desired.torque', partner }))) as FileRefused)).toBe(
      'z_desired.csv:3: its nearest row, at 0.1 s, is not within half a sample of line 4 of z_measured.csv at 0.2 s. Export both over the same time.',
    );
  });

  test('that do not exist are refused; a rule that does not fit the name matters only when it is asked', async () => {
    expect(local((await refusalOf(read('q_measured.csv', main, { tail: '+action=desired.torque', partner }))) as FileRefused)).toContain(
      'q_desired.csv: there is no such file.',
    );
    await read('plain.csv', main, { partner });
    expect((await refusalOf(read('plain.csv', main, { tail: '+action=desired.torque', partner }))).message).toContain(
      'is found by replacing "_measured"',
    );
  });
});

describe('logs that are refused', () => {
  test('a missing column, with the columns that there are', async () => {
    const error = await refusalOf(read('m.csv', 't,a,speed,u\n0,0,0,0\n'));
    expect(error).toBeInstanceOf(MappingError);
    expect(error.message.replaceAll(`${folder}/`, '')).toBe('m.csv has no column "w". It has "t", "a", "speed", "u".');
  });

  test('a name that stands there twice', async () => {
    const error = await refusalOf(read('m2.csv', 't,a,w,u,u\n0,0,0,0,0\n'));
    expect(error.remedy).toBe('Say which by its position: "#4" and "#5".');
    const byPosition = await read('m2.csv', 't,a,w,u,u\n0,0,0,1,2\n1,0,0,1,2\n', { map: 't=time:s,a=angle:rad:zero=up,#5=action:Nm' });
    expect(byPosition.log.action[0]).toBe(2);
  });

  test('without time, angle or action', async () => {
    const text = 't,a,w,u\n0,0,0,0\n1,0,0,0\n';
    expect((await refusalOf(read('n.csv', text, { map: 'a=angle:rad,u=action:Nm' }))).message).toContain('No column');
    expect((await refusalOf(read('n.csv', text, { map: 't=time:s,u=action:Nm' }))).remedy).toBe('Add --map COLUMN=angle:UNIT.');
    expect((await refusalOf(read('n.csv', text, { map: 't=time:s,a=angle:rad' }))).remedy).toContain('+action=COLUMN');
  });

  test('a clock that falls back, with its line', async () => {
    expect(local((await refusalOf(read('f.csv', 'a,t,w,u\n0,0,0,0\n0,0.1,0,0\n0,0.05,0,0\n'))) as FileRefused)).toBe(
      'f.csv:4:2: a time of 0.05 s after one of 0.1 s is not a clock that runs forward (t). If a second recording begins here, split the file; else put its rows in order.',
    );
  });

  test('a clock that stands still', async () => {
    expect(local((await refusalOf(read('s.csv', 't,a,w,u\n1,0,0,0\n1,0,0,0\n'))) as FileRefused)).toContain(
      's.csv:3:1: a time that stands still is not a clock (t).',
    );
  });

  test('no file, a folder, another kind of file, UTF-16, a byte that is not UTF-8', async () => {
    const missing = readLog(readRecordingSpec(join(folder, 'nowhere.csv')), readMapping([standard], pendulum), [], pendulum);
    expect(local((await refusalOf(missing)) as FileRefused)).toContain('nowhere.csv: there is no such file.');
    const directory = readLog(readRecordingSpec(folder), readMapping([standard], pendulum), [], pendulum);
    expect((await refusalOf(directory)).message).toBe('a folder is not a recording.');
    expect(local((await refusalOf(read('x.xlsx', 'PK'))) as FileRefused)).toContain('x.xlsx: a file of this kind is not CSV');
    expect(local((await refusalOf(read('u16.csv', Buffer.from('\uFEFFt,a\n0,1\n', 'utf16le')))) as FileRefused)).toContain(
      'u16.csv:1: text in UTF-16 is not text in UTF-8.',
    );
    const latin = Buffer.concat([Buffer.from('t,a,w,u,note\n0,0,0,0,ok\n1,0,0,0,90'), Buffer.from([0xb0]), Buffer.from('\n')]);
    expect(local((await refusalOf(read('latin.csv', latin))) as FileRefused)).toBe(
      'latin.csv:3: a byte that is not UTF-8 is not text. Save the file as UTF-8.',
    );
  });
});
