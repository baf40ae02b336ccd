import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineCommand, type Call, type Command } from '../../src/main/headless/command';
import { Cancelled, LackingError } from '../../src/main/headless/refusals';
import { FitCancelled } from '../../src/shared/models/model';
import { FileRefused } from '../../src/shared/recordings/refusal';
import { SettingError } from '../../src/shared/settings';
import { call } from './calling';

let home = '';
/** A file stands where a folder would have to be made. */
let blocked = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'upright-calls-'));
  blocked = join(home, 'file', 'folder');
  writeFileSync(join(home, 'file'), '');
});
afterAll(() => rm(home, { recursive: true }));

/** A command that does what the test says. */
const doing = (
  run: (call: Call) => Promise<{ exit: 0 | 1; document: Record<string, unknown>; text: string }>,
  more: Partial<Command> = {},
): { commands: readonly Command[] } => ({
  commands: [{ ...defineCommand({ name: 'do', purpose: 'Does.', arguments: [], flags: {}, example: 'upright do', run }), ...more }],
});
const done = (exit: 0 | 1 = 0) => Promise.resolve({ exit, document: { answer: 42 }, text: 'It is done.' });
const failing = (error: Error) => doing(() => Promise.reject(error));

describe('the document', () => {
  test('begins with the envelope, and is all there is on stdout', async () => {
    const { code, stdout, document } = await call(
      ['do', '--json', '--seed', '7'],
      doing(() => done()),
    );
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual([
      'document',
      'command',
      'upright',
      'commit',
      'seed',
      'wallSeconds',
      'cancelled',
      'warnings',
      'answer',
    ]);
    expect(document).toMatchObject({
      document: 1,
      command: 'do',
      upright: '0.1.0',
      commit: '0123abc',
      seed: 7,
      cancelled: false,
      warnings: [],
      answer: 42,
    });
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  test('without --json the text stands on stdout', async () => {
    expect(
      await call(
        ['do'],
        doing(() => done()),
      ),
    ).toMatchObject({ stdout: 'It is done.\n', stderr: '' });
  });

  test('carries warnings, which are on stderr at once', async () => {
    const warned = doing(({ world }) => {
      world.warn({ code: 'odd', text: 'That is odd.', file: 'a.csv' });
      return done(1);
    });
    const { code, document, stderr } = await call(['do', '--json'], warned);
    expect([code, document.warnings, stderr]).toEqual([1, [{ code: 'odd', text: 'That is odd.', file: 'a.csv' }], 'a.csv: That is odd.\n']);
  });

  test('goes to a file as well, whole', async () => {
    const file = join(home, 'deep', 'out.json');
    const { stdout } = await call(
      ['do', '--json', '--out', file],
      doing(() => done()),
    );
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    expect(readdirSync(join(home, 'deep'))).toEqual(['out.json']);
    const refused = await call(
      ['do', '--out', file, '--seed', 'x'],
      doing(() => done()),
    );
    expect(refused.code).toBe(2);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ seed: null, error: { code: 'value' } });
  });

  test('that cannot be written is said (exit 4)', async () => {
    const { code, document } = await call(
      ['do', '--json', '--out', join(blocked, 'out.json')],
      doing(() => done()),
    );
    expect([code, document.error?.code]).toEqual([4, 'out']);
  });

  test('of a refused call says the command as typed and no seed', async () => {
    const { code, document } = await call(['lern', '--json', '--seed', '3']);
    expect([code, document.command, document.seed]).toEqual([2, 'lern', null]);
    expect(document.error).toEqual({ code: 'unknownCommand', message: 'There is no command "lern".', remedy: 'Did you mean "learn"?' });
  });

  test('holds no number that JSON cannot say: that is a fault of ours', async () => {
    const { code } = await call(
      ['do', '--json', '--home', home],
      doing(() => Promise.resolve({ exit: 0, document: { x: [{ y: NaN }] }, text: '' })),
    );
    expect(code).toBe(5);
  });
});

describe('exit codes', () => {
  test("0 and 1 are the command's own", async () => {
    expect(
      (
        await call(
          ['do'],
          doing(() => done(0)),
        )
      ).code,
    ).toBe(0);
    expect(
      (
        await call(
          ['do'],
          doing(() => done(1)),
        )
      ).code,
    ).toBe(1);
  });

  test('2: a setting that does not exist', async () => {
    const { code, stderr } = await call(['do'], failing(new SettingError('plant.mas', 'There is no setting "plant.mas".')));
    expect([code, stderr]).toEqual([2, 'There is no setting "plant.mas". Change the value that is named, or leave it out.\n']);
  });

  test('3: a file that is refused, as file:line:column on stderr and as fields in the document', async () => {
    const refused = failing(
      new FileRefused('run.csv', 'number', '"0x1F" is not a decimal number', 'Write digits.', {
        line: 218,
        column: 4,
        columnName: 'torque',
      }),
    );
    const { code, stderr, document } = await call(['do', '--json'], refused);
    expect([code, stderr]).toEqual([3, 'run.csv:218:4: "0x1F" is not a decimal number (torque). Write digits.\n']);
    expect(document.error).toEqual({
      code: 'import.number',
      message: '"0x1F" is not a decimal number (torque).',
      file: 'run.csv',
      line: 218,
      column: 4,
      remedy: 'Write digits.',
    });
  });

  test('4: something this machine lacks', async () => {
    expect(await call(['do'], failing(new LackingError('backend', 'No such backend.', 'Build it.')))).toMatchObject({
      code: 4,
      stderr: 'No such backend. Build it.\n',
    });
  });

  test('5: a fault of ours leaves a crash file with the stack and the command', async () => {
    const { code, document, stderr } = await call(['do', '--json', '--home', home], failing(new TypeError('x is not a function')));
    expect(code).toBe(5);
    const { file, message } = document.error!;
    expect(message).toBe('This is a fault of the program: x is not a function.');
    expect(file?.startsWith(join(home, 'crashes'))).toBe(true);
    expect(stderr).toContain(file);
    const text = readFileSync(file!, 'utf8');
    expect(text).toContain('TypeError: x is not a function');
    expect(text).toContain('command: "do" "--json"');
  });

  test('5: a crash file finds a place even where the home folder cannot be written', async () => {
    const { document } = await call(['do', '--json'], { ...failing(new Error('oh')), environment: { UPRIGHT_HOME: blocked } });
    expect(document.error!.file?.startsWith(tmpdir())).toBe(true);
    await rm(document.error!.file!);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s ends with %d and what was done so far', async (signal, wanted) => {
    const controller = new AbortController();
    const interrupted = doing(async () => {
      controller.abort(signal);
      throw new Cancelled({ runs: [1, 2] });
    });
    const { code, document, stderr } = await call(['do', '--json'], { ...interrupted, signal: controller.signal });
    expect([code, document.cancelled, document.runs, document.error, stderr]).toEqual([wanted, true, [1, 2], undefined, 'Cancelled.\n']);
  });

  test('a fit that is called off, and a command that ends although it was called off, are cancelled too', async () => {
    for (const end of [() => Promise.reject(new FitCancelled()), () => done()]) {
      const controller = new AbortController();
      const interrupted = doing(() => {
        controller.abort('SIGINT');
        return end();
      });
      expect((await call(['do'], { ...interrupted, signal: controller.signal })).code).toBe(130);
    }
  });

  test('a command whose ordinary end is a signal ends with 0, its document printed once while it lived', async () => {
    const controller = new AbortController();
    let early = '';
    const serving = doing(
      async ({ world }) => {
        await world.announce({ url: 'http://127.0.0.1:1/' }, 'Open.');
        early = seen;
        controller.abort('SIGTERM');
        return { exit: 0, document: {}, text: '' };
      },
      { onSignal: 'finish' },
    );
    let seen = '';
    const { code, stdout } = await call(['do'], { ...serving, signal: controller.signal, stdout: (text) => (seen += text) });
    expect([code, early, seen, stdout]).toEqual([0, 'Open.\n', 'Open.\n', '']);
  });
});

test('a setting and a setup that do not exist, a call against the real commands', async () => {
  for (const [argv, message] of [
    [['learn', '--set', 'planner.populaton=5'], 'There is no setting "planner.populaton"'],
    [['learn', '--set', 'planner.population=abc'], '"planner.population" must be a number; got "abc".'],
    [['learn', '--set', 'planner.population=0x10'], '"planner.population" must be a number; got "0x10".'],
    [['learn', '--set', 'planner.population=1'], '"planner.population" must be a whole number from 8'],
    [['learn', '--set', 'planner=1'], '--set planner=1 is not ROOM.NAME=VALUE.'],
    [['learn', '--setup', 'lihgt'], 'There is no setup "lihgt", and no file of this name.'],
    [['learn', '--plant', 'cartPole', '--setup', 'pendulum'], 'The setup "pendulum" is of the plant "pendulum", not "cartPole".'],
    [['learn', '--model', 'gaussianProcess', '--backend', 'wasm'], '--backend is for networks; "gaussianProcess" uses no tensors.'],
    [
      ['learn', '--model', 'ensemble', '--trainer', 'kernels', '--backend', 'wasm'],
      '--backend wasm is a backend of TensorFlow.js, and --trainer kernels',
    ],
    [['learn', '--model', 'linear', '--equations', '0'], '--equations is for the model physics; "linear" is given none.'],
    [['learn', '--jobs', '2'], '--jobs needs --seeds.'],
    [['learn', '--seeds', '1-2', '--seed', '3'], '--seed and --seeds contradict each other.'],
    [['learn', '--seeds', '1-2', '--at-least', '3'], '--at-least 3 of 2 seeds cannot come true.'],
    [['learn', '--prior', 'none,mirror'], '--prior names "none" beside others.'],
    [['learn', '--recrod', 'x'], '"learn" has no flag --recrod.'],
    [['serve', '--open', '--no-open'], '--open and --no-open contradict each other.'],
    [['serve', '--port', '65536'], '--port must be a whole number from 0 to 65535'],
    [['bench', 'plam'], '"plam" is no WORK of "bench".'],
    [['help', 'lern'], '"lern" is no COMMAND of "help".'],
    [['evaluate', 'x'], 'There is no command "evaluate".'],
  ] as const) {
    const { code, stderr } = await call(argv);
    expect([argv, code, stderr]).toEqual([argv, 2, expect.stringContaining(message)]);
  }
});
