import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a peer is started. */
export interface PeerProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}
export type PeerAnswer = Readonly<Record<string, unknown>>;

/** A peer that is not there or could not do what it was asked; the message is its own reason. */
export class PeerFailed extends Error {}

/** Longest that an answer may take: some compile a whole plan first. */
const PATIENCE_MS = 180_000;

/**
 * A program of its own that lives as long as the bench and answers one line of JSON for each line that it is sent; its first
 * line, unasked, says its version. One question at a time: whoever asks waits until those before have their answers.
 */
export class PeerProcess {
  private readonly child: ChildProcess;
  private waiting: { readonly answer: (answer: PeerAnswer) => void; readonly fail: (error: Error) => void } | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private over: string | undefined;
  private said = '';

  private constructor({ command, args, environment }: PeerProgram) {
    this.child = spawn(command, [...args], { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.on('error', (error) => this.end(error.message));
    this.child.on('close', (code, signal) => this.end(signal === null ? `It ended with ${code}.` : `It was ended by ${signal}.`));
    this.child.stdin!.on('error', () => {}); // a closed pipe is followed by `close`, which is told
    this.child.stderr!.on('data', (data) => (this.said = `${this.said}${String(data)}`.slice(-2000)));
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.take(line));
  }

  /** @throws PeerFailed when it cannot be started, or says that it lacks something */
  static async start(program: PeerProgram, patienceMs = PATIENCE_MS): Promise<{ readonly peer: PeerProcess; readonly version: string }> {
    const peer = new PeerProcess(program);
    try {
      const { version } = await peer.answer(patienceMs);
      return { peer, version: String(version) };
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  /** @throws PeerFailed with the peer's own reason; also when it ended, answers no JSON or takes too long */
  ask(question: Readonly<Record<string, unknown>>, patienceMs = PATIENCE_MS): Promise<PeerAnswer> {
    const asked = this.last.then(() => {
      if (this.over !== undefined) throw new PeerFailed(this.over);
      const answer = this.answer(patienceMs);
      this.child.stdin!.write(`${JSON.stringify(question)}\n`);
      return answer;
    });
    this.last = asked.catch(() => {});
    return asked;
  }
  /** A number of the answer. @throws PeerFailed when there is none */
  async number(question: Readonly<Record<string, unknown>>, name: string): Promise<number> {
    const value = (await this.ask(question))[name];
    if (typeof value !== 'number') throw new PeerFailed(`It answered no ${name}.`);
    return value;
  }

  /** Lets it end by itself, and ends it when it does not. */
  async close(): Promise<void> {
    if (this.over !== undefined) return;
    const closed = new Promise<void>((done) => this.child.once('close', () => done()));
    this.child.stdin!.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 2_000);
    await closed;
    clearTimeout(timer);
  }

  private answer(patienceMs: number): Promise<PeerAnswer> {
    if (this.over !== undefined) return Promise.reject(new PeerFailed(this.over));
    return new Promise((answer, fail) => {
      const timer = setTimeout(() => {
        this.child.kill('SIGKILL');
        this.end(`It did not answer within ${patienceMs / 1000} s.`);
      }, patienceMs);
      const settled = () => {
        clearTimeout(timer);
        this.waiting = undefined;
      };
      this.waiting = {
        answer: (found) => {
          settled();
          answer(found);
        },
        fail: (error) => {
          settled();
          fail(error);
        },
      };
    });
  }
  private take(line: string): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    let found: PeerAnswer;
    try {
      found = JSON.parse(line) as PeerAnswer;
    } catch {
      waiting.fail(new PeerFailed(`It answered no JSON: ${line.slice(0, 200)}`));
      return;
    }
    if (typeof found.error === 'string') waiting.fail(new PeerFailed(found.error));
    else waiting.answer(found);
  }
  private end(how: string): void {
    if (this.over !== undefined) return;
    const words = this.said.trimEnd().split('\n').at(-1) ?? '';
    this.over = words === '' ? how : `${how} Its last words: ${words}`;
    this.waiting?.fail(new PeerFailed(this.over));
  }
}
