import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapWriter } from '@mcap/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertFile } from '../../../src/main/storage/convert/convertFile';
import { readTable } from '../../../src/main/storage/convert/readTable';
import { JointRefused, jointsOfCdr } from '../../../src/main/storage/tables/jointMessage';
import { cellOf } from '../../../src/main/storage/tables/table';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'upright-joints-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Joints {
  readonly sec: number;
  readonly nanosec: number;
  readonly frame: string;
  readonly names: readonly string[];
  readonly position: readonly number[];
  readonly velocity: readonly number[];
  readonly effort: readonly number[];
}
const some: Joints = {
  sec: 1_700_000_000,
  nanosec: 123_456_789,
  frame: 'base',
  names: ['cart', 'pole ü'],
  position: [0.25, -0],
  velocity: [NaN, 1 / 3],
  effort: [],
};

/** A message by hand, as the rules of CDR lay it out. */
function cdr({ sec, nanosec, frame, names, position, velocity, effort }: Joints, little = true): Buffer {
  const bytes: number[] = [];
  const align = (size: number) => {
    while (bytes.length % size !== 0) bytes.push(0);
  };
  const number = (size: number, write: (view: DataView) => void) => {
    align(size);
    const view = new DataView(new ArrayBuffer(size));
    write(view);
    bytes.push(...new Uint8Array(view.buffer));
  };
  const uint32 = (value: number) => number(4, (view) => view.setUint32(0, value, little));
  const text = (value: string) => {
    const utf8 = Buffer.from(value);
    uint32(utf8.length + 1);
    bytes.push(...utf8, 0);
  };
  number(4, (view) => view.setInt32(0, sec, little));
  uint32(nanosec);
  text(frame);
  uint32(names.length);
  names.forEach(text);
  for (const list of [position, velocity, effort]) {
    uint32(list.length);
    for (const value of list) number(8, (view) => view.setFloat64(0, value, little));
  }
  return Buffer.from([0, little ? 1 : 0, 0, 0, ...bytes]);
}

interface Sent {
  readonly topic: string;
  readonly schema: string;
  readonly encoding: 'cdr' | 'json';
  readonly schemaEncoding: string;
  readonly messages: readonly Uint8Array[];
}
async function mcap(name: string, topics: readonly Sent[]): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0n;
  const write = (bytes: Uint8Array) => {
    pieces.push(bytes.slice());
    size += BigInt(bytes.length);
    return Promise.resolve();
  };
  const writer = new McapWriter({ writable: { position: () => size, write } });
  await writer.start({ profile: 'ros2', library: 'somebody' });
  for (const { topic, schema, encoding, schemaEncoding, messages } of topics) {
    const schemaId = await writer.registerSchema({ name: schema, encoding: schemaEncoding, data: Buffer.from('whatever') });
    const channelId = await writer.registerChannel({ schemaId, topic, messageEncoding: encoding, metadata: new Map() });
    for (const [sequence, data] of messages.entries()) {
      const logTime = 1_000_000_000n + BigInt(sequence) * 20_000_000n;
      await writer.addMessage({ channelId, sequence, logTime, publishTime: logTime, data });
    }
  }
  await writer.end();
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}
const ros = (topic: string, messages: readonly Uint8Array[], schemaEncoding = 'ros2msg'): Sent => ({
  topic,
  schema: 'sensor_msgs/msg/JointState',
  encoding: 'cdr',
  schemaEncoding,
  messages,
});
const json = (schema: string, messages: readonly object[], topic = '/joints'): Sent => ({
  topic,
  schema,
  encoding: 'json',
  schemaEncoding: 'jsonschema',
  messages: messages.map((message) => Buffer.from(JSON.stringify(message))),
});

describe('joints of ROS 2', () => {
  test.each([true, false])('are read in either byte order (little: %s)', (little) => {
    expect(jointsOfCdr(cdr(some, little))).toEqual({
      stamp: 1_700_000_000_123_456_789n,
      frame: 'base',
      names: ['cart', 'pole ü'],
      values: { position: [0.25, -0], velocity: [NaN, 1 / 3], effort: [] },
    });
  });
  test('are read as any sender lays them out, whatever the lengths of names do to the alignment', () => {
    const numbers = fc.array(fc.double(), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 9, unit: 'binary' }), { minLength: 3, maxLength: 3 }),
        fc.string({ maxLength: 9, unit: 'binary' }),
        numbers,
        fc.option(numbers, { nil: [] }),
        fc.boolean(),
        (names, frame, position, effort, little) => {
          const read = jointsOfCdr(cdr({ ...some, names, frame, position, velocity: [], effort }, little));
          expect(read).toMatchObject({ names, frame, values: { position, velocity: [], effort } });
        },
      ),
      { seed: 20261127, numRuns: 300 },
    );
  });
  test('become a table without a word on the way: upright convert writes the CSV', async () => {
    const later = { ...some, nanosec: 143_456_789, velocity: [], effort: [3, Infinity] };
    const from = await mcap('ros.mcap', [ros('/joint_states', [cdr(some), cdr(later, false)]), ros('/other', [cdr(some)], 'ros2idl')]);
    const notes: string[] = [];
    const to = join(folder, 'ros.csv');
    const done = await convertFile({ from, to, library: 'test', onNote: ({ code }) => notes.push(code) });
    expect(readFileSync(to, 'utf8').split('\n').slice(1)).toEqual([
      '# units: s,s,1,1,1,1,1,1',
      'logTime,stamp,position.cart,position.pole ü,velocity.cart,velocity.pole ü,effort.cart,effort.pole ü',
      '1,1700000000.1234567,0.25,-0,NaN,0.3333333333333333,,',
      '1.02,1700000000.1434567,0.25,-0,,,3,Infinity',
      '',
    ]);
    expect(notes).toEqual(['topicAssumed', 'unitsUnknown']);
    expect(done).toMatchObject({ kind: 'table', rows: 2, columns: 8 });
    expect(done.losses).toEqual([
      'A table has one kind of row; other topics are left out (/other).',
      'Times have more digits than a number holds; logTime and stamp are rounded, by less than a microsecond.',
      'CSV has no place for what else the file says of itself ("frame").'.replace(/"/g, ''),
    ]);
  });
  test('of another encoding of the schema, or another message, stay what they were: passed over and told', async () => {
    const from = await mcap('strange.mcap', [
      ros('/joint_states', [cdr(some)], 'protobuf'),
      { ...ros('/image', [Buffer.from([1])]), schema: 'sensor_msgs/msg/Image' },
      json('Pose', [{ angle: 1 }], '/pose'),
    ]);
    const table = await readTable(from, undefined, {});
    expect([table.title, table.losses]).toEqual([
      '/pose',
      ['A table has one kind of row; other topics are left out (/joint_states, /image).'],
    ]);
  });

  const wrong = (change: (bytes: Buffer) => Buffer | void) => {
    const bytes = cdr(some);
    return change(bytes) ?? bytes;
  };
  const lengthAt = 4 + 8; // of the frame
  test.each<[string, Buffer, string]>([
    ['no bytes', Buffer.alloc(0), '0 bytes do not say how it is encoded'],
    ['another encoding', wrong((b) => void (b[1] = 3)), '(0x0003) that is not the plain CDR'],
    ['a text of 4 GB', wrong((b) => void b.writeUInt32LE(0xffff_ffff, lengthAt)), 'it claims a text of 4294967295 characters'],
    ['a text beyond the end', wrong((b) => void b.writeUInt32LE(5000, lengthAt)), 'claims a text of 5000 characters, and has'],
    ['a text without its zero', wrong((b) => void b.writeUInt32LE(4, lengthAt)), 'does not end in zero'],
    ['names without end', wrong((b) => void b.writeUInt32LE(0xffff_ffff, lengthAt + 12)), 'claims 4294967295 names, and has'],
    ['a text that is none', wrong((b) => void (b[lengthAt + 4] = 0xff)), 'is not UTF-8'],
    ['billionths beyond a second', wrong((b) => void b.writeUInt32LE(2e9, 8)), 'is no time'],
    ['values for no name', cdr({ ...some, position: [1] }), '1 values of position do not belong to 2 names'],
    ['two joints of one name', cdr({ ...some, names: ['a', 'a'] }), 'two joints are called "a"'],
    ['a joint without a name', cdr({ ...some, names: ['', 'a'] }), 'a joint has no name'],
    ['more bytes than it says', Buffer.concat([cdr(some), Buffer.alloc(8)]), '8 bytes are left over'],
  ])('refuse %s', (_what, bytes, words) => {
    expect(() => jointsOfCdr(bytes)).toThrow(JointRefused);
    expect(() => jointsOfCdr(bytes)).toThrow(words);
  });
  test('refuse every cut, and never read beyond the message', () => {
    const whole = cdr({ ...some, effort: [1, 2] });
    const around = Buffer.concat([whole, Buffer.alloc(1 << 12, 65)]);
    for (let length = 0; length < whole.length; length++)
      expect(() => jointsOfCdr(around.subarray(0, length)), `${length} bytes`).toThrow(JointRefused);
  });
  test('whose bytes are anything end in a sentence or in what they say', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const bytes = cdr(some);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          const { names } = jointsOfCdr(bytes);
          expect(names.length).toBeLessThan(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(JointRefused);
        }
      }),
      { seed: 20261127, numRuns: 3000 },
    );
  });
  test('are refused with the place of the message', async () => {
    const from = await mcap('bad.mcap', [ros('/joint_states', [cdr(some), cdr({ ...some, position: [1] })])]);
    await expect(readTable(from, undefined, {})).rejects.toThrow('message 2 of "/joint_states": 1 values of position');
  });
});

describe('joints in JSON', () => {
  test('of Foxglove become columns by the names of the joints', async () => {
    const timestamp = { sec: 5, nsec: 500_000_000 };
    const from = await mcap('foxglove.mcap', [
      json('foxglove.JointStates', [
        {
          timestamp,
          joints: [
            { name: 'cart', position: 1, velocity: 2 },
            { name: 'pole', position: 'NaN' },
          ],
        },
        { timestamp, joints: [{ name: 'pole', position: 3, effort: -1 }] },
      ]),
    ]);
    const table = await readTable(from, undefined, {});
    expect(table.columns.map((column) => [column.name, cellOf(column, 0), cellOf(column, 1)])).toEqual([
      ['logTime', 1, 1.02],
      ['stamp', 5.5, 5.5],
      ['position.cart', 1, null],
      ['position.pole', NaN, 3],
      ['velocity.cart', 2, null],
      ['effort.pole', null, -1],
    ]);
    expect(table.losses).toEqual([]);
  });
  test('of ROS are the same as in CDR', async () => {
    const { sec, nanosec, frame, names, position } = some;
    const said = { header: { stamp: { sec, nanosec }, frame_id: frame }, name: names, position, velocity: ['NaN', 1 / 3], effort: [] };
    const [a, b] = [
      await mcap('same json.mcap', [json('sensor_msgs/msg/JointState', [said], '/joint_states')]),
      await mcap('same cdr.mcap', [ros('/joint_states', [cdr({ ...some, position: [0.25, 0] })])]),
    ];
    expect(await readTable(a, undefined, {})).toEqual(await readTable(b, undefined, {}));
  });
  test.each([
    ['joints that are none', { joints: [5] }, 'a joint is no group'],
    ['neither list', { pose: 1 }, 'no list of joints and no list of names'],
    ['a value that is none', { name: ['a'], position: ['x'] }, 'a value of position is no number'],
  ])('refuse %s', async (_what, message, words) => {
    const from = await mcap('hostile.mcap', [json('foxglove.JointStates', [message])]);
    await expect(readTable(from, undefined, {})).rejects.toThrow(words);
  });
  test('of a schema with another name stay dotted columns', async () => {
    const table = await readTable(await mcap('plain.mcap', [json('Arm', [{ joints: [{ name: 'a', position: 1 }] }])]), undefined, {});
    expect(table.columns.map(({ name }) => name)).toEqual(['logTime', 'joints.0.name', 'joints.0.position']);
  });
});
