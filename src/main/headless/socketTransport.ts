import type { RawData, WebSocket } from 'ws';
import { decode, encode } from '../../shared/contract/codec';
import type { Transport } from '../../shared/contract/transport';

/** Bounds of one client; a page of ours stays far below them. */
export const bounds = {
  messageBytes: 64 * 1024,
  messagesPerSecond: 200,
  /** Messages that no page of ours would send: not of our form, an unknown call, parameters that the check refuses. */
  failuresPerSecond: 10,
} as const;

/** Why a socket is closed, as its close code; 4000 and above are ours to define. */
export const closeCodes = { tokenRefused: 4401, notOurForm: 4400, tooMany: 4429, tooSlow: 4408, ended: 1001, fault: 1011 } as const;

/** Unsent bytes from which on a slow client gets fewer plans, then gaps in its telemetry, and at last is let go. */
const backlog = { plan: 256 * 1024, telemetry: 1024 * 1024, everything: 32 * 1024 * 1024 };

/**
 * An admitted WebSocket as a transport: binary messages by the codec. Nothing that a client sends can throw out of here;
 * a client that breaks a bound is closed, and only it.
 *
 * @param now  milliseconds, monotonic
 */
export function socketTransport(socket: WebSocket, now: () => number): Transport {
  const listeners = new Set<(message: unknown) => void>();
  const closings = new Set<() => void>();
  const messages = rate(now, bounds.messagesPerSecond);
  const failures = rate(now, bounds.failuresPerSecond);
  const fail = () => {
    if (!failures()) socket.close(closeCodes.tooMany, 'too many messages that cannot be read');
  };
  socket.on('message', (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    if (!messages()) return socket.close(closeCodes.tooMany, 'too many messages');
    const message = isBinary ? readable(data) : undefined;
    if (message === undefined) return fail();
    try {
      for (const listen of listeners) listen(message.content);
    } catch {
      socket.close(closeCodes.fault, 'a message could not be handled');
    }
  });
  socket.on('close', () => {
    for (const listen of closings) listen();
  });
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN || isSpared(message, socket.bufferedAmount)) return;
      if (socket.bufferedAmount > backlog.everything) return socket.terminate();
      if (isOurRefusal(message)) fail();
      try {
        socket.send(encode(message));
      } catch {
        socket.close(closeCodes.fault, 'an answer could not be sent');
      }
    },
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onClose(listener) {
      closings.add(listener);
      return () => void closings.delete(listener);
    },
    close: () => socket.close(closeCodes.ended, 'the workbench has closed'),
  };
}

/** Counts events in windows of one second; false as soon as a window holds more than `most`. */
function rate(now: () => number, most: number): () => boolean {
  let from = -Infinity;
  let count = 0;
  return () => {
    if (now() - from >= 1000) {
      from = now();
      count = 0;
    }
    return ++count <= most;
  };
}

function readable(data: RawData): { readonly content: unknown } | undefined {
  try {
    return { content: decode(data as Buffer) };
  } catch {
    return undefined;
  }
}

/** Events that a slow client does without: it gets the newest plan later, and a gap in the telemetry shows in its step numbers. */
function isSpared(message: unknown, waiting: number): boolean {
  const { kind, name } = message as { kind?: unknown; name?: unknown };
  if (kind !== 'event') return false;
  return (name === 'plan' && waiting > backlog.plan) || (name === 'telemetry' && waiting > backlog.telemetry);
}

/** The contract answers with a TypeError when a call or its parameters are not of its form. */
function isOurRefusal(message: unknown): boolean {
  const { kind, name } = message as { kind?: unknown; name?: unknown };
  return kind === 'error' && name === 'TypeError';
}
