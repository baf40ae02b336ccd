import { describe, expect, expectTypeOf, test } from 'vitest';
import type { WorkbenchApi } from '../../src/shared/contract/contract';
import { decode, encode } from '../../src/shared/contract/codec';
import { connect, serve } from '../../src/shared/contract/rpc';
import { memoryPipe, type Transport } from '../../src/shared/contract/transport';
import { callNames, fullParams, optional, rememberingApi, servedByHand, settled } from './contractParts';

function joined(answers: Partial<WorkbenchApi> = {}) {
  const [near, far] = memoryPipe();
  const { api, heard } = rememberingApi(answers);
  const served = serve(far, api);
  return { client: connect(near), served, heard, near, far };
}

describe('a call', () => {
  test.each(callNames)('%s arrives with its parameters and is answered', async (name) => {
    const { client, heard } = joined({ [name]: async () => ({ answerTo: name }) } as never);
    const ask = client[name] as (params: unknown) => Promise<unknown>;
    expect(await ask(fullParams[name])).toEqual({ answerTo: name });
    expect(heard).toEqual([{ name, params: fullParams[name] }]);
  });
  test('is answered by its own answer when a later one is ready first', async () => {
    const { client } = joined({
      takeControls: ({ take }) => new Promise((done) => setTimeout(() => done({ lease: String(take) }), take ? 20 : 0)),
    });
    expect(await Promise.all([client.takeControls({ take: true }), client.takeControls({ take: false })])).toEqual([
      { lease: 'true' },
      { lease: 'false' },
    ]);
  });
  test('carries values that JSON has not, and shares no memory', async () => {
    const own = Float64Array.of(NaN, Infinity);
    const { client } = joined({ snapshot: async () => ({ times: own, cost: -Infinity }) as never });
    const answer = (await client.snapshot()) as unknown as { times: Float64Array };
    expect(answer).toEqual({ times: own, cost: -Infinity });
    answer.times[0] = 1;
    expect(own[0]).toBeNaN();
  });
  test('that fails rejects with the name and the words of the failure', async () => {
    const { client } = joined({
      start: async () => {
        throw new RangeError('Another client holds the controls.');
      },
    });
    await expect(client.start({ lease: 'l' })).rejects.toMatchObject({ name: 'RangeError', message: 'Another client holds the controls.' });
  });
  test('whose handler throws something that is no error, or throws at once, rejects all the same', async () => {
    const { client } = joined({
      start: () => Promise.reject('in a word'),
      forget: () => {
        throw new Error('at once');
      },
    });
    await expect(client.start({ lease: 'l' })).rejects.toThrow('in a word');
    await expect(client.forget({ lease: 'l' })).rejects.toThrow('at once');
  });
  test('of a misspelt name or with a misspelt field does not compile', () => {
    expectTypeOf<WorkbenchApi>().not.toHaveProperty('begin');
    expectTypeOf<Parameters<WorkbenchApi['stop']>[0]>().toEqualTypeOf<{ reason: string }>();
  });
});

describe('the check at run time', () => {
  async function refusalOf(name: string, params: unknown): Promise<string> {
    const { api, heard } = rememberingApi();
    const server = servedByHand(api);
    server.receive({ kind: 'call', id: 1, name, params });
    await settled();
    expect(heard).toEqual([]);
    expect(server.sent).toMatchObject([{ kind: 'error', id: 1, name: 'TypeError' }]);
    return server.sent[0].message!;
  }

  test.each(['begin', '', 'toString', '__proto__', 'constructor', 'x'.repeat(1e5)])('refuses the unknown call "%.20s"', async (name) => {
    const message = await refusalOf(name, {});
    expect(message).toMatch(/^The workbench has no call named/);
    expect(message.length).toBeLessThan(120);
  });
  test.each(callNames)('%s refuses an unknown key beside the known ones', async (name) => {
    const message = await refusalOf(name, { ...(fullParams[name] as object | undefined), surplus: 1 });
    if (fullParams[name] !== undefined) expect(message).toMatch(/Unrecognized key: "surplus"/);
  });
  test.each(callNames)('%s refuses a __proto__ that came as a key', async (name) => {
    const params = JSON.parse(
      JSON.stringify(fullParams[name] ?? {})
        .replace('{', '{"__proto__":{"take":true,"lease":"l"},')
        .replace(',}', '}'),
    ) as unknown;
    await refusalOf(name, params);
  });
  test.each(callNames.filter((name) => fullParams[name] !== undefined))(
    '%s refuses to do without what it needs, and does without the rest',
    async (name) => {
      for (const key of Object.keys(fullParams[name]!)) {
        const { [key]: _left, ...rest } = fullParams[name] as unknown as Record<string, unknown>;
        if (!optional[name]?.includes(key)) {
          expect(await refusalOf(name, rest)).toContain(key);
          continue;
        }
        const { api, heard } = rememberingApi();
        servedByHand(api).receive({ kind: 'call', id: 1, name, params: rest });
        await settled();
        expect(heard).toEqual([{ name, params: rest }]);
      }
    },
  );
  test.each(callNames.filter((name) => fullParams[name] !== undefined))(
    '%s refuses values of a wrong kind in every place',
    async (name) => {
      const wrong = [
        undefined,
        null,
        NaN,
        Infinity,
        {},
        [{}],
        Symbol('x'),
        () => 1,
        1n,
        new Map(),
        new Date(0),
        Float64Array.of(1),
        new Array(3),
      ];
      for (const key of Object.keys(fullParams[name]!)) {
        for (const value of wrong) {
          if (value === undefined && optional[name]?.includes(key)) continue;
          // an empty object holds no settings to change: that is no mistake
          if (name === 'changeSettings' && key === 'values' && typeof value === 'object' && value?.constructor === Object) continue;
          const message = await refusalOf(name, { ...(fullParams[name] as object), [key]: value });
          expect(message).toMatch(new RegExp(`^${name} was refused: `));
        }
      }
      for (const value of wrong.slice(1)) await refusalOf(name, value);
    },
  );
  test.each<[string, unknown, RegExp]>([
    ['setSpeed', { lease: 'l', speed: 0.09 }, />=0\.1/],
    ['setSpeed', { lease: 'l', speed: 10.1 }, /<=10/],
    ['push', { lease: 'l', force: 101, torque: 0, seconds: 0.1 }, /<=100/],
    ['push', { lease: 'l', force: 1e308, torque: 0, seconds: 0.1 }, /<=100/],
    ['push', { lease: 'l', force: 0, torque: -21, seconds: 0.1 }, />=-20/],
    ['push', { lease: 'l', force: 0, torque: 0, seconds: 0 }, />=0\.01/],
    ['planCredit', { credits: 0 }, />=1/],
    ['planCredit', { credits: 9 }, /<=8/],
    ['planCredit', { credits: 1.5 }, /int/],
    ['stop', { reason: 'x'.repeat(201) }, /<=200/],
    ['start', { lease: '' }, />=1/],
    ['start', { lease: 'l'.repeat(65) }, /<=64/],
    ['reset', { lease: 'l', pose: 'sideways' }, /Invalid/],
    ['reset', { lease: 'l', pose: new Array(9).fill(0) }, /Invalid/],
    ['chooseSetup', { lease: 'l', setup: '../../etc/passwd' }, /setup/],
    ['chooseSetup', { lease: 'l', seed: -1 }, />=0/],
    ['chooseSetup', { lease: 'l', seed: 2 ** 53 }, /seed/],
    ['chooseSetup', { lease: 'l', priors: ['hope'] }, /priors/],
    ['changeSettings', { lease: 'l', values: { a: new Array(65).fill(0) } }, /values/],
    ['changeSettings', { lease: 'l', values: { ['k'.repeat(65)]: 1 } }, /values/],
    ['resetSettings', { lease: 'l', ids: new Array(201).fill('a') }, /<=200/],
    ['snapshot', null, /void/],
  ])('%s refuses what is out of range: %o', async (name, params, why) => {
    const message = await refusalOf(name, params);
    expect(message.startsWith(`${name} was refused: `)).toBe(true);
    expect(message).toMatch(why);
  });
  test.each<[string, unknown]>([
    ['a million entries', new Array(1e6).fill(1)],
    ['a million letters', 'x'.repeat(1e6)],
    ['lists in lists', [[[[[[[[[[1]]]]]]]]]]],
    ['a long key', { ['k'.repeat(1e4)]: 1 }],
  ])('%s are refused without being read through', async (_what, value) => {
    expect(await refusalOf('resetSettings', { lease: 'l', ids: value })).toBe('resetSettings was refused: no call carries so much.');
  });
  test('a refusal stays short however much there was to refuse', async () => {
    const params = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, i]));
    expect((await refusalOf('start', params)).length).toBeLessThan(1100);
  });
});

describe('what is no call', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'stop'],
    ['an empty object', {}],
    ['a list', ['call']],
    ['a call without a number', { kind: 'call', name: 'stop', params: { reason: 'x' } }],
    ['a call with a name for a number', { kind: 'call', id: 'x', name: 'stop', params: { reason: 'x' } }],
    ['a result', { kind: 'result', id: 1, result: 1 }],
    ['a pong without a number', { kind: 'pong', n: 'x' }],
  ])('%s is not answered and reaches nobody', async (_what, message) => {
    const { api, heard } = rememberingApi();
    const server = servedByHand(api);
    let pongs = 0;
    server.served.onPong(() => pongs++);
    server.receive(message);
    await settled();
    expect([heard, server.sent, pongs]).toEqual([[], [], 0]);
  });
});

describe('events, pings and endings', () => {
  test('an event reaches every listener of its name until he leaves', async () => {
    const { client, served } = joined();
    const heard: unknown[] = [];
    const leave = client.on('notice', (notice) => heard.push(['a', notice]));
    client.on('notice', (notice) => heard.push(['b', notice]));
    client.on('status', () => heard.push('status'));
    const notice = { level: 'note', text: 'hello', at: 1 } as const;
    served.announce('notice', notice);
    await settled();
    leave();
    served.announce('notice', notice);
    await settled();
    expect(heard).toEqual([
      ['a', notice],
      ['b', notice],
      ['b', notice],
    ]);
  });
  test('a client answers pings by itself, with their number', async () => {
    const { served } = joined();
    const heard: number[] = [];
    const leave = served.onPong((n) => heard.push(n));
    served.ping(7);
    served.ping(8);
    await settled();
    leave();
    served.ping(9);
    await settled();
    expect(heard).toEqual([7, 8]);
  });
  test('a workbench that cannot go on rejects what is asked and what will be asked, and says why once', async () => {
    const { client, served } = joined({ snapshot: () => new Promise(() => {}) });
    const reasons: string[] = [];
    client.onLost((reason) => reasons.push(reason));
    const pending = expect(client.snapshot()).rejects.toThrow('The data folder cannot be written.');
    await settled();
    served.fail('The data folder cannot be written.');
    served.fail('Again.');
    await pending;
    await expect(client.stop({ reason: 'x' })).rejects.toThrow('The data folder cannot be written.');
    expect(reasons).toEqual(['The data folder cannot be written.']);
  });
  test.each(['near', 'far'] as const)('a transport that closes at the %s end rejects everything', async (which) => {
    const parts = joined({ snapshot: () => new Promise(() => {}) });
    const reasons: string[] = [];
    parts.client.onLost((reason) => reasons.push(reason));
    const pending = expect(parts.client.snapshot()).rejects.toThrow(/connection to the workbench was lost/);
    parts[which].close();
    await pending;
    await expect(parts.client.forget({ lease: 'l' })).rejects.toThrow(/was lost/);
    expect(reasons).toHaveLength(1);
  });
  test('an answer to nobody, and an answer twice, change nothing', async () => {
    const [near, far] = memoryPipe();
    const client = connect(near);
    far.onMessage((message) => {
      const { id } = message as { id: number };
      for (const answer of [
        { kind: 'result', id: 99, result: 0 },
        { kind: 'result', id, result: 1 },
        { kind: 'result', id, result: 2 },
        { kind: 'odd' },
      ])
        far.send(answer);
    });
    expect(await client.snapshot()).toBe(1);
  });
  test('the same stories over a transport that carries only bytes', async () => {
    const [near, far] = memoryPipe();
    const { api, heard } = rememberingApi({ takeControls: async () => ({ lease: 'yours' }) });
    const served = serve(bytes(far), api);
    const client = connect(bytes(near));
    expect(await client.takeControls({ take: false })).toEqual({ lease: 'yours' });
    await client.stop({ reason: 'ü' });
    await expect(client.setSpeed({ lease: 'l', speed: NaN })).rejects.toThrow(/setSpeed was refused/);
    const frames: unknown[] = [];
    client.on('plan', ({ frame }) => frames.push(frame));
    served.announce('plan', { frame: Uint8Array.of(1, 2, 3) });
    await settled();
    expect(frames).toEqual([Uint8Array.of(1, 2, 3)]);
    expect(heard.map(({ name }) => name)).toEqual(['takeControls', 'stop']);
  });
});

function bytes(pipe: Transport): Transport {
  return {
    ...pipe,
    send: (message) => pipe.send(encode(message)),
    onMessage: (listener) => pipe.onMessage((message) => listener(decode(message as Uint8Array))),
  };
}
