/**
 * The workbench for a browser: page files and one WebSocket on loopback, guarded as in a hostile place, because every page
 * in every browser of this computer can knock here. There is no option for another address: from elsewhere use an SSH tunnel
 * to the same port number.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Transport } from '../../shared/contract/transport';
import { pageHeaders, readPageFile } from '../page/pageFiles';
import { allGuards, bearerOf, guards, tokenCheck, type GuardName } from './guards';
import { bounds, closeCodes, socketTransport } from './socketTransport';

export const SOCKET_PATH = '/socket';
const ADDRESS = '127.0.0.1';
const MOST_CLIENTS = 8;
/** A page sends its token as soon as the socket is open; whoever does not is no page of ours. */
const TOKEN_WITHIN_MS = 5000;

export interface ServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Folder of the built page. */
  readonly folder: string;
  /** 32 random bytes as text, known to whoever read the printed address. */
  readonly token: string;
  /** Serves a client that has shown the token. */
  join(transport: Transport): void;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Left out in the product. Tests drop one guard at a time to see that it was needed. */
  readonly guards?: readonly GuardName[];
  /** Left out in the product, as above. */
  readonly admits?: (given: unknown) => boolean;
  readonly tokenWithinMs?: number;
}
export interface RunningServer {
  readonly port: number;
  /** With the token as fragment, which travels to no server and into no log. */
  readonly url: string;
  /** Lets all clients go; resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Starts to listen.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port is taken
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { folder, token, join, now, tokenWithinMs = TOKEN_WITHIN_MS } = options;
  const active = (options.guards ?? allGuards).map((name) => guards[name]);
  const admits = options.admits ?? tokenCheck(token);
  let port = options.port;

  const mayGoOn = (request: IncomingMessage, upgrade: boolean): boolean => {
    const visit = { port, upgrade, bearer: admits(bearerOf(request)) };
    return active.every((guard) => guard(request, visit));
  };

  const http = createServer(
    { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000 },
    (request, response) => {
      if (!mayGoOn(request, false)) return answer(response, 403, 'Forbidden');
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'Method Not Allowed');
      void sendFile(request, response);
    },
  );
  http.maxConnections = 64;

  async function sendFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = await readPageFile(folder, request.url ?? '');
    if (file === undefined) return answer(response, 404, 'Not Found');
    response.writeHead(200, {
      ...pageHeaders(`'self' ws://${request.headers.host}`),
      'content-type': file.kind,
      'content-length': file.body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: bounds.messageBytes, perMessageDeflate: false });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    if (request.url !== SOCKET_PATH || !mayGoOn(request, true)) return refuseUpgrade(stream, '403 Forbidden');
    if (sockets.clients.size >= MOST_CLIENTS) return refuseUpgrade(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => socket.terminate()); // a message that is too big or no WebSocket frame ends this client, not us
      if (request.headers.authorization !== undefined && admits(bearerOf(request))) join(socketTransport(socket, now));
      else awaitToken(socket);
    });
  });
  http.on('clientError', (_error, stream) => void stream.destroy());

  /** The first message is the token, as text; anything else, or silence, closes the socket. */
  function awaitToken(socket: WebSocket): void {
    const refuse = () => socket.close(closeCodes.tokenRefused, 'the token was not accepted');
    const late = setTimeout(refuse, tokenWithinMs);
    socket.once('close', () => clearTimeout(late));
    socket.once('message', (data, isBinary) => {
      clearTimeout(late);
      if (socket.readyState !== socket.OPEN) return;
      if (isBinary || !admits(tokenIn(String(data)))) return refuse();
      join(socketTransport(socket, now));
    });
  }

  await new Promise<void>((listening, failed) => {
    http.once('error', failed);
    http.listen(port, ADDRESS, () => {
      http.off('error', failed);
      listening();
    });
  });
  port = (http.address() as AddressInfo).port;
  return {
    port,
    url: `http://${ADDRESS}:${port}/#${token}`,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets.clients) socket.close(closeCodes.ended, 'the workbench has closed');
        setTimeout(() => {
          for (const socket of sockets.clients) socket.terminate();
        }, 500).unref();
        http.close(() => closed());
        http.closeAllConnections();
      }),
  };
}

function tokenIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { token?: unknown } | null)?.token;
  } catch {
    return undefined;
  }
}

/** One line, no banner, no header that would tell who we are. */
function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff', connection: 'close' }).end(`${text}\n`);
}

function refuseUpgrade(stream: Duplex, status: string): void {
  const body = `${status.slice(4)}\n`;
  stream.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
}
