import { WebSocket } from 'ws';
import { decode, encode } from '../../src/shared/contract/codec';
import { connect, type WorkbenchClient } from '../../src/shared/contract/rpc';
import type { Transport } from '../../src/shared/contract/transport';

/** A client in plain Node that joins a served workbench as a user's script would: with the token as Bearer. */
export async function joinBySocket(port: number, token: string): Promise<{ readonly client: WorkbenchClient; leave(): void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { authorization: `Bearer ${token}` } });
  const listeners = new Set<(message: unknown) => void>();
  const early: unknown[] = []; // the workbench speaks first
  socket.on('message', (data) => {
    const message = decode(new Uint8Array(data as Buffer));
    if (listeners.size === 0) early.push(message);
    for (const listen of listeners) listen(message);
  });
  const transport: Transport = {
    send: (message) => socket.send(encode(message)),
    onMessage(listener) {
      listeners.add(listener);
      for (const message of early.splice(0)) listener(message);
      return () => void listeners.delete(listener);
    },
    onClose(listener) {
      socket.on('close', listener);
      return () => void socket.off('close', listener);
    },
    close: () => socket.close(),
  };
  await new Promise<void>((open, fail) => {
    socket.once('open', () => open());
    socket.once('error', fail);
  });
  return { client: connect(transport), leave: () => socket.close() };
}
