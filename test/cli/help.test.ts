import { describe, expect, test } from 'vitest';
import { parseCall } from '../../src/main/headless/arguments';
import { commonFlags } from '../../src/main/headless/command';
import { commands } from '../../src/main/headless/commands';
import { call } from './calling';

interface Help {
  readonly commands: readonly {
    name: string;
    purpose: string;
    example: string;
    arguments: { name: string }[];
    flags: { name: string; type: string; unit: string | null; default: string; range: string | null; meaning: string }[];
  }[];
}

test('help as data names every command and every flag that parses, and no other', async () => {
  const { code, document } = await call(['help', '--json']);
  expect(code).toBe(0);
  const help = document as unknown as Help;
  expect(help.commands.map(({ name }) => name)).toEqual(['learn', 'fit', 'replay', 'convert', 'recover', 'serve', 'bench', 'help']);
  for (const { name, flags } of help.commands) {
    const command = commands.find((candidate) => candidate.name === name)!;
    expect(flags.map((flag) => flag.name)).toEqual([...Object.keys(command.flags), ...Object.keys(commonFlags)].map((flag) => `--${flag}`));
    for (const flag of flags) {
      expect(flag.meaning).toMatch(/^[A-Z][^]*\.$/);
      expect(flag.default).not.toBe('');
      if (flag.type === 'number') expect(flag.unit === null || /^[A-Za-z]/.test(flag.unit)).toBe(true);
      if (flag.type !== 'switch' && flag.type !== 'text') expect(flag.range).toBeTruthy();
    }
  }
});

test('the same help comes without a command, for one command, and by --help', async () => {
  const whole = (await call(['help', '--json'])).document.commands;
  expect((await call(['--json'])).document.commands).toEqual(whole);
  expect((await call(['--help', '--json'])).document.commands).toEqual(whole);
  const fit = (whole as { name: string }[]).filter(({ name }) => name === 'fit');
  expect((await call(['help', 'fit', '--json'])).document.commands).toEqual(fit);
  expect((await call(['fit', '--help', '--json'])).document.commands).toEqual(fit);
  expect((await call(['--version'])).stdout).toBe('0.1.0\n');
});

describe.each(commands.map(({ name }) => name))('help %s', (name) => {
  const command = commands.find((candidate) => candidate.name === name)!;

  test('states purpose, an example, and every flag with range, unit and default', async () => {
    const { code, stdout, stderr } = await call(['help', name]);
    const flat = stdout.replace(/\s+/g, ' ');
    expect([code, stderr]).toEqual([0, '']);
    expect(flat).toContain(command.purpose);
    expect(stdout).toContain(command.example);
    for (const [flag, { meaning, range, unit, default: otherwise, type }] of Object.entries({ ...command.flags, ...commonFlags })) {
      expect(stdout).toContain(`  --${flag}`);
      expect(flat).toContain(meaning);
      if (range !== '') expect(flat).toContain(unit === '' ? range : `${range} ${unit}`);
      if (type !== 'switch') expect(flat).toContain(`default: ${otherwise}`);
    }
    for (const line of stdout.split('\n')) if (!line.includes(command.example)) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('its example parses', () => {
    const [program, ...argv] = command.example.split(' ');
    expect(program).toBe('upright');
    expect(parseCall(argv, commands).command?.name).toBe(name);
  });

  test('its defaults lie in its ranges', () => {
    for (const [flag, { default: otherwise, type, read }] of Object.entries({ ...command.flags, ...commonFlags })) {
      if (type === 'switch' || !/^[\w.,]+$/.test(otherwise) || otherwise === 'none' || otherwise === 'all') continue;
      expect(() => read([otherwise], `--${flag}`)).not.toThrow();
    }
  });
});
