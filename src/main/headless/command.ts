import type { Flags, ValuesOf } from './flags';
import type { Progress } from './progress';
import { choice, switchFlag, text, texts, whole } from './flags';

/** A positional argument as data. */
export interface Argument {
  readonly name: string;
  readonly meaning: string;
  readonly least: number;
  readonly most: number;
  /** Known values, where there are such. */
  readonly choices?: readonly string[];
}
export interface Warning {
  readonly code: string;
  readonly text: string;
  readonly file?: string;
}
/** What a command may use of the world around it. */
export interface World {
  readonly progress: Progress;
  /** Aborted by Ctrl+C or SIGTERM: finish in order. */
  readonly signal: AbortSignal;
  /** User data folder. */
  readonly home: string;
  readonly threads: number;
  /** Of the program. */
  readonly version: string;
  /** Goes into the document, and at once to stderr. */
  warn(warning: Warning): void;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Prints the document before the end, for a command that goes on living; at the end nothing more is printed. */
  announce(fields: Readonly<Record<string, unknown>>, text: string): Promise<void>;
}
export interface Call<F extends Flags = Flags> {
  readonly arguments: readonly string[];
  readonly flags: ValuesOf<F & typeof commonFlags>;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  readonly world: World;
}
export interface Ending {
  /** 0: done and succeeded; 1: done, but it did not succeed. */
  readonly exit: 0 | 1;
  /** The command's own fields of the document. */
  readonly document: Readonly<Record<string, unknown>>;
  /** What is printed without --json. */
  readonly text: string;
}
export interface Command<F extends Flags = Flags> {
  readonly name: string;
  /** One sentence. */
  readonly purpose: string;
  readonly arguments: readonly Argument[];
  readonly flags: F;
  /** To paste. */
  readonly example: string;
  /** Longer explanations for the help, a paragraph each. */
  readonly notes?: readonly string[];
  /** 'finish': a signal is the ordinary end of this command and no cancellation. */
  readonly onSignal?: 'finish';
  run(call: Call<F>): Promise<Ending>;
}

/** Fixes the flags' types inside, and forgets them outside. */
export const defineCommand = <const F extends Flags>(command: Command<F>): Command => command as unknown as Command;

/** The flags of every command. */
export const commonFlags = {
  json: switchFlag({ meaning: 'Exactly one JSON document on stdout at the end, and nothing else there.' }),
  out: text({ placeholder: 'FILE', meaning: 'Write the same document to FILE as well.' }),
  seed: whole({
    unit: '',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    default: 1,
    meaning: 'Same seed, same build: the same document but for times.',
  }),
  setup: text({
    placeholder: 'NAME|FILE',
    otherwise: "the plant's default",
    meaning: 'A built-in or saved setup (light, pilco, pendulum), or a file with one.',
  }),
  set: texts({
    placeholder: 'ROOM.NAME=VALUE',
    meaning: 'Change a single setting on top of the setup, as in planner.population=400 or rig.delay=0.01.',
  }),
  home: text({
    placeholder: 'DIR',
    otherwise: '$UPRIGHT_HOME, else the user data folder of the system',
    meaning: 'Where recordings, models and setups live.',
  }),
  progress: choice({
    choices: ['auto', 'plain', 'json', 'none'],
    default: 'auto',
    placeholder: 'HOW',
    meaning: 'Progress on stderr: one rewritten line on a terminal, plain lines elsewhere, one JSON object a line, or none.',
  }),
  threads: whole({
    unit: '',
    min: 1,
    max: 256,
    otherwise: 'every core',
    meaning: 'Planner and training threads together; results do not depend on it.',
  }),
  help: switchFlag({ meaning: 'Explain the command on stdout.' }),
  version: switchFlag({ meaning: 'Print the version on stdout.' }),
} as const;
