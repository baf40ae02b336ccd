import { describe, expect, test } from 'vitest';
import { parseCall, sketchCall } from '../../src/main/headless/arguments';
import { defineCommand } from '../../src/main/headless/command';
import { choice, list, number, span, switchFlag, text, texts, whole, wholeList } from '../../src/main/headless/flags';
import { UsageError } from '../../src/main/headless/refusals';

const nothing = () => Promise.resolve({ exit: 0 as const, document: {}, text: '' });
const swing = defineCommand({
  name: 'swing',
  purpose: 'Swings.',
  arguments: [{ name: 'FILE', meaning: 'A file.', least: 1, most: 2 }],
  flags: {
    bias: number({ unit: 'N m', min: -5, max: 5, default: 0, meaning: 'A torque.' }),
    tries: whole({ unit: '', min: 0, max: 99, meaning: 'Tries.' }),
    plant: choice({ choices: ['pendulum', 'cartPole', 'rotaryPendulum'], default: 'pendulum', meaning: 'The plant.' }),
    models: list({ choices: ['linear', 'ensemble'], default: ['linear'], meaning: 'Models.' }),
    steps: wholeList({ unit: '', min: 1, max: 100, default: [1, 10], meaning: 'Steps.' }),
    seeds: span({ min: 0, max: 1000, meaning: 'Seeds.' }),
    map: texts({ meaning: 'Maps.' }),
    note: text({ meaning: 'A note.' }),
    fast: switchFlag({ meaning: 'Fast.' }),
  },
  example: 'upright swing a.csv',
  run: nothing,
});
const balance = defineCommand({
  name: 'balance',
  purpose: 'Balances.',
  arguments: [],
  flags: { wall: number({ unit: 's', min: 0, max: 9, default: 1, meaning: 'Wall.' }) },
  example: 'upright balance',
  run: nothing,
});
const parse = (...argv: string[]) => parseCall(argv, [swing, balance]);
const refusalOf = (...argv: string[]): UsageError => {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`taken: ${argv.join(' ')}`);
};

describe('a call is read', () => {
  test('flags before and after arguments, with a blank or "=", defaults where absent', () => {
    const { command, arguments: files, flags, given } = parse('--fast', 'swing', '--bias=0.5', 'a.csv', '--plant', 'cartPole', 'b.csv');
    expect(command).toBe(swing);
    expect(files).toEqual(['a.csv', 'b.csv']);
    expect(flags).toMatchObject({
      fast: true,
      bias: 0.5,
      plant: 'cartPole',
      models: ['linear'],
      steps: [1, 10],
      seeds: undefined,
      map: [],
      seed: 1,
      json: false,
      progress: 'auto',
    });
    expect([...given].sort()).toEqual(['bias', 'fast', 'plant']);
  });

  test('negative values, after a blank and after "="', () => {
    for (const words of [['--bias', '-4'], ['--bias=-4'], ['--bias', '-.4e1']]) expect(parse('swing', 'a', ...words).flags.bias).toBe(-4);
  });

  test('lists, spans and repeatable flags', () => {
    const { flags } = parse(
      'swing',
      'a',
      '--models',
      'linear,ensemble',
      '--steps=5,50',
      '--seeds',
      '3-7',
      '--map',
      'a=b',
      '--map',
      'c=d,e=f',
    );
    expect(flags).toMatchObject({ models: ['linear', 'ensemble'], steps: [5, 50], seeds: [3, 7], map: ['a=b', 'c=d,e=f'] });
  });

  test('"--" ends the flags, also before a negative number', () => {
    expect(parse('swing', '--fast', '--', '--json', '-4').arguments).toEqual(['--json', '-4']);
  });

  test('the largest seed exactly', () => expect(parse('balance', '--seed', '9007199254740991').flags.seed).toBe(Number.MAX_SAFE_INTEGER));

  test('nothing at all, help and version need no command', () => {
    expect(parse().command).toBeUndefined();
    expect(parse('--help').flags.help).toBe(true);
    expect(parse('swing', '--help').arguments).toEqual([]);
  });
});

describe('a call is refused with the nearest name', () => {
  test.each([
    [['swinng', 'a'], 'There is no command "swinng".', 'Did you mean "swing"?'],
    [['blance'], 'There is no command "blance".', 'Did you mean "balance"?'],
    [['constructor'], 'There is no command "constructor".', 'Known: swing, balance.'],
    [['swing', 'a', '--plnat', 'x'], '"swing" has no flag --plnat.', 'Did you mean "--plant"?'],
    [['swing', 'a', '--zzzzzzzzzz'], '"swing" has no flag --zzzzzzzzzz.', expect.stringContaining('Known: --bias')],
    [['swing', 'a', '--wall', '5'], '"swing" has no flag --wall; balance has.', 'See upright help swing.'],
    [['swing', 'a', '-f'], '"swing" has no flag -f.', expect.anything()],
    [['swing', 'a', '--__proto__'], '"swing" has no flag --__proto__.', expect.anything()],
    [['swing', 'a', '--no-fast'], '"swing" has no flag --no-fast.', expect.anything()],
    [['swing', 'a', '--plant', 'cartpole'], '"cartpole" is not known to --plant.', 'Did you mean "cartPole"?'],
    [['swing', 'a', '--plant='], '"" is not known to --plant.', expect.anything()],
    [['swing', 'a', '--models', 'linear,ensmble'], '"ensmble" is not known to --models.', 'Did you mean "ensemble"?'],
    [['swing', 'a', '--models', 'linear,linear'], '--models names "linear" twice.', 'Name it once.'],
    [['swing'], '"swing" needs FILE.', 'For example: upright swing a.csv'],
    [['swing', 'a', 'b', 'c'], '"swing" takes FILE; "c" came as well.', expect.anything()],
    [['balance', 'a'], '"balance" takes no arguments; "a" came as well.', expect.anything()],
    [['swing', 'a', '--bias'], '--bias lacks its value.', 'Write --bias=X.'],
    [['swing', 'a', '--note', '--fast'], '--note lacks its value.', 'Write --note=TEXT.'],
    [['swing', 'a', '--fast=yes'], '--fast takes no value; "yes" came.', 'Write --fast alone.'],
    [['swing', 'a', '--bias', '1', '--bias=2'], '--bias is given twice.', 'Give it once.'],
    [['swing', 'a', '--note='], '--note must be a value; "" came.', expect.anything()],
    [['swing', 'a', '--seeds', '7-3'], '--seeds must be A-B with whole numbers, the smaller first; "7-3" came.', expect.anything()],
    [['swing', 'a', '--steps', '1,0'], '--steps must be a whole number from 1 to 100; "0" came.', expect.anything()],
  ])('%j', (argv, message, remedy) => {
    expect(refusalOf(...argv)).toMatchObject({ message, remedy });
  });

  test.each(['0x10', '1e999', '12345678901234567890', '9007199254740992', '-4', '1.5', '1e3', '', ' ', 'NaN', '1_000', '1,5', '٣'])(
    'a seed of %j',
    (seed) => {
      expect(refusalOf('balance', `--seed=${seed}`).message).toBe(
        `--seed must be a whole number from 0 to 9007199254740991; "${seed}" came.`,
      );
    },
  );

  test.each(['0x1', '1e999', '6', '-5.1', 'Infinity', '1,5', '0.5Nm'])('a number of %j', (bias) => {
    expect(refusalOf('swing', 'a', '--bias', bias).message).toContain('--bias must be a number from -5 to 5 N m');
  });
});

test('a refused call still says what it was, and where its document goes', () => {
  expect(sketchCall(['swinng', '--json', '--out', 'x.json', '--seed', '-4'], [swing])).toEqual({
    command: 'swinng',
    json: true,
    out: 'x.json',
  });
  expect(sketchCall(['--jsn'], [swing])).toEqual({ command: null, json: false, out: undefined });
  expect(sketchCall(['swing', '--', '--json'], [swing])).toMatchObject({ json: false });
});
