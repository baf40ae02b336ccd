import { runCall, type Surroundings } from '../../src/main/headless/runCall';
import type { Command } from '../../src/main/headless/command';
import { commands as allCommands } from '../../src/main/headless/commands';

export interface CallResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The one document on stdout, when --json was given. */
  readonly document: Record<string, unknown> & {
    error?: { code: string; message: string; file?: string; line?: number; column?: number; remedy: string };
  };
}

/** Makes a call as the command line would, in this process; the clock ticks a millisecond at each look. */
export async function call(
  argv: readonly string[],
  around: Partial<Surroundings> & { commands?: readonly Command[] } = {},
): Promise<CallResult> {
  let [stdout, stderr, time] = ['', '', 0];
  const { commands = allCommands, ...rest } = around;
  const code = await runCall(argv, commands, {
    identity: { version: '0.1.0', commit: '0123abc', root: '/' },
    environment: { UPRIGHT_HOME: '/nowhere/upright' },
    platform: 'linux',
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
    terminal: { isTerminal: false, columns: 100 },
    now: () => time++,
    signal: new AbortController().signal,
    ...rest,
  });
  return { code, stdout, stderr, document: argv.includes('--json') ? (JSON.parse(stdout) as CallResult['document']) : {} };
}
