import { z } from 'zod';
import { calls, type CallName, type EventName, type Events, type WorkbenchApi } from './contract';
import type { Transport, Unsubscribe } from './transport';

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly params: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly name: string; readonly message: string }
  | { readonly kind: 'event'; readonly name: EventName; readonly event: unknown }
  | { readonly kind: 'fatal'; readonly message: string }
  | { readonly kind: 'ping' | 'pong'; readonly n: number };

/** A refusal names every key that it refuses; five thousand of them are no sentence any more. */
const LONGEST_WORDS = 1000;

/** The workbench's end of one client. */
export interface ServedClient {
  announce<E extends EventName>(name: E, event: Events[E]): void;
  /** Asks the client's code (not its timers) whether it is alive; a hidden tab still answers. */
  ping(n: number): void;
  onPong(listener: (n: number) => void): Unsubscribe;
  /** Tells the client that the workbench cannot go on; rejects all its pending and later calls. */
  fail(message: string): void;
}

/** Answers a client's calls from `api`. A message that is no call of ours is answered with an error or ignored, never thrown. */
export function serve(transport: Transport, api: WorkbenchApi): ServedClient {
  const pongs = new Set<(n: number) => void>();
  transport.onMessage((raw) => {
    if (typeof raw !== 'object' || raw === null) return;
    const message = raw as Partial<Record<string, unknown>>;
    if (message.kind === 'pong' && typeof message.n === 'number') {
      for (const listen of pongs) listen(message.n);
      return;
    }
    if (message.kind !== 'call' || typeof message.id !== 'number') return;
    const id = message.id;
    const answer = async (): Promise<unknown> => {
      const name = message.name;
      if (typeof name !== 'string') throw new TypeError('The name of a call is a word.');
      if (name.length > 60 || !Object.hasOwn(calls, name)) throw new TypeError(`The workbench has no call named "${name.slice(0, 60)}".`);
      if (isTooBig(message.params)) throw new TypeError(`${name} was refused: no call carries so much.`);
      const parsed = calls[name as CallName].check.safeParse(message.params) as { success: boolean; data?: unknown; error?: z.ZodError };
      if (!parsed.success) throw new TypeError(`${name} was refused: ${z.prettifyError(parsed.error!)}`);
      return (api[name as CallName] as (p: unknown) => Promise<unknown>)(parsed.data);
    };
    answer().then(
      (result) => transport.send({ kind: 'result', id, result } satisfies Message),
      (error: unknown) => {
        const { name, message: text } = error instanceof Error ? error : { name: 'Error', message: String(error) };
        transport.send({ kind: 'error', id, name, message: text.slice(0, LONGEST_WORDS) } satisfies Message);
      },
    );
  });
  return {
    announce: (name, event) => transport.send({ kind: 'event', name, event } satisfies Message),
    ping: (n) => transport.send({ kind: 'ping', n } satisfies Message),
    onPong(listener) {
      pongs.add(listener);
      return () => void pongs.delete(listener);
    },
    fail: (message) => transport.send({ kind: 'fatal', message } satisfies Message),
  };
}

const MOST_PARTS = 5000;
const LONGEST_TEXT = 8192;
const DEEPEST = 8;
/**
 * Whether parameters are far beyond what any call carries. Asked before the check looks closer, because that one names
 * everything that is wrong, and a million wrong entries would keep the workbench busy for seconds.
 */
function isTooBig(params: unknown): boolean {
  let parts = 0;
  const look = (value: unknown, depth: number): boolean => {
    if (++parts > MOST_PARTS || depth > DEEPEST) return true;
    if (typeof value === 'string') return value.length > LONGEST_TEXT;
    if (typeof value !== 'object' || value === null) return false;
    if (ArrayBuffer.isView(value)) return value.byteLength > MOST_PARTS;
    if (Array.isArray(value)) return value.length > MOST_PARTS || value.some((entry) => look(entry, depth + 1));
    for (const key in value) if (key.length > LONGEST_TEXT || look((value as Record<string, unknown>)[key], depth + 1)) return true;
    return false;
  };
  return look(params, 0);
}

export interface WorkbenchClient extends WorkbenchApi {
  on<E extends EventName>(name: E, listener: (event: Events[E]) => void): Unsubscribe;
  /** Called once when the workbench is gone, with the reason. */
  onLost(listener: (reason: string) => void): Unsubscribe;
}

/** A workbench at the far end of `transport`, as if it were here. */
export function connect(transport: Transport): WorkbenchClient {
  let nextId = 1;
  let lost: string | undefined;
  const waiting = new Map<number, { resolve(v: unknown): void; reject(e: Error): void }>();
  const listeners = new Map<EventName, Set<(event: never) => void>>();
  const losses = new Set<(reason: string) => void>();
  const lose = (reason: string) => {
    if (lost !== undefined) return;
    lost = reason;
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
    for (const listen of losses) listen(reason);
  };
  transport.onClose(() => lose('The connection to the workbench was lost.'));
  transport.onMessage((raw) => {
    const message = raw as Message;
    switch (message.kind) {
      case 'event':
        for (const listen of listeners.get(message.name) ?? []) listen(message.event as never);
        return;
      case 'ping':
        transport.send({ kind: 'pong', n: message.n } satisfies Message);
        return;
      case 'fatal':
        lose(message.message);
        return;
      case 'result':
        waiting.get(message.id)?.resolve(message.result);
        waiting.delete(message.id);
        return;
      case 'error':
        waiting.get(message.id)?.reject(Object.assign(new Error(message.message), { name: message.name }));
        waiting.delete(message.id);
        return;
      default:
    }
  });
  const api = Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      (params?: unknown) =>
        new Promise((resolve, reject) => {
          if (lost !== undefined) return reject(new Error(lost));
          const id = nextId++;
          waiting.set(id, { resolve, reject });
          transport.send({ kind: 'call', id, name: name as CallName, params } satisfies Message);
        }),
    ]),
  ) as unknown as WorkbenchApi;
  return {
    ...api,
    on(name, listener) {
      const set = listeners.get(name) ?? listeners.set(name, new Set()).get(name)!;
      set.add(listener as (event: never) => void);
      return () => void set.delete(listener as (event: never) => void);
    },
    onLost(listener) {
      losses.add(listener);
      return () => void losses.delete(listener);
    },
  };
}
