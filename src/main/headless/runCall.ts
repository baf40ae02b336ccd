import { availableParallelism } from 'node:os';
import { FitCancelled } from '../../shared/models/model';
import { writeWhole } from '../storage/atomicFile';
import { dataFolderNow, userDataFolder } from '../storage/userData';
import { parseCall, sketchCall, type CallSketch, type ParsedCall } from './arguments';
import type { Call, Command, Warning, World } from './command';
import { writeCrashFile } from './crashFile';
import { documentOf, exitCodes, judge, printed, sentenceOf, type DocumentError } from './document';
import { explain, helpDocument, overview } from './help';
import type { Identity } from './identity';
import { progressTo, type Progress, type ProgressMode } from './progress';
import { Cancelled } from './refusals';

/** The process as a call sees it; a test hands in lists. */
export interface Surroundings {
  readonly identity: Identity;
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  stdout(text: string): void;
  stderr(text: string): void;
  readonly terminal: { readonly isTerminal: boolean; readonly columns: number };
  /** Milliseconds, monotonic. */
  now(): number;
  /** Aborted by the first SIGINT or SIGTERM; its reason is the name of the signal. */
  readonly signal: AbortSignal;
}

/** Runs one call from its words to its document. @returns the exit code */
export async function runCall(argv: readonly string[], commands: readonly Command[], around: Surroundings): Promise<number> {
  const began = around.now();
  const warnings: Warning[] = [];
  let announced = false;
  let sketch: CallSketch = { command: null, json: argv.includes('--json'), out: undefined };
  let seed: number | null = null;
  let progress: Progress | undefined;
  let crashHome = userDataFolder(undefined, around.environment, around.platform);

  const finish = async (exit: number, fields: Readonly<Record<string, unknown>>, text: string, error?: DocumentError): Promise<number> => {
    progress?.end();
    const wallSeconds = Math.round(around.now() - began) / 1000;
    const cancelled = exit === exitCodes.interrupted || exit === exitCodes.terminated;
    const envelope = { command: sketch.command, seed, wallSeconds, cancelled, warnings };
    let document = printed(documentOf(around.identity, envelope, fields, error));
    if (sketch.out !== undefined && !announced) {
      const failed = await writeWhole(sketch.out, document).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (failed !== undefined && error === undefined) {
        error = {
          code: 'out',
          message: `The document could not be written to ${sketch.out}: ${String(failed)}.`,
          remedy: 'Choose a folder that you may write to.',
        };
        exit = exitCodes.lacking;
        document = printed(documentOf(around.identity, envelope, fields, error));
      }
    }
    // A document that was announced while the command still ran was the one on stdout.
    if (!announced && sketch.json) around.stdout(document);
    else if (!announced && text !== '') around.stdout(text.endsWith('\n') ? text : `${text}\n`);
    if (error !== undefined) around.stderr(`${sentenceOf(error)}\n`);
    else if (cancelled) around.stderr('Cancelled.\n');
    return exit;
  };

  try {
    sketch = sketchCall(argv, commands);
    const parsed = parseCall(argv, commands);
    const helped = helpFor(parsed, commands, around.identity.version);
    if (helped !== undefined) return await finish(exitCodes.done, helped.fields, helped.text);
    const { command } = parsed as ParsedCall & { command: Command };
    const flags = parsed.flags as Call['flags'];
    seed = flags.seed;
    crashHome = dataFolderNow(userDataFolder(flags.home, around.environment, around.platform));
    progress = progressTo({ write: around.stderr, ...around.terminal, now: around.now }, flags.progress as ProgressMode);
    const world: World = {
      progress,
      signal: around.signal,
      home: crashHome,
      threads: flags.threads ?? availableParallelism(),
      warn(warning) {
        warnings.push(warning);
        progress?.end();
        around.stderr(`${warning.file === undefined ? '' : `${warning.file}: `}${warning.text}\n`);
      },
      version: around.identity.version,
      now: around.now,
      async announce(fields, text) {
        await finish(exitCodes.done, fields, text);
        announced = true;
      },
    };
    const ending = await command.run({ arguments: parsed.arguments, flags, given: parsed.given, world });
    if (around.signal.aborted && command.onSignal !== 'finish') throw new Cancelled(ending.document);
    return await finish(ending.exit, ending.document, ending.text);
  } catch (error) {
    const known = judge(error);
    if (known !== undefined) return await finish(known.exit, {}, '', known.error);
    if (around.signal.aborted && isCancellation(error)) {
      return await finish(
        around.signal.reason === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted,
        error instanceof Cancelled ? error.document : {},
        '',
      );
    }
    const file = await writeCrashFile(crashHome, { argv, identity: around.identity, error });
    const message = `This is a fault of the program: ${error instanceof Error ? error.message : String(error)}`;
    return await finish(exitCodes.fault, {}, '', {
      code: 'fault',
      message: /[.!?]$/.test(message) ? message : `${message}.`,
      file,
      remedy: 'The file tells where; please report it with the command that you gave.',
    });
  }
}

const isCancellation = (error: unknown): boolean =>
  error instanceof Cancelled || error instanceof FitCancelled || (error instanceof Error && error.name === 'AbortError');

function helpFor(
  { command, flags, arguments: [topic] }: ParsedCall,
  commands: readonly Command[],
  version: string,
): { fields: Readonly<Record<string, unknown>>; text: string } | undefined {
  if (flags.version === true) return { fields: {}, text: version };
  if (command === undefined) return { fields: helpDocument(commands), text: overview(commands, version) };
  if (command.name === 'help') {
    const found = commands.find(({ name }) => name === topic);
    return found === undefined
      ? { fields: helpDocument(commands), text: overview(commands, version) }
      : { fields: helpDocument([found]), text: explain(found) };
  }
  return flags.help === true ? { fields: helpDocument([command]), text: explain(command) } : undefined;
}
