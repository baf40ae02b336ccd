import { parseArgs, type ParseArgsConfig } from 'node:util';
import { commonFlags, type Command } from './command';
import type { Flag, Flags } from './flags';
import { didYouMean } from './nearest';
import { UsageError } from './refusals';

export interface ParsedCall {
  /** Undefined: `upright` alone, or with --help or --version only. */
  readonly command: Command | undefined;
  readonly arguments: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
  readonly given: ReadonlySet<string>;
}
/** What can be said of a call even when it is refused. */
export interface CallSketch {
  readonly command: string | null;
  readonly json: boolean;
  readonly out: string | undefined;
}

/**
 * Reads a call: the command, its arguments, its flags. Flags may stand before or after arguments; `--` ends them.
 * `parseArgs` of `node:util` (strict) has the last word; the sentences are ours.
 *
 * @throws UsageError for whatever is not known, with the nearest known name
 */
export function parseCall(argv: readonly string[], commands: readonly Command[]): ParsedCall {
  const everything: Flags = Object.assign({}, ...commands.map(({ flags }) => flags), commonFlags);
  const args = joinedNumbers(argv, everything);
  const tokens = tokensOf(args, everything);
  const [name, ...rest] = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const command = name === undefined ? undefined : commands.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined) {
    throw new UsageError(
      'unknownCommand',
      `There is no command "${name}".`,
      didYouMean(
        name,
        commands.map((known) => known.name),
      ),
    );
  }
  const flags: Flags = { ...command?.flags, ...commonFlags };
  const texts = textsOf(tokens, flags, everything, command, commands);
  parseArgs({ args: [...args], options: optionsOf(flags), allowPositionals: true, strict: true }); // nothing slips past it
  checkArguments(command, rest, texts.has('help'));
  const values = Object.fromEntries(Object.entries(flags).map(([flag, { read }]) => [flag, read(texts.get(flag) ?? [], `--${flag}`)]));
  return { command, arguments: rest, flags: values, given: new Set(texts.keys()) };
}

/** As much of a call as can be told when it is refused: the command as typed, and where the document should go. */
export function sketchCall(argv: readonly string[], commands: readonly Command[]): CallSketch {
  const everything: Flags = Object.assign({}, ...commands.map(({ flags }) => flags), commonFlags);
  const tokens = tokensOf(joinedNumbers(argv, everything), everything);
  const out = tokens.flatMap((token) => (token.kind === 'option' && token.name === 'out' && token.value ? [token.value] : []));
  return {
    command: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))[0] ?? null,
    json: tokens.some((token) => token.kind === 'option' && token.name === 'json'),
    out: out.at(-1),
  };
}

type Token =
  | { readonly kind: 'option'; readonly name: string; readonly rawName: string; readonly value?: string; readonly inlineValue?: boolean }
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' };

/** `--seed -4` means a value of −4: a dash before a digit begins no flag of ours. */
function joinedNumbers(argv: readonly string[], flags: Flags): string[] {
  const joined: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    const next = argv[i + 1];
    if (word === '--') return [...joined, ...argv.slice(i)];
    const flag = word.startsWith('--') && Object.hasOwn(flags, word.slice(2)) ? flags[word.slice(2)] : undefined;
    if (flag !== undefined && flag.type !== 'switch' && next !== undefined && /^-[\d.]/.test(next)) {
      joined.push(`${word}=${next}`);
      i++;
    } else joined.push(word);
  }
  return joined;
}

const optionsOf = (flags: Flags): NonNullable<ParseArgsConfig['options']> =>
  Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      { type: flag.type === 'switch' ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  );

const tokensOf = (args: readonly string[], flags: Flags): readonly Token[] =>
  parseArgs({ args: [...args], options: optionsOf(flags), allowPositionals: true, strict: false, tokens: true }).tokens as readonly Token[];

/** The texts given to each flag, in order. */
function textsOf(
  tokens: readonly Token[],
  flags: Flags,
  everything: Flags,
  command: Command | undefined,
  commands: readonly Command[],
): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name]! : undefined;
    if (flag === undefined) throw unknownFlag(token.rawName, token.name, flags, everything, command, commands);
    texts.set(token.name, [...(texts.get(token.name) ?? []), valueOf(token, flag)]);
    if (texts.get(token.name)!.length > 1 && !flag.repeatable && flag.type !== 'switch') {
      throw new UsageError('repeatedFlag', `--${token.name} is given twice.`, 'Give it once.');
    }
  }
  return texts;
}

function valueOf({ name, value, inlineValue }: Extract<Token, { kind: 'option' }>, flag: Flag): string {
  if (flag.type === 'switch') {
    if (value !== undefined) throw new UsageError('value', `--${name} takes no value; "${value}" came.`, `Write --${name} alone.`);
    return '';
  }
  // Without "=", what looks like the next flag is one: `--out --json` forgot the file.
  if (value === undefined || (inlineValue === false && value.startsWith('-') && value.length > 1)) {
    throw new UsageError('value', `--${name} lacks its value.`, `Write --${name}=${flag.placeholder || 'VALUE'}.`);
  }
  return value;
}

function unknownFlag(
  raw: string,
  name: string,
  flags: Flags,
  everything: Flags,
  command: Command | undefined,
  commands: readonly Command[],
): UsageError {
  const where = command === undefined ? 'upright' : `"${command.name}"`;
  if (Object.hasOwn(everything, name)) {
    const owners = commands.filter((candidate) => Object.hasOwn(candidate.flags, name)).map((candidate) => candidate.name);
    return new UsageError(
      'unknownFlag',
      `${where} has no flag ${raw}; ${owners.join(', ')} ${owners.length === 1 ? 'has' : 'have'}.`,
      `See upright help ${command?.name ?? ''}`.trimEnd() + '.',
    );
  }
  return new UsageError('unknownFlag', `${where} has no flag ${raw}.`, didYouMean(name, Object.keys(flags), '--'));
}

function checkArguments(command: Command | undefined, given: readonly string[], helpWanted: boolean): void {
  if (command === undefined || helpWanted) return;
  const least = command.arguments.reduce((sum, argument) => sum + argument.least, 0);
  const most = command.arguments.reduce((sum, argument) => sum + argument.most, 0);
  const names = command.arguments.map((argument) => argument.name).join(' ');
  if (given.length < least) throw new UsageError('missingArgument', `"${command.name}" needs ${names}.`, `For example: ${command.example}`);
  if (given.length > most) {
    throw new UsageError(
      'unknownArgument',
      `"${command.name}" takes ${most === 0 ? 'no arguments' : names}; "${given[most]}" came as well.`,
      'Take it out, or put "--" before names that begin with a dash.',
    );
  }
  const { choices, name } = command.arguments[0] ?? {};
  const stray = choices === undefined ? undefined : given.find((value) => !choices.includes(value));
  if (stray !== undefined) throw new UsageError('unknownId', `"${stray}" is no ${name} of "${command.name}".`, didYouMean(stray, choices!));
}
