import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startServer, type RunningServer, type ServerOptions } from '../../src/main/headless/server';
import { decode, encode } from '../../src/shared/contract/codec';
import { calls, type CallName, type WorkbenchApi } from '../../src/shared/contract/contract';
import { serve, type ServedClient } from '../../src/shared/contract/rpc';

/** A server whose workbench only counts what reached it, so that "nothing was commanded" can be asserted exactly. */
export interface Bench {
  readonly server: RunningServer;
  readonly token: string;
  /** Calls that passed the check of the contract, in order. */
  readonly commanded: string[];
  /** Everybody who was let in. */
  readonly clients: ServedClient[];
  left: number;
}

export const secret = 'SECRET-STATE';

/** Starts a server on a free port; `twin` drops one of its defences. */
export async function openBench(twin: Partial<ServerOptions> = {}): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'upright-page-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Upright</title><p id="here">page</p>');
  writeFileSync(join(folder, 'app-1_b.js'), 'export {};');
  const token = randomBytes(32).toString('base64url');
  const commanded: string[] = [];
  const clients: ServedClient[] = [];
  const api = Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      (params: unknown) => Promise.resolve(void commanded.push(`${name} ${JSON.stringify(params)}`)),
    ]),
  ) as unknown as WorkbenchApi;
  const bench = { token, commanded, clients, left: 0 };
  const server = await startServer({
    port: 0,
    folder,
    token,
    now: () => performance.now(),
    join(transport) {
      transport.onClose(() => void (bench.left += 1));
      const client = serve(transport, api);
      clients.push(client);
      client.announce('notice', { level: 'note', text: secret, at: 0 });
    },
    ...twin,
  });
  return Object.assign(bench, { server });
}

/** Sends bytes exactly as written and gives everything that came back until the other side closed, or `patience` was over. */
export function raw(port: number, text: string, patience = 10_000): Promise<string> {
  return new Promise((done) => {
    let answer = '';
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      done(answer);
    };
    const timer = setTimeout(end, patience);
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', end);
    socket.on('close', end);
  });
}

export interface Visitor {
  readonly socket: WebSocket;
  readonly heard: unknown[];
  /** Sends a call as the page would. */
  call(name: CallName | string, params: unknown, id?: number): void;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
}

/** A WebSocket client that may break every rule. `sends`: its first message, by default the right token; null sends none. */
export async function visit(
  bench: { server: RunningServer; token: string },
  { sends = JSON.stringify({ token: bench.token }) as string | null, headers = {} as Record<string, string> } = {},
): Promise<Visitor> {
  const { port } = bench.server;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { origin: `http://127.0.0.1:${port}`, headers });
  const heard: unknown[] = [];
  socket.on('message', (data) => heard.push(decode(new Uint8Array(data as Buffer))));
  socket.on('error', () => {});
  const closed = new Promise<number>((done) => socket.on('close', (code) => done(code)));
  await new Promise<void>((done, fail) => {
    socket.once('open', done);
    socket.once('unexpected-response', (_request, response) => fail(new Error(`refused with ${response.statusCode}`)));
    socket.once('error', fail);
  });
  if (sends !== null) socket.send(sends);
  return { socket, heard, closed, call: (name, params, id = 1) => socket.send(encode({ kind: 'call', id, name, params })) };
}

/** Waits until `claim` holds; false when it never did. */
export async function eventually(claim: () => boolean, patience = 2000): Promise<boolean> {
  const until = performance.now() + patience;
  while (!claim()) {
    if (performance.now() > until) return false;
    await new Promise((done) => setTimeout(done, 5));
  }
  return true;
}
