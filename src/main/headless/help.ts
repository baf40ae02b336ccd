import { commonFlags, type Command } from './command';
import type { Flag, Flags } from './flags';

/** `upright help`: what it is, the commands, how to go on. */
export function overview(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `upright ${version}: learn, see and control inverted pendulums.`,
    '',
    'upright COMMAND [ARGUMENTS] [--flags]',
    '',
    ...commands.map(({ name, purpose }) => `  ${name.padEnd(width)}  ${purpose}`),
    '',
    'upright help COMMAND explains one, with every flag. In a clone: npm run --silent upright -- COMMAND …',
    '',
  ].join('\n');
}

/** Purpose, an example to paste, every flag with unit, range and default. */
export function explain(command: Command): string {
  const usage = [
    'upright',
    command.name,
    ...command.arguments.map(({ name, least, most }) => (least === 0 ? `[${name}]` : name) + (most > 1 ? '...' : '')),
    '[--flags]',
  ];
  return [
    wrapped(`upright ${command.name}: ${command.purpose}`, 100, ''),
    '',
    `  ${usage.join(' ')}`,
    '',
    ...command.arguments.map(({ name, meaning, choices }) =>
      wrapped(`${name}: ${meaning}${choices === undefined ? '' : ` One of ${choices.join(', ')}.`}`, 98, '  '),
    ),
    ...(command.arguments.length > 0 ? [''] : []),
    'For example',
    `  ${command.example}`,
    '',
    ...(command.notes ?? []).flatMap((note) => [wrapped(note, 100, ''), '']),
    ...(Object.keys(command.flags).length > 0 ? ['Flags', ...flagLines(command.flags), ''] : []),
    'Flags of every command',
    ...flagLines(commonFlags),
    '',
  ].join('\n');
}

/** The same as data. */
export const helpDocument = (commands: readonly Command[]): { readonly commands: readonly unknown[] } => ({
  commands: commands.map((command) => ({
    name: command.name,
    purpose: command.purpose,
    arguments: command.arguments.map(({ name, meaning, least, most, choices }) => ({
      name,
      meaning,
      least,
      most: Number.isFinite(most) ? most : null,
      choices: choices ?? null,
    })),
    flags: Object.entries({ ...command.flags, ...commonFlags }).map(([name, flag]) => flagDocument(name, flag)),
    example: command.example,
  })),
});

const flagDocument = (name: string, { type, unit, default: otherwise, range, meaning, repeatable }: Flag) => ({
  name: `--${name}`,
  type,
  unit: unit === '' ? null : unit,
  default: otherwise,
  range: range === '' ? null : range,
  meaning,
  repeatable,
});

function flagLines(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, flag]) => {
    const head = `  --${name}${flag.placeholder === '' ? '' : ` ${flag.placeholder}`}`;
    const facts = [
      ...(flag.range === '' ? [] : [flag.range + (flag.unit === '' ? '' : ` ${flag.unit}`)]),
      ...(flag.type === 'switch'
        ? []
        : [`default: ${flag.default}${flag.unit !== '' && /^[\d.,]+$/.test(flag.default) ? ` ${flag.unit}` : ''}`]),
      ...(flag.repeatable ? ['repeatable'] : []),
    ];
    return [head, wrapped(flag.meaning + (facts.length > 0 ? ` (${facts.join('; ')})` : ''), 94, '      ')];
  });
}

function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => indent + line).join('\n');
}
